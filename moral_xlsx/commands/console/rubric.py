"""A form's rubric, as a person reads it on a console."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from moral_xlsx.commands.console.printing import show_lines
from moral_xlsx.commands.console.words import Words
from moral_xlsx.model.assessment import Bilingual
from moral_xlsx.model.catalogue import kind_of
from moral_xlsx.model.findings import Language
from moral_xlsx.model.form import Certainty, Form
from moral_xlsx.model.question import AnswerType, Field, Question, Sheet
from moral_xlsx.model.rubric import Check, Criterion, CrossCheck
from moral_xlsx.rules.judge.conditions import parse_condition
from moral_xlsx.rules.judge.quantities import parse_quantity
from moral_xlsx.rules.judge.rubric import Rubric
from moral_xlsx.rules.judge.syntax import ConditionError
from moral_xlsx.thai import thai_digits
from moral_xlsx.wording import SEVERITIES

_TYPES: dict[AnswerType, Bilingual] = {
    "text": ("ข้อความ", "text"),
    "integer": ("จำนวนเต็ม", "whole number"),
    "percent": ("ร้อยละ", "per cent"),
    "date": ("วันที่", "date"),
    "tick": ("✓ หรือว่าง", "✓ or blank"),
    "choice": ("เลือก", "choice"),
}
_CERTAINTIES: dict[Certainty, Bilingual] = {
    "certain": ("แน่นอน", "certain"),
    "likely": ("น่าจะใช่", "likely"),
    "guess": ("เดา", "a guess"),
}


def show_rubric(rubric: Rubric, forms: Mapping[str, Form], language: Language) -> None:
    """Prints everything that a form asks, how it judges, and how its wording is read."""
    show_lines(_Telling(rubric, forms, Words(language)).lines())


@dataclass(frozen=True, slots=True)
class _Telling:
    """Tells a rubric section by section; a section without content has no heading."""

    rubric: Rubric
    forms: Mapping[str, Form]
    say: Words

    @property
    def form(self) -> Form:
        return self.rubric.form

    def lines(self) -> Iterator[str]:
        say = self.say
        yield from self._head()
        sections = (
            (say("สิ่งที่ถาม", "What is asked"), self._asked()),
            (say("ค่าที่คำนวณ", "What is computed"), self._derived()),
            (say("เกณฑ์", "Criteria"), self._criteria()),
            (say("ผลรวม", "Sums"), self._sums()),
            (say("ระดับ", "Levels"), self._levels()),
            (say("ผลระดับกรม", "The department's result"), self._roll_up()),
            (say("รายงานตามแผน", "Report on a plan"), self._follows()),
            (say("ข้อมูลที่ต้องตรงกับแบบอื่น", "What has to agree with other forms"), self._cross()),
            (say("การตรวจความสมเหตุสมผล", "Checks"), self._checks()),
            (say("การตีความ", "Readings"), self._interpretations()),
            (say("คำที่แก้จากต้นฉบับ", "Words that were corrected"), self._corrections()),
            (say("จำนวนที่ไม่ใช่เกณฑ์", "Figures that are no rules"), self._exemptions()),
        )
        for title, section in sections:
            told = list(section)
            if told:
                yield from ("", f"== {title}", *told)

    def _head(self) -> Iterator[str]:
        form, say = self.form, self.say
        yield from form.title
        year = say.number(form.fiscal_year)
        yield say(
            f"{form.id} รุ่น {form.version} ปีงบประมาณ {year}",
            f"{form.id}, version {form.version}, fiscal year {year}",
        )
        yield f"{form.issuer} → {form.receiver}"
        for due in form.due_dates:
            yield f"{say('กำหนดส่ง', 'Due')} {say.day(due.date)}: {due.label}"
        yield f"{say('ที่มา', 'Source')}: {form.source}"

    def _asked(self) -> Iterator[str]:
        for sheet in self.form.sheets:
            yield f"{self.say('แผ่น', 'Sheet')} “{sheet.title}”"
            yield from self._sheet(sheet)

    def _sheet(self, sheet: Sheet) -> Iterator[str]:
        for field in self.form.fields:
            if field.sheet == sheet.id:
                yield f"  {self._question(field)}{self._applies(field)}"
        for table in self.form.tables:
            if table.sheet != sheet.id:
                continue
            yield self.say(
                f"  ตาราง “{table.label}” แถวละหนึ่ง{table.unit}",
                f"  table “{table.label}”, one row for each {table.unit}",
            )
            if table.preset:
                count = self.say.number(len(table.preset))
                yield self.say(f"    มีให้แล้ว {count} แถว", f"    {count} rows are there already")
            for column in table.columns:
                yield f"    {self._question(column)}"

    def _applies(self, field: Field) -> str:
        if field.when is None:
            return ""
        words = self._condition(field.when)
        return self.say(f" (ใช้เมื่อ {words})", f" (applies when {words})")

    def _question(self, question: Question) -> str:
        kind = self.say.of(_TYPES[question.type])
        if question.choices:
            kind += f": {' / '.join(choice.label for choice in question.choices)}"
        elif question.unit:
            kind += f", {question.unit}"
        return f"{question.label}{' *' if question.required else ''} ({kind})"

    def _derived(self) -> Iterator[str]:
        for derived in self.form.derived:
            words = self.say.of(self.rubric.derived[derived.id].say())
            yield f"{derived.label} = {words}"

    def _criteria(self) -> Iterator[str]:
        for index, criterion in enumerate(self.form.criteria):
            if index:
                yield ""
            yield f"{criterion.title} [{self._worth(criterion)}]"
            if criterion.when:
                words = self._condition(criterion.when)
                yield self.say(f"  (ใช้เมื่อ {words})", f"  (applies when {words})")
            if criterion.caveat:
                yield f"  ({criterion.caveat})"
            for rung in criterion.rungs:
                yield f"  [{self._points(criterion, rung.points)}]"
                for box in rung.boxes:
                    yield f"    ☐ {box.text}"
                    for source in box.conditions:
                        yield f"        = {self._condition(source)}"

    def _worth(self, criterion: Criterion) -> str:
        name = self.say(thai_digits(criterion.name), criterion.name)
        if criterion.kind == "met":
            return self.say(f"{name}: ผ่าน / ไม่ผ่าน", f"{name}: met / not met")
        most = self.say.number(criterion.maximum)
        return self.say(f"{name}: เต็ม {most} คะแนน", f"{name}: at most {most} points")

    def _points(self, criterion: Criterion, points: int) -> str:
        if criterion.kind == "met":
            return self.say("ผ่าน", "met") if points else self.say("ไม่ผ่าน", "not met")
        return self.say.number(points)

    def _condition(self, source: str) -> str:
        return self.say.of(self.rubric.words[source])

    def _sums(self) -> Iterator[str]:
        form, say = self.form, self.say
        for subtotal in form.subtotals:
            first, last = say.number(subtotal.first), say.number(subtotal.last)
            yield say(
                f"{subtotal.label}: ข้อ {first} ถึง {last}",
                f"{subtotal.label}: criteria {first} to {last}",
            )
        if form.criteria:
            most = say.number(form.maximum)
            yield say(f"{form.total_label}: เต็ม {most}", f"{form.total_label}: at most {most}")

    def _levels(self) -> Iterator[str]:
        form, say = self.form, self.say
        for level in form.levels:
            numbers = [say.number(n) for n in (level.number, level.first, level.last)]
            each, total = say.number(level.min_each), say.number(level.min_total)
            yield f"{numbers[0]}. {level.name}"
            yield from (f"  {line}" for line in level.text)
            yield say(
                f"  = ข้อ {numbers[1]} ถึง {numbers[2]} ข้อละไม่น้อยกว่า {each} รวมไม่น้อยกว่า {total}",
                f"  = criteria {numbers[1]} to {numbers[2]}: at least {each} each, "
                f"{total} together",
            )
        if form.levels:
            yield (
                say("แต่ละระดับต้องผ่านระดับที่ต่ำกว่าด้วย", "A level needs all lower levels too")
                if form.nested
                else say("ได้ระดับสูงสุดที่ผ่านเกณฑ์ของระดับนั้นเอง", "The highest level whose own rule holds")
            )
        yield from (form.levels_note,) if form.levels_note else ()

    def _roll_up(self) -> Iterator[str]:
        say = self.say
        for rule in self.form.roll_up:
            share, level = say.number(rule.percent), say.number(rule.level)
            yield f"{rule.name}: {rule.text}"
            yield say(
                f"  = หน่วยงานทั้งหมดไม่น้อยกว่าร้อยละ {share} ได้ระดับ {level} ขึ้นไป",
                f"  = at least {share} per cent of all units reach level {level}",
            )
        if self.form.ranking:
            yield f"{say('จัดอันดับ', 'Ranking')}: {self.form.ranking}"

    def _follows(self) -> Iterator[str]:
        follows, say = self.form.follows, self.say
        if follows is None:
            return
        table = self.form.table(follows.table)
        number, title = (table.column(each).name for each in (follows.number, follows.title))
        yield say(
            f"“{table.name}” เทียบกับแบบ {follows.form} ตาม “{number}”: “{title}” ต้องตรงกัน",
            f"“{table.name}” against the form {follows.form} by “{number}”: “{title}” has to agree",
        )
        for here in follows.compare:
            yield say(
                f"  “{table.column(here).name}” ต้องตรงกันด้วย",
                f"  so has “{table.column(here).name}”",
            )
        if follows.progress:
            shown = table.column(follows.progress).name
            yield say(f"  แสดง “{shown}” เทียบกับเดือนก่อน", f"  “{shown}” is shown against last month")

    def _cross(self) -> Iterator[str]:
        for check in self.form.cross_checks:
            yield self._cross_check(check)

    def _cross_check(self, check: CrossCheck) -> str:
        other = self.forms.get(check.form)
        here = self._measured(check.here, self.form)
        there = self._measured(check.there, other) if other else check.there
        return self.say(
            f"{check.label}: {here} ต้องตรงกับ {there} ในแบบ {check.form}",
            f"{check.label}: {here} has to agree with {there} in the form {check.form}",
        )

    def _measured(self, source: str, form: Form) -> str:
        try:
            return self.say.of(parse_condition(source, form).say())
        except ConditionError:
            return self.say.of(parse_quantity(source, form).say())

    def _checks(self) -> Iterator[str]:
        for check in self.form.checks:
            yield f"{check.finding} ({self._severity(check)}): {self._message(check)}"
            when = ""
            if check.when:
                words = self._condition(check.when)
                when = self.say(f"เมื่อ {words}: ", f"when {words}: ")
            yield f"  = {when}{self._condition(check.condition)}"

    def _severity(self, check: Check) -> str:
        return self.say.of(SEVERITIES[kind_of(check.finding).severity])

    def _message(self, check: Check) -> str:
        return self.say(check.message, check.message_en)

    def _interpretations(self) -> Iterable[str]:
        for each in self.form.interpretations:
            yield f"[{each.place}] {each.question}"
            yield f"  → {each.choice} ({each.reason})"

    def _corrections(self) -> Iterable[str]:
        for each in self.form.corrections:
            ocr = f"“{each.ocr}”" if each.ocr else self.say("ไม่มีคำนี้", "nothing")
            sure = self.say.of(_CERTAINTIES[each.certainty])
            yield self.say(
                f"[{each.place}] “{each.printed}” ต้นฉบับที่ถอดด้วยโปรแกรม: {ocr} ({sure})",
                f"[{each.place}] “{each.printed}”, where the recognised text has {ocr} ({sure})",
            )

    def _exemptions(self) -> Iterable[str]:
        for each in self.form.exemptions:
            yield f"“{each.says}”: {each.reason}"
