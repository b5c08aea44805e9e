"""What an experienced reviewer looks for: a definition's checks and those of every form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from moral_xlsx.model.assessment import Assessment, Bilingual, CriterionResult
from moral_xlsx.model.catalogue import finding, kind_of
from moral_xlsx.model.catalogue.answers import LIVE_DIFFERS
from moral_xlsx.model.catalogue.review import (
    ANSWERED_ALL_THE_SAME,
    CLAIM_DIFFERS,
    EVIDENCE_NAMES_NOTHING,
    FITS_NO_RUNG,
    MET_SO_FAR,
    NEARLY_THE_SAME,
    NO_EVIDENCE,
    ROW_REPEATED,
    WAIVED,
)
from moral_xlsx.model.catalogue.rounds import REGISTRY_DIFFERS, UNIT_UNKNOWN
from moral_xlsx.model.findings import NOWHERE, Finding, Place
from moral_xlsx.model.form import Form
from moral_xlsx.model.reference import Reference, TableCell
from moral_xlsx.model.rubric import Check, Criterion
from moral_xlsx.model.units import Unit, Waiver
from moral_xlsx.rules.judge.alike import Alike, nearly_the_same
from moral_xlsx.rules.judge.expression import Facts, identity
from moral_xlsx.rules.judge.rubric import Rubric
from moral_xlsx.thai import key, thai_digits
from moral_xlsx.wording import NOTHING, item

Places = Mapping[Reference, Place]

# What people type where the name of some evidence is asked for.
_EVIDENCE_WORDS = (
    "มี", "มีแล้ว", "มีหลักฐาน", "มีเอกสาร", "มีครบ", "ครบ", "ครบถ้วน", "แนบแล้ว", "แนบไฟล์", "ตามแนบ",
    "ตามเอกสารแนบ", "ตามเอกสารที่แนบ", "ตามหลักฐานที่แนบ", "ตามไฟล์แนบ", "ตามที่แนบ", "ตามสิ่งที่ส่งมาด้วย",
    "เอกสารแนบ", "ไฟล์แนบ", "ดูเอกสารแนบ", "ดูไฟล์แนบ", "รายละเอียดตามเอกสารแนบ", "ดำเนินการแล้ว", "ทำแล้ว",
    "เรียบร้อย", "เรียบร้อยแล้ว", "ใช่", "หลักฐาน", "เอกสาร", "รูปภาพ", "ภาพถ่าย", "yes", "ok", "/", "✓",
)  # fmt: skip
_NAMES_NOTHING = frozenset(map(key, _EVIDENCE_WORDS))


def check_answers(rubric: Rubric, facts: Facts, places: Places) -> tuple[Finding, ...]:
    """Findings of the definition's checks and of rows that repeat one another."""
    found = [f for check in rubric.form.checks for f in _broken(check, rubric, facts, places)]
    alike = nearly_the_same(rubric, facts)
    return (
        *found,
        *_repeated(facts, places),
        *(_alike(each, places) for each in alike),
        *_saying_nothing(facts, places),
    )


def _alike(found: Alike, places: Places) -> Finding:
    here, there = _place(places, found.cell), _place(places, found.other_cell)
    return finding(
        NEARLY_THE_SAME,
        here,
        label=found.label,
        found=found.text,
        other=found.other,
        place=f"{there.sheet} {there.cell}".strip() or str(found.other_cell),
    )


def _saying_nothing(facts: Facts, places: Places) -> Iterator[Finding]:
    """Evidence that tells that there is some, and not what, by what it says."""
    said: dict[str, list[int]] = {}
    for number, text in facts.answers.evidence.items():
        if key(text) in _NAMES_NOTHING:
            said.setdefault(text, []).append(number)
    for text, numbers in said.items():
        names = ", ".join(facts.form.criterion(number).name for number in numbers)
        place = _place(places, f"evidence_{numbers[0]}")
        words = (thai_digits(names), names)
        yield finding(EVIDENCE_NAMES_NOTHING, place, numbers=words, found=text)


def check_scores(
    form: Form, criteria: tuple[CriterionResult, ...], places: Places
) -> tuple[Finding, ...]:
    """Findings that compare claims, evidence and computed scores, and what has to be said."""
    return tuple(
        found
        for result in criteria
        for found in _disputed(form.criterion(result.number), result, places)
    )


def check_waived(
    form: Form,
    facts: Facts,
    waived: Mapping[int | str, Bilingual],
    waivers: tuple[Waiver, ...],
    places: Places,
) -> Iterator[Finding]:
    """What the registry waived, and what was answered although it does not apply."""
    for waiver in waivers:
        words = _item(form, waiver.item)
        yield finding(WAIVED, item=words, reason=waiver.reason or NOTHING)
    for asked, reason in waived.items():
        if isinstance(asked, int):
            answered = bool(facts.answers.claims.get(asked))
            place = _place(places, f"claim_{asked}")
        else:
            answered = facts.answers.values.get(asked) not in (None, False)
            place = _place(places, asked)
        if answered:
            yield finding(ANSWERED_ALL_THE_SAME, place, item=_item(form, asked), reason=reason)


def _item(form: Form, asked: int | str) -> Bilingual:
    if isinstance(asked, int):
        criterion = form.criterion(asked)
        return item(criterion), f"criterion {criterion.name}"
    name = form.field(asked).name
    return f"“{name}”", f"“{name}”"


