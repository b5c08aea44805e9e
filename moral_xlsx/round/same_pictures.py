"""The same picture, or one that looks like it, as evidence of several units or activities."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from moral_xlsx.model.assessment import Bilingual
from moral_xlsx.model.catalogue import finding
from moral_xlsx.model.catalogue.evidence import ALIKE_PICTURE, SAME_PICTURE
from moral_xlsx.model.evidence import EvidenceFile
from moral_xlsx.model.findings import Finding
from moral_xlsx.model.form import Form
from moral_xlsx.model.reference import Reference, TableCell
from moral_xlsx.rules.printed import question_in_words
from moral_xlsx.thai import thai_digits

# Hashes of looks that differ in so few of their bits are of one picture. One more piece than
# that, and two such hashes have a piece in common.
_NEAR, _BITS = 3, 64
_PIECES = _NEAR + 1
_PIECE_BITS = _BITS // _PIECES
_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Seen:
    """A piece of evidence in a round: the number of its file, the form, the unit by key and by
    name."""

    file: int
    form: str
    unit: str
    unit_name: str
    evidence: EvidenceFile


def row_of(reference: Reference) -> Reference:
    """What an answer is about: for a cell of a table, the whole row."""
    if isinstance(reference, TableCell):
        return reference._replace(column="")
    return reference


def same_pictures(
    seen: Sequence[Seen], looks: Mapping[str, int | None], forms: Mapping[str, Form]
) -> Mapping[int, tuple[Finding, ...]]:
    """What the reviewers are told of each file, by its number.

    ``looks`` are hashes of how pictures look, by the hash of their bytes.
    """
    by_hash: dict[str, list[Seen]] = defaultdict(list)
    for each in seen:
        if each.evidence.kind == "picture":
            by_hash[each.evidence.sha256].append(each)
    near = _near({sha: looks.get(sha) for sha in by_hash})
    found: dict[int, list[Finding]] = defaultdict(list)
    for sha, these in by_hash.items():
        same = _Places(these, forms)
        alike = _Places([each for other in near.get(sha, ()) for each in by_hash[other]], forms)
        for here in _once_in_a_file(these):
            place, named = here.evidence.place, _named(here, forms)
            if others := same.besides(here):
                found[here.file].append(finding(SAME_PICTURE, place, here=named, others=others))
            if others := alike.besides(here):
                found[here.file].append(finding(ALIKE_PICTURE, place, here=named, others=others))
    return {file: tuple(findings) for file, findings in found.items()}


def _once_in_a_file(these: Sequence[Seen]) -> list[Seen]:
    """The first place of a picture in each file."""
    first: dict[int, Seen] = {}
    for each in these:
        first.setdefault(each.file, each)
    return list(first.values())


class _Places:
    """Where a picture is evidence; one that a thousand units share is not looked at a million
    times."""

    def __init__(self, these: Sequence[Seen], forms: Mapping[str, Form]) -> None:
        self._names: dict[str, None] = {}
        self._by_unit: dict[str, list[tuple[Seen, str]]] = defaultdict(list)
        for each in these:
            name = _named(each, forms)
            self._names[name] = None
            self._by_unit[each.unit].append((each, name))

    def besides(self, here: Seen) -> Bilingual | None:
        """The other places in words; None where there is none."""
        of_unit = self._by_unit.get(here.unit, ())
        own = {name for each, name in of_unit if not _elsewhere(here, each)}
        own -= {name for each, name in of_unit if _elsewhere(here, each)}
        others = (name for name in self._names if name not in own)
        shown = ", ".join(first := list(islice(others, _MOST_NAMED)))
        more = len(self._names) - len(own) - len(first)
        if not first:
            return None
        if more <= 0:
            return shown, shown
        return f"{shown} และอีก {thai_digits(str(more))} แห่ง", f"{shown} and {more} more"


def _elsewhere(one: Seen, other: Seen) -> bool:
    """Whether two pictures are evidence of different things: of two units, or of two answers.

    One unit may well show a picture in its plan and again in its report.
    """
    if one.unit != other.unit:
        return True
    rows = row_of(one.evidence.reference), row_of(other.evidence.reference)
    return one.form == other.form and all(rows) and rows[0] != rows[1]


def _named(each: Seen, forms: Mapping[str, Form]) -> str:
    """Unit and question, in the form's words alone: what was typed there stands elsewhere."""
    form, evidence = forms[each.form], each.evidence
    where = form.short_title
    if evidence.reference:
        where = f"{where} {thai_digits(question_in_words(form, evidence.reference))}"
    return f"{each.unit_name} ({where})"


def _near(looks: Mapping[str, int | None]) -> Mapping[str, tuple[str, ...]]:
    """The pictures that look like each, in the order in which they came; without comparing all
    with all."""
    pieces: dict[tuple[int, int], list[str]] = defaultdict(list)
    order = {sha: at for at, sha in enumerate(looks)}
    found: dict[str, set[str]] = defaultdict(set)
    for sha, hashed in looks.items():
        for piece in () if hashed is None else _pieces(hashed):
            for other in pieces[piece]:
                if ((looks[other] or 0) ^ (hashed or 0)).bit_count() <= _NEAR:
                    found[sha].add(other)
                    found[other].add(sha)
            pieces[piece].append(sha)
    return {sha: tuple(sorted(others, key=order.__getitem__)) for sha, others in found.items()}


def _pieces(hashed: int) -> Iterator[tuple[int, int]]:
    mask = (1 << _PIECE_BITS) - 1
    for index in range(_PIECES):
        yield index, hashed >> (index * _PIECE_BITS) & mask
