"""The condition kinds of the definition language.

A condition is one expression in Python's syntax, parsed against a white list: a measured
quantity compared with a bound (``count(activities) >= 5``), or one of the kinds below. Each
kind evaluates itself exactly, writes itself as an Excel formula in terms of defined names,
says itself in both languages, and tells what is still short. To add one, write its class
here and enter it in ``CONDITIONS`` (or ``COMPARED``, when it needs a comparison).
"""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from moral_xlsx.model.assessment import Bilingual
from moral_xlsx.model.form import Field, Form, Question, Table
from moral_xlsx.rules.expression import (
    COMPARISONS,
    NOTHING,
    ConditionError,
    Facts,
    Names,
    Outcome,
    Phrase,
    both,
    excel_all_of,
    excel_guarded,
    excel_key,
    excel_same,
    excel_ticked,
    excel_used,
    excel_valid,
    iso_date,
    number_text,
    tree,
    unanswered,
)
from moral_xlsx.rules.quantities import (
    Bound,
    Constant,
    FieldValue,
    Percent,
    Quantity,
    bound,
    fixed_number,
    measured,
    quantity,
)
from moral_xlsx.thai import key


class Condition(ABC):
    """Something that holds or does not hold for a unit's answers."""

    @abstractmethod
    def evaluate(self, facts: Facts) -> Outcome:
        """Whether it holds, exactly; an unanswered field makes it not hold."""

    @abstractmethod
    def formula(self) -> str:
        """An Excel expression that is TRUE exactly when it holds (without ``=``)."""

    @abstractmethod
    def say(self) -> Bilingual:
        """The condition in words."""

    @abstractmethod
    def shortfall(self, facts: Facts) -> Bilingual:
        """What is still needed; empty texts when it holds."""

    @abstractmethod
    def shortfall_formula(self) -> str:
        """An Excel expression for the Thai shortfall, ``""`` when it holds."""


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
class Every(Condition):
    """``every(activities.success_percent) >= 70``: each answered row, and at least one.

    Without a comparison, ``every(activities.documented)``, a tick in each row.
    """

    table: Table
    column: Question
    operator: str
    bound: Bound

    @classmethod
    def parse(cls, call: ast.Call, names: Names) -> Every:
        table, column = names.column(_only(call), "tick")
        return cls(table, column, "==", Constant(Fraction(1)))

    @classmethod
    def compared(cls, call: ast.Call, operator: str, bound: Bound, names: Names) -> Every:
        table, column = names.column(_only(call), "integer", "percent", "date")
        _comparable(call, date if column.type == "date" else Fraction, bound)
        return cls(table, column, operator, bound)

    def evaluate(self, facts: Facts) -> Outcome:
        rows, bound = facts.rows(self.table), self.bound.measure(facts)
        if not rows or bound is None:
            blank = () if rows else (self.table.id,)
            return Outcome(
                False, missing=(*blank, *(self.bound.references() if bound is None else ()))
            )
        values = {
            f"{self.table.id}[{index}].{self.column.id}": measured(row.get(self.column.id))
            for index, row in rows
        }
        holds = COMPARISONS[self.operator][0]
        missing = tuple(ref for ref, value in values.items() if value is None)
        culprits = tuple(
            ref for ref, value in values.items() if value is not None and not holds(value, bound)
        )
        return Outcome(not missing and not culprits, missing, culprits)

    def formula(self) -> str:
        met = f"SUMPRODUCT({self._met()})={self._used()}"
        return excel_guarded(self.bound.valid(), f"AND({self._used()}>0,{met})", "FALSE")

    def say(self) -> Bilingual:
        unit, label = self.table.unit, self.column.name
        if self.column.type == "tick":
            return both(f"ทุก{unit}มี “{label}”", f"“{label}” for every {unit}")
        _, word, word_en = COMPARISONS[self.operator]
        thai, english = self.bound.say()
        return both(
            f"ทุก{unit}มี “{label}” {word} {thai}",
            f"“{label}” {word_en} {english} for every {unit}",
        )

    def shortfall(self, facts: Facts) -> Bilingual:
        outcome = self.evaluate(facts)
        if outcome.holds:
            return NOTHING
        if not facts.rows(self.table) or self.bound.measure(facts) is None:
            return unanswered((self.table.name, *self.bound.labels())).say(0)
        return self._phrase().say(len({*outcome.missing, *outcome.culprits}))

    def shortfall_formula(self) -> str:
        lack = f"({self._used()}-SUMPRODUCT({self._met()}))"
        first = unanswered((self.table.name, *self.bound.labels())).excel("0")
        short = f'IF({lack}=0,"",{self._phrase().excel(lack)})'
        return excel_guarded(excel_all_of(f"{self._used()}>0", self.bound.valid()), short, first)

    def _phrase(self) -> Phrase:
        unit = self.table.unit
        thai, english = self.say()
        return Phrase(f"{thai}: ยังไม่ถึงอีก {{n}} {unit}", f"{english}: {{n}} {unit} still short")

    def _used(self) -> str:
        return f"SUMPRODUCT({excel_used(self.table)}*1)"

    def _met(self) -> str:
        name = f"{self.table.id}.{self.column.id}"
        if self.column.type == "tick":
            return f"{excel_used(self.table)}*({excel_ticked(name)}>0)"
        operator = "=" if self.operator == "==" else self.operator
        met = f"({name}{operator}{self.bound.excel()})"
        if self.column.type == "percent" and isinstance(self.bound, Constant):
            # A fraction such as 0.85 is read as 85 per cent; 1 is ambiguous and counts as
            # unanswered. Only comparisons, no arithmetic: a text in the range must not spread.
            hundredth = number_text(fixed_number(self.bound) / 100)
            met = (
                f"(({name}=0)+({name}>1)>0)*{met}"
                f"+({name}>0)*({name}<1)*({name}{operator}{hundredth})"
            )
        limits = "".join(
            f"*({name}{sign}{limit})"
            for sign, limit in ((">=", self.column.minimum), ("<=", self.column.maximum))
            if limit is not None
        )
        return f"ISNUMBER({name}){limits}*({met})"


