"""What changed between two forms, on a console."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from moral_xlsx.commands.console.printing import show_lines
from moral_xlsx.commands.console.words import Words
from moral_xlsx.model.assessment import Bilingual
from moral_xlsx.model.findings import Language
from moral_xlsx.model.form import Form
from moral_xlsx.rules.definition.difference import KINDS, Difference, Kind

_TITLES: dict[Kind, Bilingual] = {
    "questions": ("สิ่งที่ถาม", "What is asked"),
    "thresholds": ("เกณฑ์", "Thresholds"),
    "levels": ("ระดับและผลรวม", "Levels and sums"),
    "dates": ("ปีและวันที่", "Years and dates"),
    "checks": ("การตรวจและการตีความ", "Checks and readings"),
    "wording": ("ถ้อยคำ", "Wording"),
    "years": ("ข้อความที่ต่างกันเฉพาะปี", "Texts in which only the years moved"),
}


def show_differences(old: Form, new: Form, found: Sequence[Difference], language: Language) -> None:
    """Prints the changes from one form to another, kind by kind."""
    show_lines(_lines(old, new, found, Words(language)))


def _lines(old: Form, new: Form, found: Sequence[Difference], say: Words) -> Iterator[str]:
    yield f"{old.id} {old.version} → {new.id} {new.version}"
    if not found:
        yield say("ไม่ต่างกัน", "No difference")
    for kind in KINDS:
        told = [each for each in found if each.kind == kind]
        if not told:
            continue
        yield ""
        yield f"== {say.of(_TITLES[kind])}"
        if kind == "years":
            count = say.number(len(told))
            yield say(f"{count} แห่ง", f"{count} places")
        else:
            yield from (_line(each, say) for each in told)


def _line(each: Difference, say: Words) -> str:
    place, before, after = (say.of(pair) for pair in (each.place, each.before, each.after))
    if not before:
        added = say("เพิ่ม", "added")
        return f"{place}: {added}" + (f" {after}" if each.after[1] != "there" else "")
    if not after:
        removed = say("ตัดออก", "left out")
        return f"{place}: {removed}" + (f" {before}" if each.before[1] != "there" else "")
    return f"{place}: {before} → {after}"
