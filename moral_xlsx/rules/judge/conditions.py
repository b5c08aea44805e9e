"""The condition kinds of the definition language.

A condition is one expression in Python's syntax, parsed against a white list: a measured
quantity compared with a bound (``count(activities) >= 5``), or one of the kinds below. Each
kind evaluates itself exactly, writes itself as an Excel formula in terms of defined names,
says itself in both languages, and tells what is still short. To add one, write its class
here and enter it in ``CONDITIONS`` (or ``COMPARED``, when it needs a comparison).
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from moral_xlsx.model.assessment import Bilingual
from moral_xlsx.model.form import Form
from moral_xlsx.model.question import Field
from moral_xlsx.model.reference import Reference
from moral_xlsx.rules.judge.expression import (
    COMPARISONS,
    NOTHING,
    Facts,
    Names,
    Outcome,
    Phrase,
    both,
    date_text,
    excel_all_of,
    excel_guarded,
    excel_same,
    excel_valid,
    number_text,
    unanswered,
)
from moral_xlsx.rules.judge.quantities import Percent, bound, quantity
from moral_xlsx.rules.judge.quantity import (
    Bound,
    Constant,
    FieldValue,
    OfTable,
    Quantity,
    field_actual,
    fixed_number,
)
from moral_xlsx.rules.judge.row_conditions import Condition, Every, Subset, comparable, only
from moral_xlsx.rules.judge.syntax import ConditionError, comparison_sign, iso_date, mistaken, tree


@dataclass(frozen=True, slots=True)
class Comparison(Condition):
    """``count(activities) >= 5``: a quantity against a constant or another field."""

    quantity: Quantity
    operator: str
    bound: Bound

    def evaluate(self, facts: Facts) -> Outcome:
        value, bound = self.quantity.measure(facts), self.bound.measure(facts)
        if value is None or bound is None:
            blank = self.quantity.references() if value is None else ()
            return Outcome(
                False, missing=(*blank, *(self.bound.references() if bound is None else ()))
            )
        if COMPARISONS[self.operator][0](value, bound):
            return Outcome(True)
        return Outcome(False, culprits=self.quantity.references())

    def formula(self) -> str:
        compared = self.quantity.compare(self.operator, self.bound)
        return excel_guarded(self._valid(), compared, "FALSE")

    def say(self) -> Bilingual:
        (thai, english), (bound, bound_en) = (
            self.quantity.say(),
            self.quantity.bound_text(self.bound),
        )
        _, word, word_en = COMPARISONS[self.operator]
        return both(f"{thai} {word} {bound}", f"{english} {word_en} {bound_en}")

    def decided(self) -> str:
        return self._valid()

    def counted(self) -> tuple[OfTable, ...]:
        return self.quantity.counted()

    def shortfall(self, facts: Facts) -> Bilingual:
        outcome = self.evaluate(facts)
        if outcome.holds:
            return NOTHING
        if outcome.missing:
            return self._unanswered().say(0)
        if self._rising():
            bound = fixed_number(self.bound)
            return self.quantity.lack_phrase(bound).say(self.quantity.lack(facts, bound))
        return self._plain().say(0)

    def shortfall_formula(self) -> str:
        compared = self.quantity.compare(self.operator, self.bound)
        if self._rising():
            bound = fixed_number(self.bound)
            phrase = self.quantity.lack_phrase(bound).excel(self.quantity.lack_excel(bound))
        else:
            phrase = self._plain().excel("0")
        return excel_guarded(
            self._valid(), f'IF({compared},"",{phrase})', self._unanswered().excel("0")
        )

    def actual(self, facts: Facts) -> Bilingual:
        value = self.quantity.actual(facts)
        if isinstance(self.bound, Constant):
            return value
        name, bound = self.bound.say(), self.bound.actual(facts)
        return both(f"{value[0]} · {name[0]} {bound[0]}", f"{value[1]} · {name[1]} {bound[1]}")

    def references(self) -> tuple[Reference, ...]:
        return (*self.quantity.references(), *self.bound.references())

    def _valid(self) -> str:
        return excel_all_of(self.quantity.valid(), self.bound.valid())

    def _rising(self) -> bool:
        return (
            self.operator == ">="
            and isinstance(self.bound, Constant)
            and isinstance(self.bound.value, Fraction)
        )

    def _unanswered(self) -> Phrase:
        return unanswered((*self.quantity.labels(), *self.bound.labels()))

    def _plain(self) -> Phrase:
        thai, english = self.say()
        return Phrase(f"ต้องให้ {thai}", f"needed: {english}")


@dataclass(frozen=True, slots=True)
class Ticked(Condition):
    """``ticked(plan)``: a tick is set."""

    field: Field

    @classmethod
    def parse(cls, call: ast.Call, names: Names) -> Ticked:
        return cls(names.field(only(call), "tick"))

    def evaluate(self, facts: Facts) -> Outcome:
        holds = facts.answers.values.get(self.field.id) is True
        return Outcome(holds, culprits=() if holds else (self.field.id,))

    def actual(self, facts: Facts) -> Bilingual:
        return field_actual(self.field, facts)

    def references(self) -> tuple[Reference, ...]:
        return (self.field.id,)

    def formula(self) -> str:
        return excel_valid(self.field, self.field.id)

    def say(self) -> Bilingual:
        return both(f"✓ “{self.field.name}”", f"✓ “{self.field.name}”")

    def shortfall(self, facts: Facts) -> Bilingual:
        return NOTHING if self.evaluate(facts).holds else self._phrase().say(0)

    def shortfall_formula(self) -> str:
        return f'IF({self.formula()},"",{self._phrase().excel("0")})'

    def _phrase(self) -> Phrase:
        return Phrase(f"ยังไม่ได้เลือก ✓ ที่ “{self.field.name}”", f"“{self.field.name}” is not ticked")


@dataclass(frozen=True, slots=True)
class Answered(Ticked):
    """``answered(order_number)``: something was answered."""

    @classmethod
    def parse(cls, call: ast.Call, names: Names) -> Answered:
        return cls(names.field(only(call), "text", "integer", "percent", "date", "choice"))

    def evaluate(self, facts: Facts) -> Outcome:
        holds = facts.answers.values.get(self.field.id) is not None
        return Outcome(holds, culprits=() if holds else (self.field.id,))

    def say(self) -> Bilingual:
        return both(f"กรอก “{self.field.name}”", f"“{self.field.name}” is answered")

    def _phrase(self) -> Phrase:
        return unanswered((self.field.name,))


@dataclass(frozen=True, slots=True)
class Chosen(Condition):
    """``chosen(documentation) == "all"``: one value of a choice."""

    field: Field
    value: str

    @classmethod
    def compared(cls, call: ast.Call, operator: str, bound: Bound, names: Names) -> Chosen:
        field = names.field(only(call), "choice")
        value = bound.value if isinstance(bound, Constant) else None
        values = [choice.value for choice in field.choices]
        if operator != "==" or value not in values:
            raise ConditionError(
                (
                    f"เปรียบเทียบ chosen({field.id}) ไม่ถูกต้อง",
                    f"chosen({field.id}) is compared wrongly",
                ),
                (
                    f"เขียน == แล้วตามด้วยค่าใดค่าหนึ่ง: {', '.join(values)}",
                    f"Write == and one of: {', '.join(values)}",
                ),
            )
        return cls(field, str(value))

    def evaluate(self, facts: Facts) -> Outcome:
        value = facts.answers.values.get(self.field.id)
        if value is None:
            return Outcome(False, missing=(self.field.id,))
        return Outcome(value == self.value, culprits=(self.field.id,) * (value != self.value))

    def actual(self, facts: Facts) -> Bilingual:
        return field_actual(self.field, facts)

    def references(self) -> tuple[Reference, ...]:
        return (self.field.id,)

    def formula(self) -> str:
        choice = next(c for c in self.field.choices if c.value == self.value)
        words = (choice.label, choice.value, *choice.aliases)
        return f"{excel_same(self.field.id, words)}>0"

    def decided(self) -> str:
        choices = self.field.choices
        words = (word for c in choices for word in (c.label, c.value, *c.aliases))
        return f"{excel_same(self.field.id, words)}>0"

    def say(self) -> Bilingual:
        label = next(c.label for c in self.field.choices if c.value == self.value)
        return both(f"“{self.field.name}” คือ {label}", f"“{self.field.name}” is {label}")

    def shortfall(self, facts: Facts) -> Bilingual:
        return NOTHING if self.evaluate(facts).holds else self._phrase().say(0)

    def shortfall_formula(self) -> str:
        return f'IF({self.formula()},"",{self._phrase().excel("0")})'

    def _phrase(self) -> Phrase:
        thai, english = self.say()
        return Phrase(f"ต้องให้ {thai}", f"needed: {english}")


@dataclass(frozen=True, slots=True)
class AnyOf(Condition):
    """``any(ticked(a), ticked(b))``: at least one of several conditions."""

    conditions: tuple[Condition, ...]

    @classmethod
    def parse(cls, call: ast.Call, names: Names) -> AnyOf:
        if len(call.args) < 2 or call.keywords:
            raise ConditionError(
                ("any ต้องมีอย่างน้อยสองเงื่อนไข", "any needs two conditions"),
                ("เขียนเป็น any(เงื่อนไขแรก, เงื่อนไขที่สอง)", "Write any(first, second)"),
            )
        return cls(tuple(_condition(argument, names) for argument in call.args))

    def evaluate(self, facts: Facts) -> Outcome:
        outcomes = [condition.evaluate(facts) for condition in self.conditions]
        if any(outcome.holds for outcome in outcomes):
            return Outcome(True)
        return Outcome(
            False,
            tuple(ref for outcome in outcomes for ref in outcome.missing),
            tuple(ref for outcome in outcomes for ref in outcome.culprits),
        )

    def actual(self, facts: Facts) -> Bilingual:
        said = [condition.actual(facts) for condition in self.conditions]
        return " หรือ ".join(thai for thai, _ in said), " or ".join(en for _, en in said)

    def references(self) -> tuple[Reference, ...]:
        return tuple(dict.fromkeys(r for each in self.conditions for r in each.references()))

    def formula(self) -> str:
        return f"OR({','.join(condition.formula() for condition in self.conditions)})"

    def decided(self) -> str:
        return excel_all_of(*(condition.decided() for condition in self.conditions))

    def counted(self) -> tuple[OfTable, ...]:
        return tuple(one for condition in self.conditions for one in condition.counted())

    def say(self) -> Bilingual:
        said = [condition.say() for condition in self.conditions]
        return " หรือ ".join(thai for thai, _ in said), " or ".join(en for _, en in said)

    def shortfall(self, facts: Facts) -> Bilingual:
        if self.evaluate(facts).holds:
            return NOTHING
        said = [condition.shortfall(facts) for condition in self.conditions]
        return " หรือ ".join(thai for thai, _ in said), " or ".join(en for _, en in said)

    def shortfall_formula(self) -> str:
        said = '&" หรือ "&'.join(c.shortfall_formula() for c in self.conditions)
        return f'IF({self.formula()},"",{said})'


@dataclass(frozen=True, slots=True)
class By(Comparison):
    """``by(sent_on, "2026-03-10")``: a date on or before a day, or the day it is extended to.

    The workbook's formula knows the printed day only.
    """

    @classmethod
    def parse(cls, call: ast.Call, names: Names) -> By:
        if len(call.args) != 2 or call.keywords:
            raise ConditionError(
                ("by ต้องมีช่องและวันที่", "by needs a field and a day"),
                ('เขียนเป็น by(ช่อง, "2026-03-10")', 'Write by(field, "2026-03-10")'),
            )
        field = names.field(call.args[0], "date")
        return cls(FieldValue(field), "<=", Constant(iso_date(call.args[1])))

    def evaluate(self, facts: Facts) -> Outcome:
        return super(By, self._extended(facts)).evaluate(facts)

    def shortfall(self, facts: Facts) -> Bilingual:
        return super(By, self._extended(facts)).shortfall(facts)

    def actual(self, facts: Facts) -> Bilingual:
        value, printed = super(By, self).actual(facts), self.bound.measure(facts)
        until = facts.extended.get(printed) if isinstance(printed, date) else None
        if until is None:
            return value
        day = date_text(until)
        return f"{value[0]} · ขยายถึง {day[0]}", f"{value[1]} · extended to {day[1]}"

    def _extended(self, facts: Facts) -> By:
        day = self.bound.measure(facts)
        until = facts.extended.get(day) if isinstance(day, date) else None
        return self if until is None else replace(self, bound=Constant(until))


CONDITIONS: dict[str, type[Every | Ticked | Answered | Subset | AnyOf | By]] = {
    "every": Every,
    "ticked": Ticked,
    "answered": Answered,
    "subset": Subset,
    "any": AnyOf,
    "by": By,
}
COMPARED: dict[str, type[Every | Chosen]] = {"every": Every, "chosen": Chosen}


def parse_condition(source: str, form: Form) -> Condition:
    """The condition that an expression states; raises ConditionError with a remedy."""
    return _condition(tree(source), Names(form))


def parse_fact(source: str, form: Form) -> Condition | Quantity:
    """The condition or the quantity that an expression states; raises ConditionError."""
    node, names = tree(source), Names(form)
    if isinstance(node, ast.Compare):
        return _condition(node, names)
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in CONDITIONS
    ):
        return _condition(node, names)
    return quantity(node, names)


def _condition(node: ast.expr, names: Names) -> Condition:
    if isinstance(node, ast.Compare):
        return _comparison(node, names)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        kind = CONDITIONS.get(node.func.id)
        if kind is not None:
            return kind.parse(node, names)
    listed = ", ".join(CONDITIONS)
    raise mistaken(
        node,
        ("ไม่ใช่เงื่อนไข", "is no condition"),
        (
            f"ให้เปรียบเทียบจำนวน หรือใช้ฟังก์ชันใดฟังก์ชันหนึ่ง: {listed}",
            f"Compare a quantity, or use one of: {listed}",
        ),
    )


def _comparison(node: ast.Compare, names: Names) -> Condition:
    operator = comparison_sign(node)
    limit = bound(node.comparators[0], names)
    if isinstance(node.left, ast.Call) and isinstance(node.left.func, ast.Name):
        kind = COMPARED.get(node.left.func.id)
        if kind is not None:
            return kind.compared(node.left, operator, limit, names)
    compared = quantity(node.left, names)
    if isinstance(compared, Percent) and not isinstance(limit, Constant):
        raise ConditionError(
            ("เทียบ percent กับช่องไม่ได้", "percent is compared with a field"),
            ("ให้เทียบกับตัวเลข", "Compare it with a number"),
        )
    limit = comparable(node.left, compared.measures, limit)
    value = limit.value if isinstance(limit, Constant) else None
    if compared.counts and isinstance(value, Fraction) and value.denominator != 1:
        raise ConditionError(
            (f"{number_text(value)} ไม่ใช่จำนวนเต็ม", f"{number_text(value)} is not whole"),
            ("ให้เทียบจำนวนนับกับจำนวนเต็ม", "Counts have whole bounds"),
        )
    return Comparison(compared, operator, limit)