@dataclass(frozen=True, slots=True)
class Ticked(Condition):
    """``ticked(plan)``: a tick is set."""

    field: Field

    @classmethod
    def parse(cls, call: ast.Call, names: Names) -> Ticked:
        return cls(names.field(_only(call), "tick"))

    def evaluate(self, facts: Facts) -> Outcome:
        holds = facts.answers.values.get(self.field.id) is True
        return Outcome(holds, culprits=() if holds else (self.field.id,))

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
        return cls(names.field(_only(call), "text", "integer", "percent", "date", "choice"))

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
        field = names.field(_only(call), "choice")
        value = bound.value if isinstance(bound, Constant) else None
        values = [choice.value for choice in field.choices]
        if operator != "==" or value not in values:
            raise ConditionError(
                f"chosen({field.id}) is compared wrongly",
                f"Write == and one of: {', '.join(values)}",
            )
        return cls(field, str(value))

    def evaluate(self, facts: Facts) -> Outcome:
        value = facts.answers.values.get(self.field.id)
        if value is None:
            return Outcome(False, missing=(self.field.id,))
        return Outcome(value == self.value, culprits=(self.field.id,) * (value != self.value))

    def formula(self) -> str:
        choice = next(c for c in self.field.choices if c.value == self.value)
        words = (choice.label, choice.value, *choice.aliases)
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
class Subset(Condition):
    """``subset(a.virtue, b.virtue)``: every text of one column stands in another."""

    table: Table
    column: Question
    among_table: Table
    among: Question

    @classmethod
    def parse(cls, call: ast.Call, names: Names) -> Subset:
        if len(call.args) != 2 or call.keywords:
            raise ConditionError("subset needs two columns", "Write subset(a.x, b.y)")
        return cls(*names.column(call.args[0], "text"), *names.column(call.args[1], "text"))

    def evaluate(self, facts: Facts) -> Outcome:
        rows = facts.rows(self.among_table)
        known = {key(str(row[self.among.id])) for _, row in rows if row.get(self.among.id)}
        if not known:
            return Outcome(False, missing=(self.among_table.id,))
        culprits = tuple(
            f"{self.table.id}[{index}].{self.column.id}"
            for index, row in facts.rows(self.table)
            if row.get(self.column.id) and key(str(row[self.column.id])) not in known
        )
        return Outcome(not culprits, culprits=culprits)

    def formula(self) -> str:
        known = f"SUMPRODUCT(LEN(TRIM({self._names()[1]})))>0"
        return f"AND({known},{self._strangers()}=0)"

    def say(self) -> Bilingual:
        one, other = f"“{self.column.name}”", f"“{self.among.name}”"
        return both(
            f"{one} ทุกรายการใน{self.table.name}อยู่ใน{other} ของ{self.among_table.name}",
            f"every {one} of {self.table.name} is a {other} of {self.among_table.name}",
        )

    def shortfall(self, facts: Facts) -> Bilingual:
        outcome = self.evaluate(facts)
        return NOTHING if outcome.holds else self._phrase().say(len(outcome.culprits))

    def shortfall_formula(self) -> str:
        return f'IF({self.formula()},"",{self._phrase().excel(self._strangers())})'

    def _phrase(self) -> Phrase:
        thai, english = self.say()
        return Phrase(f"{thai}: ไม่อยู่ {{n}} รายการ", f"{english}: {{n}} are not")

    def _names(self) -> tuple[str, str]:
        return f"{self.table.id}.{self.column.id}", f"{self.among_table.id}.{self.among.id}"

    def _strangers(self) -> str:
        one, other = (excel_key(name) for name in self._names())
        ones = f"TRANSPOSE(ROW({self._names()[1]}))^0"
        found = f"MMULT(--({one}=TRANSPOSE({other})),TRANSPOSE({ones}))"
        return f'SUM(({one}<>"")*({found}=0))'


