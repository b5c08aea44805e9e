"""What a form says of its earlier versions."""

from __future__ import annotations

from collections.abc import Iterator

from moral_xlsx.model.errors import Fault
from moral_xlsx.model.form import Form
from moral_xlsx.model.question import Question, Table
from moral_xlsx.rules.definition.printed_lint import duplicates


def version_faults(form: Form) -> Iterator[Fault]:
    """Every mistake in ``accepts`` and ``since``."""
    yield from duplicates("version and accepts", (form.version, *form.accepts))
    later = (*form.accepts, form.version)[1:]
    written: list[tuple[str, Question | Table]] = []
    written += [(f"fields.{field.id}", field) for field in form.fields]
    for table in form.tables:
        written += [(f"tables.{table.id}", table)]
        written += [(f"tables.{table.id}.{column.id}", column) for column in table.columns]
    for place, each in written:
        if each.since and each.since not in later:
            yield Fault(
                f"{place}.since",
                (
                    f"ไม่มีรุ่น {each.since} ต่อจากรุ่นใดใน accepts",
                    f"no version {each.since} follows one of accepts",
                ),
                (
                    "ใช้รุ่นของแบบนี้ หรือรุ่นใน accepts ที่ไม่ใช่รุ่นแรก",
                    "Name this form's version, or one of accepts but the first",
                ),
            )
