"""The order in which units are told of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

from moral_xlsx.model.units import Unit
from moral_xlsx.thai import key

_Sent = TypeVar("_Sent")


def registered_first(
    registry: Sequence[Unit], sent: Mapping[str, _Sent], form: str
) -> Iterator[tuple[str, Unit | None, _Sent | None]]:
    """The units of a form: those registered, in their order, then the others that sent it.

    A registered unit belongs to a form that it has to send (no forms are all forms) or that it
    sent. ``sent`` is by the key of the unit's code; that key comes with each unit, with None for
    one that is not registered, or sent nothing.
    """
    others = dict(sent)
    for unit in registry:
        code = key(unit.code)
        came = others.pop(code, None)
        if not unit.forms or form in unit.forms or came is not None:
            yield code, unit, came
    for code in sorted(others):
        yield code, None, others[code]