@dataclass(frozen=True, slots=True)
class AnyOf(Condition):
    """``any(ticked(a), ticked(b))``: at least one of several conditions."""

    conditions: tuple[Condition, ...]

    @classmethod
    def parse(cls, call: ast.Call, names: Names) -> AnyOf:
        if len(call.args) < 2 or call.keywords:
            raise ConditionError("any needs two conditions", "Write any(first, second)")
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

    def formula(self) -> str:
        return f"OR({','.join(condition.formula() for condition in self.conditions)})"

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
    """``by(sent_on, "2026-03-10")``: a date on or before a day."""

    @classmethod
    def parse(cls, call: ast.Call, names: Names) -> By:
        if len(call.args) != 2 or call.keywords:
            raise ConditionError("by needs a field and a day", 'Write by(field, "2026-03-10")')
        field = names.field(call.args[0], "date")
        return cls(FieldValue(field), "<=", Constant(iso_date(call.args[1])))


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


def _condition(node: ast.expr, names: Names) -> Condition:
    if isinstance(node, ast.Compare):
        return _comparison(node, names)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        kind = CONDITIONS.get(node.func.id)
        if kind is not None:
            return kind.parse(node, names)
    raise ConditionError(
        f"{ast.unparse(node)!r} is no condition",
        f"Compare a quantity, or use one of: {', '.join(CONDITIONS)}",
    )


def _comparison(node: ast.Compare, names: Names) -> Condition:
    signs = {ast.GtE: ">=", ast.LtE: "<=", ast.Gt: ">", ast.Lt: "<", ast.Eq: "=="}
    operator = signs.get(type(node.ops[0]))
    if operator is None or len(node.ops) != 1:
        raise ConditionError(
            f"{ast.unparse(node)!r} is not one comparison", f"Use one of {' '.join(COMPARISONS)}"
        )
    limit = bound(node.comparators[0], names)
    if isinstance(node.left, ast.Call) and isinstance(node.left.func, ast.Name):
        kind = COMPARED.get(node.left.func.id)
        if kind is not None:
            return kind.compared(node.left, operator, limit, names)
    compared = quantity(node.left, names)
    if isinstance(compared, Percent) and not isinstance(limit, Constant):
        raise ConditionError("percent is compared with a field", "Compare it with a number")
    _comparable(node.left, compared.measures, limit)
    value = limit.value if isinstance(limit, Constant) else None
    if compared.counts and isinstance(value, Fraction) and value.denominator != 1:
        raise ConditionError(f"{number_text(value)} is not whole", "Counts have whole bounds")
    return Comparison(compared, operator, limit)


def _comparable(node: ast.expr, measures: type, limit: Bound) -> None:
    if limit.measures is not measures:
        kind = "a date" if measures is date else "a number"
        raise ConditionError(f"{ast.unparse(node)!r} is compared with no {kind[2:]}", f"Use {kind}")


def _only(call: ast.Call) -> ast.expr:
    if len(call.args) != 1 or call.keywords:
        raise ConditionError(f"{ast.unparse(call)!r} needs one argument", "Give exactly one")
    return call.args[0]