def _broken(check: Check, rubric: Rubric, facts: Facts, places: Places) -> Iterator[Finding]:
    if check.when and not rubric.conditions[check.when].evaluate(facts).holds:
        return
    outcome = rubric.conditions[check.condition].evaluate(facts)
    # A share names its table twice.
    for reference in dict.fromkeys(outcome.culprits):
        yield finding(
            kind_of(check.finding),
            _place(places, reference),
            message=(thai_digits(check.message), check.message_en),
            remedy=(thai_digits(check.remedy), check.remedy_en),
        )


def _repeated(facts: Facts, places: Places) -> Iterator[Finding]:
    for table in facts.form.tables:
        seen: dict[tuple[str, ...], int] = {}
        for index, row in facts.rows(table) if table.unique else ():
            thing = identity(table, row)
            if not thing:
                continue
            first = seen.setdefault(thing, index)
            if first != index:
                yield finding(
                    ROW_REPEATED,
                    _place(places, TableCell(table.id, index, table.unique[-1])),
                    label=table.name,
                    row=index + 1,
                    first=first + 1,
                )


def _disputed(criterion: Criterion, result: CriterionResult, places: Places) -> Iterator[Finding]:
    number, claimed, computed = criterion.name, result.claimed, result.computed
    if computed is None:
        return
    place = _place(places, f"claim_{result.number}")
    # What people decided is no question to them any more.
    asked = result.reviewed is None
    if asked and claimed is not None and claimed != computed:
        yield finding(
            CLAIM_DIFFERS,
            place,
            number=number,
            claimed=claimed,
            computed=computed,
            why=_why(result),
        )
    if claimed and not result.evidence:
        evidence = _place(places, f"evidence_{result.number}")
        yield finding(NO_EVIDENCE, evidence, number=number, claimed=claimed)
    lowest = next(rung for rung in result.rungs if rung.points == 0)
    if asked and computed == 0 and not lowest.holds:
        yield finding(FITS_NO_RUNG, place, number=number)
    if result.caveat:
        yield finding(MET_SO_FAR, place, item=item(criterion), caveat=result.caveat)


def _why(result: CriterionResult) -> tuple[str, str]:
    """What the claimed rung still needs, as the reason to add to the sentence."""
    if result.claimed is None or result.computed is None or result.claimed < result.computed:
        return "", ""
    rung = next(rung for rung in result.rungs if rung.points == result.claimed)
    lacking = [condition.shortfall for condition in rung.conditions if not condition.holds]
    return (
        " เพราะ " + " และ ".join(thai for thai, _ in lacking),
        ", because: " + " and ".join(english for _, english in lacking),
    )


def _place(places: Places, reference: Reference) -> Place:
    return places.get(reference, NOWHERE).of(str(reference))


def check_live(
    form: Form, live: Mapping[str, object], assessment: Assessment
) -> tuple[Finding, ...]:
    """A finding where the workbook's own formulas last showed something else.

    ``live`` is keyed by defined name. A workbook that was never calculated shows nothing and
    disagrees with nothing.
    """
    computed = [
        (f"computed_{criterion.number}", (item(criterion), f"criterion {criterion.name}"))
        for criterion in form.criteria
    ]
    values = {f"computed_{result.number}": result.computed for result in assessment.criteria}
    values |= {"total": assessment.total, "level": assessment.level}
    computed += [("total", ("คะแนนรวม", "total")), ("level", ("ระดับ", "level"))]
    different = [
        (
            f"{thai} (แสดง {live[name]} คำนวณได้ {values[name]})",
            f"{english} (shows {live[name]}, computed {values[name]})",
        )
        for name, (thai, english) in computed
        if isinstance(live.get(name), int | float) and live[name] != values[name]
    ]
    if not different:
        return ()
    words = (", ".join(thai for thai, _ in different), ", ".join(en for _, en in different))
    return (finding(LIVE_DIFFERS, differences=words),)


def check_registry(facts: Facts, units: Mapping[str, Unit], places: Places) -> tuple[Finding, ...]:
    """Findings where a submission and the registry disagree; ``units`` by the key of the code."""
    code = facts.answers.unit_code
    unit = units.get(key(code))
    if unit is None:
        return _unknown_unit(facts, units) if code else ()
    registered = {"headcount": unit.headcount}
    return tuple(
        finding(
            REGISTRY_DIFFERS,
            _place(places, field.id),
            label=field.name,
            found=facts.answers.values[field.id],
            expected=registered[field.registry],
        )
        for field in facts.form.fields
        if field.registry in registered
        and None not in (registered[field.registry], facts.answers.values.get(field.id))
        and facts.answers.values[field.id] != registered[field.registry]
    )


def _unknown_unit(facts: Facts, units: Mapping[str, Unit]) -> tuple[Finding, ...]:
    names = [f.id for f in facts.form.fields if f.registry == "name"]
    given = {key(str(facts.answers.values.get(name) or "")) for name in names}
    alike = ", ".join(unit.code for unit in units.values() if key(unit.name) in given)
    hint = (f" แต่ชื่อหน่วยงานตรงกับรหัส {alike}", f", but its name is that of {alike}")
    found = facts.answers.unit_code
    place = Place(field="unit_code")
    return (finding(UNIT_UNKNOWN, place, found=found, alike=hint if alike else ("", "")),)
