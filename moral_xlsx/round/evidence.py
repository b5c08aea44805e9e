"""Whose evidence each picture and document is, what is missing, and how it is kept and printed."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path, PurePosixPath

from moral_xlsx.model.assessment import Bilingual
from moral_xlsx.model.catalogue import finding
from moral_xlsx.model.catalogue.evidence import (
    ATTACHMENT_MISSING,
    EVIDENCE_KEPT,
    EVIDENCE_OF_NOBODY,
    EVIDENCE_REFUSED,
    PICTURE_NOT_PRINTED,
    PICTURES_UNPRINTED,
)
from moral_xlsx.model.errors import MoralXlsxError
from moral_xlsx.model.evidence import EvidenceFile, FileEvidence, NamedFile, Print
from moral_xlsx.model.findings import Finding, Place
from moral_xlsx.model.form import Form
from moral_xlsx.model.reference import TableCell
from moral_xlsx.round.outbox import PARTS, Outbox, legal_name
from moral_xlsx.round.same_pictures import Seen, row_of, same_pictures
from moral_xlsx.round.stages import ComparedFile, RecordedFile, ResolvedFile
from moral_xlsx.rules.understand.attached import by_stem, is_named, placed
from moral_xlsx.submission.prints import LIBRARY, PRINTED, can_print, print_each
from moral_xlsx.submission.taken import PICTURE, TOLD
from moral_xlsx.word.report.annex import AnnexPicture, with_annex
from moral_xlsx.wording import number, place_in_words

MOST_PRINTED = 10_000_000  # bytes of a report's pictures: it has to go by mail
_MOST_TOLD = 10  # files in one sentence, or findings of one kind
_PRINT = "print-"
_OTHER_KIND: Bilingual = ("เป็นรูปชนิดที่พิมพ์ไม่ได้", "it is of a kind that cannot be printed")
_OF_THESE: Bilingual = ("ด้วยเหตุเดียวกับไฟล์ข้างบน", "for the reasons named above")
_ANNEX_FULL: Bilingual = (
    f"ภาคผนวกเต็ม {MOST_PRINTED // 1_000_000} MB แล้ว",
    f"the annex holds {MOST_PRINTED // 1_000_000} MB already",
)


def gather(
    files: Sequence[ResolvedFile], forms: Mapping[str, Form], outbox: Outbox, jobs: int
) -> tuple[FileEvidence, ...]:
    """The evidence of each file that counts, and what is said of it; in the order of the files.

    What came beside a form, in the same message or archive, is evidence of the unit whose form
    it is. Prints of the pictures are staged in the outbox.
    """
    beside = _Beside(files)
    found = {
        at: _of_form(file, forms[file.taken.assessment.form], beside.parts(at), outbox)
        for at, file in enumerate(files)
        if file.state == "counted" and file.taken.assessment is not None
    }
    found = _each_where_it_belongs(found, files)
    pictures = {
        each.sha256: each
        for evidence in found.values()
        for each in evidence
        if each.kind == "picture"
    }
    prints = _prints(pictures.values(), outbox, jobs)
    seen = [
        Seen(at, *files[at].identity, _unit(files[at]), each)
        for at, evidence in found.items()
        for each in evidence
    ]
    looks = {sha: each.looks for sha, each in prints.items() if isinstance(each, Print)}
    same = same_pictures(seen, looks, forms)
    gathered = []
    for at, file in enumerate(files):
        if at not in found:
            gathered.append(FileEvidence(findings=beside.said(at)))
            continue
        printed, unprinted = _printed(found[at], prints, outbox.staged(""))
        reviewers = (*unprinted, *same.get(at, ()))
        came = partial(beside.came, at)
        gathered.append(_evidence(file, found[at], printed, reviewers, beside.refused(at), came))
    return tuple(gathered)


class _Beside:
    """Which files came together: in one message, or in one archive without any."""

    def __init__(self, files: Sequence[ResolvedFile]) -> None:
        self._files = files
        counted = {file.taken.sha256: at for at, file in enumerate(files) if _counts(file)}
        groups: dict[object, list[int]] = defaultdict(list)
        for at, file in enumerate(files):
            if file.container:
                groups[file.container, file.message].append(at)
        self._parts: dict[int, list[int]] = defaultdict(list)
        # By what is compared of them.
        self._names: dict[int, list[Mapping[str, frozenset[str]]]] = defaultdict(list)
        self._said: dict[int, tuple[Finding, ...]] = {}
        self._refused: dict[int, list[Finding]] = defaultdict(list)
        for together in groups.values():
            # The same form may have come before, without what it brings now.
            came = {at: files[at].taken.sha256 for at in together if _speaks(files[at])}
            owners = sorted({counted[sha] for sha in came.values() if sha in counted})
            self._share(owners, together)
        loose = by_stem(_own(file.name) for file in files if not file.container)
        for at, file in enumerate(files):
            if not file.container:
                self._names[at].append(loose)

    def _share(self, owners: Sequence[int], together: Sequence[int]) -> None:
        names = by_stem(_own(self._files[at].name) for at in together) if owners else {}
        for owner in owners:
            self._names[owner].append(names)
        units = {self._files[at].identity[1]: _unit(self._files[at]) for at in owners}
        for at in together:
            taken = self._files[at].taken
            if taken.refused and len(units) == 1:
                for owner in owners:
                    self._refused[owner] += taken.findings
            if taken.assessment is not None or not taken.evidence:
                continue
            if len(units) > 1:
                words = ", ".join(units.values())
                self._said[at] = (finding(EVIDENCE_OF_NOBODY, units=words),)
            elif units:
                self._said[at] = (finding(EVIDENCE_KEPT, unit=", ".join(units.values())),)
                for owner in owners:
                    self._parts[owner].append(at)

    def parts(self, at: int) -> tuple[EvidenceFile, ...]:
        """What came beside a form, each once."""
        found = (each for part in self._parts[at] for each in self._files[part].taken.evidence)
        return tuple(dict.fromkeys(found))

    def said(self, at: int) -> tuple[Finding, ...]:
        """What is said of a file that came beside a form."""
        return self._said.get(at, ())

    def refused(self, at: int) -> tuple[Finding, ...]:
        """What is said to the sender of a form of what could not be kept."""
        found = tuple(dict.fromkeys(self._refused[at]))
        rest = len(found) - _MOST_TOLD
        if rest <= 0:
            return found
        words = f"อีก {number(rest)} ไฟล์", f"{rest} files more"
        return (*found[:_MOST_TOLD], finding(EVIDENCE_REFUSED, found=words, why=_OF_THESE))

    def came(self, at: int, named: NamedFile) -> bool:
        """Whether a file came that an answer names."""
        return any(is_named(named, names) for names in self._names[at])


def _counts(file: ResolvedFile) -> bool:
    return file.state == "counted" and file.taken.assessment is not None


def _speaks(file: ResolvedFile) -> bool:
    """Whether a file, or the one that it repeats, may be whose evidence came beside it."""
    return _counts(file) or (file.state == "duplicate" and file.stranger is None)


def _own(name: str) -> str:
    return PurePosixPath(name).name


def _unit(file: ResolvedFile) -> str:
    judged = file.taken.assessment
    return (judged.unit_name or judged.unit_code or file.name) if judged else file.name


def _of_form(
    file: ResolvedFile, form: Form, beside: Sequence[EvidenceFile], outbox: Outbox
) -> tuple[EvidenceFile, ...]:
    told: dict[str, str] = {}
    pasted = {each.sha256 for each in file.taken.evidence}
    beside = [each for each in beside if each.sha256 not in pasted]
    if beside:
        told = json.loads(outbox.staged(f"{file.taken.sha256}{TOLD}").read_bytes())
    return (*file.taken.evidence, *placed(beside, form, file.taken.named, told))


def _each_where_it_belongs(
    found: Mapping[int, tuple[EvidenceFile, ...]], files: Sequence[ResolvedFile]
) -> dict[int, tuple[EvidenceFile, ...]]:
    """The evidence without what came beside several forms of a unit and belongs to another one."""
    known = {
        (files[at].identity[1], each.sha256)
        for at, evidence in found.items()
        for each in evidence
        if _belongs(each)
    }
    return {
        at: tuple(
            each
            for each in evidence
            if _belongs(each)
            or each.source == "workbook"
            or (files[at].identity[1], each.sha256) not in known
        )
        for at, evidence in found.items()
    }


def _belongs(each: EvidenceFile) -> bool:
    return bool(each.reference) or each.criterion is not None


# --- what is said


def _evidence(
    file: ResolvedFile,
    evidence: tuple[EvidenceFile, ...],
    printed: Mapping[str, Print],
    for_reviewers: Iterable[Finding],
    refused: tuple[Finding, ...],
    came: Callable[[NamedFile], bool],
) -> FileEvidence:
    """``refused`` are findings of what came beside the file and cannot be kept; ``came`` tells
    whether a file did that an answer names."""
    # A picture beside the name of a file is that file.
    stands = {row_of(each.reference) for each in evidence if each.source == "workbook"}
    missing = [
        named
        for named in file.taken.named
        if row_of(named.reference) not in stands and not came(named)
    ]
    reviewers = tuple(dict.fromkeys(for_reviewers))
    return FileEvidence(evidence, (*refused, *_missing(missing)), reviewers, printed)


def _printed(
    evidence: Sequence[EvidenceFile], prints: Mapping[str, Print | Bilingual], folder: Path
) -> tuple[Mapping[str, Print], list[Finding]]:
    """The prints that a report's annex holds, and what is said of pictures that it does not."""
    pictures = [each for each in evidence if each.kind == "picture"]
    if pictures and not can_print():
        return {}, [finding(PICTURES_UNPRINTED, count=len(pictures), library=LIBRARY)]
    printed: dict[str, Print] = {}
    unprinted: list[Finding] = []
    room = MOST_PRINTED
    for each in pictures:
        made = prints[each.sha256]
        if isinstance(made, Print) and each.sha256 not in printed:
            room -= _print_of(folder, each.sha256).stat().st_size
            made = made if room >= 0 else _ANNEX_FULL
        if isinstance(made, Print):
            printed[each.sha256] = made
        else:
            unprinted.append(finding(PICTURE_NOT_PRINTED, each.place, name=_called(each), why=made))
    return printed, unprinted


