"""A figure that a text says and no rule holds to, or the other way round, as people are told."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from moral_xlsx.model.assessment import Bilingual
from moral_xlsx.model.errors import Fault, quoted
from moral_xlsx.model.form import Form
from moral_xlsx.rules.definition.figures import Figure, measure, said, same_bound, same_day
from moral_xlsx.rules.judge.expression import COMPARISONS
from moral_xlsx.thai import arabic_digits

_REMEDY: Bilingual = (
    "แก้ข้อความหรือเกณฑ์ให้ตรงกัน ถ้าตั้งใจให้ต่างกัน ให้เขียน [[exemptions]] พร้อมเหตุผล",
    "Make the text and the rule agree, or declare it in [[exemptions]] with the reason",
)
_MOST_NAMED = 4
# Present or not present: every text may say so without a rule that counts.
FEW = (Fraction(0), Fraction(1))
_STEPS = {"top": ("percent", Fraction(1, 100)), "last": ("number", Fraction(1))}
_OPEN_END: Bilingual = (
    "ซึ่งไม่ต่อกับขอบล่างของขั้นที่สูงกว่า",
    "which does not meet the lower bound of a higher rung",
)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """``said``: the text says the figure and no rule does; else the rule does and no text.

    ``others`` are the figures of that sort on the other side. ``wrong`` says in the place of
    the usual words what is the matter.
    """

    place: str
    figure: Figure
    text: str
    said: bool
    others: tuple[Figure, ...] = ()
    wrong: Bilingual | None = None

    def exempted_by(self, place: str, words: str) -> bool:
        """Whether an exemption with these words at that place is about it."""
        wanted = arabic_digits(words)
        if not self.said:
            return place == self.place and wanted in self.figure.shown
        if place not in ("", self.place):
            return False
        found = re.finditer(re.escape(wanted), arabic_digits(self.text))
        return any(m.start() <= self.figure.start and self.figure.end <= m.end() for m in found)

    def fault(self) -> Fault:
        """The fault of the definition, with where and how to mend it."""
        (thai, english), text = self.figure.shown, quoted(self.text[:60])
        others, others_en = _named(self.figure, self.others)
        if not self.said and self.wrong:
            message = f"{text} {thai} {self.wrong[0]}", f"{text} {english} {self.wrong[1]}"
            return Fault(self.place, message, _REMEDY)
        if not self.said:
            return Fault(
                self.place,
                (
                    f"เกณฑ์ใช้ {thai} แต่ข้อความ {text} " + (f"บอก {others}" if others else "ไม่ได้บอก"),
                    f"the rule holds to {english}, "
                    + (
                        f"the text {text} says {others_en}"
                        if others
                        else f"which the text {text} does not say"
                    ),
                ),
                _REMEDY,
            )
        start = max(0, self.figure.start - 20)
        around = self.text[start : self.figure.end + 20].replace("\n", " ")
        wrong = self.wrong or (
            f"แต่เกณฑ์ใช้ {others}" if others else "แต่ไม่มีเกณฑ์หรือกำหนดส่งใดใช้ค่านี้",
            f"but the rule holds to {others_en}" if others else "which no rule beside it holds to",
        )
        return Fault(
            self.place,
            (
                f"ข้อความ “…{around}…” บอก {thai} {wrong[0]}",
                f"the text “…{around}…” says {english}, {wrong[1]}",
            ),
            _REMEDY,
        )


def against(
    form: Form,
    place: str,
    text: str,
    allowed: Sequence[Figure],
    above: Sequence[Figure] = (),
    few: Sequence[Fraction] = FEW,
    exactly: bool = False,
) -> Iterator[Contradiction]:
    """What a text says that is not allowed.

    ``above`` are the figures of higher rungs, ``few`` the numbers that need no rule. With
    ``exactly`` a bound is that of the rule, else it may also say the rest.
    """
    for figure in said(text):
        if figure.value in few and measure(figure) == "number":
            continue
        if not _agrees(form, figure, allowed, above, exactly):
            wrong = _OPEN_END if figure.kind in _STEPS and above else None
            held = next((e for e in allowed if e.bound and same_bound(figure, _loose(e))), None)
            if held is not None and held.value == figure.value:
                _, thai, english = COMPARISONS[held.bound]
                shown = held.shown
                wrong = (f"แต่เกณฑ์คือ {thai} {shown[0]}", f"but the rule is {english} {shown[1]}")
            yield Contradiction(place, figure, text, True, tuple(allowed), wrong)


def _loose(figure: Figure) -> Figure:
    return replace(figure, bound="")


def _agrees(
    form: Form, figure: Figure, allowed: Sequence[Figure], above: Sequence[Figure], exactly: bool
) -> bool:
    if figure.kind == "ordinal":
        return True
    if figure.kind == "year":
        return figure.value == form.fiscal_year
    if figure.kind == "day":
        first, last = form.fiscal_year_dates
        ends = [Figure("day", (day.day, day.month, day.year)) for day in (first, last)]
        return any(same_day(figure, each) for each in (*allowed, *ends))
    if figure.kind in _STEPS and above:
        kind, step = _STEPS[figure.kind]
        assert isinstance(figure.value, Fraction)
        following = figure.value + step
        return figure.value == 100 or any(
            each.kind == kind and each.value == following for each in above
        )
    return any(same_bound(figure, each, exactly) for each in allowed if each.value == figure.value)


def _named(figure: Figure, others: Iterable[Figure]) -> Bilingual:
    """The figures of the same sort, as far as there are few enough to help."""
    alike = [each for each in others if measure(each) == measure(figure)]
    shown = dict.fromkeys(e.shown for e in alike if e.kind != "points" or figure.kind == "points")
    if len(shown) > _MOST_NAMED:
        return "", ""
    return " หรือ ".join(thai for thai, _ in shown), " or ".join(english for _, english in shown)
