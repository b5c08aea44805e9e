"""Which answer a picture or a document is evidence of: by the cell, or by what people call it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from moral_xlsx.model.answers import Understood
from moral_xlsx.model.evidence import EvidenceFile, NamedFile
from moral_xlsx.model.findings import Place
from moral_xlsx.model.form import Form
from moral_xlsx.model.reference import Reference, TableCell, parse_reference
from moral_xlsx.rules.printed import question_in_words
from moral_xlsx.thai import arabic_digits, key, thai_digits
from moral_xlsx.wording import item

_SUFFIXES = r"jpe?g|jfif|png|gif|bmp|tiff?|webp|hei[cf]|emf|wmf|pdf|docx?|odt|rtf"
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\S{1,99}\.\w{2,20}/\S*", re.IGNORECASE)
# Between two names; one name may hold spaces.
_BETWEEN = r"\s\"'“”‘’„(){}<>\[\]|/\\,;:*?"
_NAMED = re.compile(rf"[^{_BETWEEN}]{{1,99}}\.(?:{_SUFFIXES})(?![0-9A-Za-z_])", re.IGNORECASE)
_WORD = re.compile(rf"[^{_BETWEEN}]+")
_LONGEST_TEXT, _LONGEST_SAID, _MOST_WORDS, _MOST_NAMED = 8_000, 120, 8, 200
# Shorter names may stand within any text by chance.
_SHORTEST, _SHORTEST_WITH_SUFFIX = 5, 3
_CRITERION = (
    r"(?:ข้อ(?:ที่)?|ตัวชี้วัด(?:ที่)?|หลักฐาน(?:ที่|ข้อ)?|criterion|evidence|{called}(?:ที่)?)"
    r"[\s_.-]*(\d{{1,2}}(?:\.\d{{1,2}})?)(?!\d)"
)
_LONGEST_CAPTION = 160


def named_files(understood: Understood) -> tuple[NamedFile, ...]:
    """Every file that an answer names by a name with a suffix, in the order of the form."""
    answers = understood.answers
    texts: list[tuple[Reference, object]] = [*answers.values.items()]
    for table, rows in answers.tables.items():
        for index, row in enumerate(rows):
            texts += ((TableCell(table, index, column), value) for column, value in row.items())
    texts += ((f"evidence_{number}", text) for number, text in answers.evidence.items())
    found = (
        NamedFile(name, said, reference, understood.places.get(reference, Place()))
        for reference, text in texts
        if isinstance(text, str) and "." in text
        for name, said in _names_in(text)
    )
    return tuple(dict.fromkeys(found))[:_MOST_NAMED]


def _names_in(text: str) -> Iterator[tuple[str, str]]:
    """The names of files in a text, each with what stands before it on its line."""
    for line in _ADDRESS.sub(" ", text[:_LONGEST_TEXT]).splitlines():
        for found in _NAMED.finditer(line):
            said = line[max(0, found.end() - _LONGEST_SAID) : found.end()]
            yield found[0], said


def by_stem(names: Iterable[str]) -> Mapping[str, frozenset[str]]:
    """The suffixes of files by what is compared of their names, for ``is_named``."""
    found: dict[str, set[str]] = defaultdict(set)
    for name in names:
        if stem := _stem(name):
            found[stem].add(name.rpartition(".")[2].casefold())
    return {stem: frozenset(suffixes) for stem, suffixes in found.items()}


def is_named(named: NamedFile, came: Mapping[str, frozenset[str]]) -> bool:
    """Whether an answer names one of the files that came, whatever its suffix."""
    before, _, suffix = named.said.rpartition(".")
    words = _WORD.findall(before)[-_MOST_WORDS:]
    typed = ["".join(map(_plain, words[at:])) for at in range(len(words))]
    if any(each in came for each in typed):
        return True
    # Thai has no spaces between words: รูป1.jpg may be typed as ตามไฟล์รูป1.jpg.
    ends = (typed[0][at:] for at in range(1, len(typed[0]))) if typed else ()
    return any(
        len(end) >= _SHORTEST
        or (len(end) >= _SHORTEST_WITH_SUFFIX and _same_file(end, suffix, came[end]))
        for end in ends
        if end in came
    )


def _same_file(stem: str, suffix: str, came: frozenset[str]) -> bool:
    return suffix.casefold() in came and not stem.isdecimal()


def placed(
    files: Sequence[EvidenceFile], form: Form, named: Sequence[NamedFile], told: Mapping[str, str]
) -> tuple[EvidenceFile, ...]:
    """The files that came beside a form, each with the answer that it belongs to, if that can be
    told: by its name as some answer has it, else by what its own name says.

    ``told`` are the answers as people read them.
    """
    plain = {at: _plain(text) for at, text in told.items()} if files else {}
    return tuple(_placed(each, form, named, told, plain) for each in files)


def _placed(
    each: EvidenceFile,
    form: Form,
    named: Sequence[NamedFile],
    told: Mapping[str, str],
    plain: Mapping[str, str],
) -> EvidenceFile:
    came = by_stem([each.name])
    reference = next((n.reference for n in named if is_named(n, came)), "")
    stem = _stem(each.name)
    if not reference and len(stem) >= _SHORTEST:
        reference = next((parse_reference(at) for at, text in plain.items() if stem in text), "")
    if reference:
        return at_answer(each, form, reference, told)
    own = arabic_digits(each.name)
    numbers = {arabic_digits(c.name): c.number for c in form.criteria}
    pattern = _CRITERION.format(called=re.escape(form.called))
    if (found := re.search(pattern, own, re.IGNORECASE)) and found[1] in numbers:
        number = numbers[found[1]]
        if number in form.claimed:
            return at_answer(each, form, f"evidence_{number}", told)
        return replace(each, criterion=number, caption=_of_criterion(form, number))
    return at_answer(each, form, _row_called(own, form, told), told)


def _row_called(name: str, form: Form, told: Mapping[str, str]) -> Reference:
    """The first answer of the row that a name such as ``กิจกรรมที่ 2.jpg`` tells; else nothing."""
    references = [parse_reference(each) for each in told]
    found: list[Reference] = []
    for table in form.tables:
        called = re.search(rf"{re.escape(table.unit)}(?:ที่)?[\s_.-]*(\d{{1,3}})(?!\d)", name)
        row = int(called[1]) - 1 if called else -1
        first = (
            each
            for each in references
            if isinstance(each, TableCell) and (each.table, each.row) == (table.id, row)
        )
        found += [each for each in (next(first, None),) if each is not None]
    # Two tables may have rows of one kind.
    return found[0] if len(found) == 1 else ""


def at_answer(
    each: EvidenceFile, form: Form, reference: Reference, told: Mapping[str, str]
) -> EvidenceFile:
    """The file as evidence of an answer, with a caption; an empty reference is none."""
    if not reference:
        return each
    number = None
    if not isinstance(reference, TableCell):
        kind, _, digits = reference.partition("_")
        if kind == "evidence" and digits.isdecimal():
            number = int(digits)
    caption = _caption(form, reference, number, told)
    return replace(each, reference=reference, criterion=number, caption=caption)


def _caption(form: Form, reference: Reference, number: int | None, told: Mapping[str, str]) -> str:
    if number is not None:
        return _of_criterion(form, number)
    if not isinstance(reference, TableCell):
        return question_in_words(form, reference)
    table = form.table(reference.table)
    called = thai_digits(f"{table.unit}ที่ {reference.row + 1}")
    cells = (TableCell(table.id, reference.row, c.id) for c in table.columns if c.type == "text")
    title = next((told[str(cell)] for cell in cells if told.get(str(cell))), "")
    return _bounded(f"{called} {title}".strip())


def _of_criterion(form: Form, number: int) -> str:
    criterion = form.criterion(number)
    name = item(criterion)
    said = name if criterion.short in name else f"{name} {criterion.short}"
    return _bounded(thai_digits(said))


def _bounded(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_CAPTION else f"{line[: _LONGEST_CAPTION - 1]}…"


def _stem(name: str) -> str:
    """A file's own name without its suffix, in a form that can be compared."""
    own = re.split(r"[/\\]", name)[-1]
    without, dot, suffix = own.rpartition(".")
    return _plain(without if dot and re.fullmatch(_SUFFIXES, suffix, re.IGNORECASE) else own)


def _plain(text: str) -> str:
    """Mail programs put ``_`` where a name had a space."""
    return key(text.replace("_", " "))