def _missing(named: Sequence[NamedFile]) -> Iterator[Finding]:
    """One finding for each cell that names what never came."""
    by_place: dict[Place, list[str]] = defaultdict(list)
    for each in named:
        by_place[each.place].append(each.name)
    for place, names in by_place.items():
        more = "…" if len(names) > _MOST_TOLD else ""
        yield finding(ATTACHMENT_MISSING, place, found=", ".join(names[:_MOST_TOLD]) + more)


def _called(each: EvidenceFile) -> Bilingual:
    shown = f"“{each.name}”" if each.name else ""
    return shown, shown or "in the cell"


# --- prints


def _prints(
    pictures: Iterable[EvidenceFile], outbox: Outbox, jobs: int
) -> dict[str, Print | Bilingual]:
    """The print of each picture by its hash, or why there is none."""
    if not can_print():
        return {}
    found: dict[str, Print | Bilingual] = {}
    wanted: list[EvidenceFile] = []
    for each in pictures:
        if each.suffix in PRINTED:
            wanted.append(each)
        else:
            found[each.sha256] = _OTHER_KIND
    paths = [(_source(outbox, each), _print_of(outbox.staged(""), each.sha256)) for each in wanted]
    for each, made in zip(wanted, print_each(paths, jobs), strict=True):
        found[each.sha256] = made
    return found


