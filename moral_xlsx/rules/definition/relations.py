"""What a form says about other forms, held against these."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from moral_xlsx.model.errors import Fault
from moral_xlsx.model.form import Form
from moral_xlsx.rules.judge.conditions import parse_fact
from moral_xlsx.rules.judge.quantity import Quantity
from moral_xlsx.rules.judge.row_conditions import Condition
from moral_xlsx.rules.judge.syntax import ConditionError


def relation_faults(
    form: Form, forms: Mapping[str, Form], unsound: Collection[str] = ()
) -> Iterator[Fault]:
    """Every mistake in ``follows`` and ``cross_checks`` that shows in the other form.

    ``unsound`` are the ids of forms that are there too, but whose definitions have mistakes.
    """
    if form.follows is not None:
        plan = forms.get(form.follows.form)
        if plan is None:
            yield _unknown("follows.form", form.follows.form, forms, unsound)
        else:
            yield from _plan_faults(form, plan)
    for check in form.cross_checks:
        other = forms.get(check.form)
        if other is None:
            yield _unknown(f"cross_checks.{check.id}.form", check.form, forms, unsound)
            continue
        try:
            there = parse_fact(check.there, other)
        except ConditionError as error:
            yield Fault(f"cross_checks.{check.id}.there", error.message, error.remedy)
            continue
        try:
            here = parse_fact(check.here, form)
        except ConditionError:
            continue  # a mistake of this form alone
        if _measures(here) is not _measures(there):
            yield Fault(
                f"cross_checks.{check.id}",
                ("here กับ there วัดคนละอย่าง", "here and there do not measure the same"),
                (
                    "ให้ทั้งสองเป็นจำนวน เป็นวันที่ หรือเป็นเงื่อนไขเหมือนกัน",
                    "Make both a number, a date or a condition",
                ),
            )


def _measures(fact: Condition | Quantity) -> type:
    return bool if isinstance(fact, Condition) else fact.measures


def _plan_faults(form: Form, plan: Form) -> Iterator[Fault]:
    follows = form.follows
    assert follows is not None
    if follows.plan_table is None:
        return
    tables = {table.id: {column.id for column in table.columns} for table in plan.tables}
    if follows.plan_table not in tables:
        yield Fault(
            "follows.plan_table",
            (
                f"แบบ {plan.id} ไม่มีตาราง {follows.plan_table!r}",
                f"the form {plan.id} has no table {follows.plan_table!r}",
            ),
            ("แก้รหัสตารางของแผน", "Correct the id of the plan's table"),
        )
        return
    wanted = {follows.plan_number, follows.plan_title, *follows.compare.values()}
    for column in sorted(wanted - tables[follows.plan_table]):
        yield Fault(
            "follows",
            (
                f"ตาราง {follows.plan_table} ของแบบ {plan.id} ไม่มีคอลัมน์ {column!r}",
                f"table {follows.plan_table} of the form {plan.id} has no column {column!r}",
            ),
            ("แก้รหัสคอลัมน์ของแผน", "Correct the id of the plan's column"),
        )


def _unknown(
    place: str, form_id: str, forms: Mapping[str, Form], unsound: Collection[str]
) -> Fault:
    if form_id in unsound:
        return Fault(
            place,
            (
                f"นิยามของแบบ {form_id} มีข้อผิด จึงตรวจสิ่งที่อ้างถึงแบบนั้นไม่ได้",
                f"the definition of the form {form_id} has mistakes of its own",
            ),
            (
                f"ตรวจ {form_id}.toml ด้วย forms check แล้วแก้ก่อน",
                f"Run forms check on {form_id}.toml and mend it first",
            ),
        )
    known = ", ".join(forms)
    return Fault(
        place,
        (f"ไม่มีแบบ {form_id!r}", f"there is no form {form_id!r}"),
        (
            f"ร่างแบบนั้นด้วย หรือแก้รหัสให้เป็นแบบที่มี: {known}",
            f"Draft that form too, or correct the id to one of: {known}",
        ),
    )