def _source(outbox: Outbox, each: EvidenceFile) -> Path:
    """Where the bytes of evidence are staged."""
    if each.source == "workbook":
        return outbox.staged(f"{PICTURE}{each.sha256}")
    return outbox.staged(PARTS) / f"{each.sha256}{each.suffix}"


def _print_of(folder: Path, sha256: str) -> Path:
    return folder / f"{_PRINT}{sha256}"


# --- what is put in place

# The outputs that hold evidence already, by folder and hash.
Kept = dict[tuple[str, str], str]


def put_evidence(
    file: RecordedFile, outbox: Outbox, kept: Kept
) -> tuple[tuple[EvidenceFile, str], ...]:
    """Puts the evidence of a file that counts in place, the same bytes once for each unit.

    Gives each with the path of its output.
    """
    judged = file.taken.assessment
    if file.state != "counted" or judged is None:
        return ()
    folder = f"evidence/{legal_name(judged.unit_code or 'unknown')}"
    put = []
    for index, each in enumerate(file.evidence.files, start=1):
        if (folder, each.sha256) not in kept:
            where = _where(each)
            parts = (judged.form, *([where] if where else []), f"{index:02}", each.sha256[:8])
            output = f"{folder}/{legal_name(*parts)}{each.suffix}"
            if not outbox.copy(output, _source(outbox, each), each.sha256):
                raise MoralXlsxError(
                    (
                        f"เก็บหลักฐาน “{each.name or output}” ไม่ได้ ดูเนื้อที่ว่างของดิสก์ แล้วสั่งอีกครั้ง",
                        f"The evidence “{each.name or output}” could not be kept. "
                        "See whether the disk is full, and run it again.",
                    )
                )
            kept[folder, each.sha256] = output
        put.append((each, kept[folder, each.sha256]))
    return tuple(put)


def _where(each: EvidenceFile) -> str:
    """Of what it is evidence, as a piece of a file's name."""
    if each.criterion is not None:
        return str(each.criterion)
    if isinstance(each.reference, TableCell):
        return f"{each.reference.table}-{each.reference.row + 1}"
    return each.reference or "-".join(filter(None, (each.place.sheet, each.place.cell)))


def annex_pictures(file: ComparedFile, form: Form, folder: Path) -> None:
    """Puts the pictures of a form's evidence into its report in the folder, in the form's order."""
    if file.evidence.prints:
        report = folder / f"{file.taken.sha256}.docx"
        report.write_bytes(_annexed(file.evidence, form, report.read_bytes(), folder))


def _annexed(evidence: FileEvidence, form: Form, report: bytes, folder: Path) -> bytes:
    tables = [table.id for table in form.tables]

    def in_form(each: EvidenceFile) -> tuple[bool, int, int]:
        if isinstance(each.reference, TableCell):
            return False, tables.index(each.reference.table), each.reference.row
        return each.criterion is None, each.criterion or 0, 0

    pictures = sorted((each for each in evidence.files if each.kind == "picture"), key=in_form)
    printed = [each for each in pictures if each.sha256 in evidence.prints]
    left = len(pictures) - len(printed)
    note = f"อีก {number(left)} รูปไม่ได้พิมพ์ กลุ่มงานจริยธรรมเก็บไว้เป็นไฟล์" if left else ""
    return with_annex(report, [_annex_picture(e, evidence.prints, folder) for e in printed], note)


def _annex_picture(each: EvidenceFile, prints: Mapping[str, Print], folder: Path) -> AnnexPicture:
    made = prints[each.sha256]
    data = _print_of(folder, each.sha256).read_bytes()
    where = each.name if each.source == "message" else _in_words(each.place)
    caption = " · ".join(filter(None, (each.caption, where)))
    return AnnexPicture(data, made.suffix, made.width, made.height, caption)


def _in_words(place: Place) -> str:
    return f"แผ่น {place_in_words(place)}" if place.sheet else ""
