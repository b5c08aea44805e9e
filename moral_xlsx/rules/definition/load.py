"""The forms that there are, by id: those of the program, and the office's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Protocol, TypeVar

from moral_xlsx.model.form import Form

Made = TypeVar("Made")


def form_ids() -> tuple[str, ...]:
    """The ids of the forms that come with the program, in alphabetical order."""
    folder = resources.files("moral_xlsx.definitions")
    return tuple(
        sorted(
            file.name.removesuffix(".toml")
            for file in folder.iterdir()
            if file.name.endswith(".toml")
        )
    )


@cache
def load_form(form_id: str) -> Form:
    """A form that comes with the program; raises KeyError when there is none of that id.

    It is read once in a process.
    """
    if form_id not in form_ids():
        raise KeyError(form_id)
    # What a definition is parsed with is of weight, and its wording was held against its rules
    # before it was shipped.
    from moral_xlsx.rules.definition.parse import sensible_form

    return sensible_form(shipped_text(form_id), f"{form_id}.toml")


def shipped_text(form_id: str) -> bytes:
    """The definition file of a form that comes with the program."""
    return resources.files("moral_xlsx.definitions").joinpath(f"{form_id}.toml").read_bytes()


class Source(Protocol):
    """Where the forms of the program come from, and what is made of forms."""

    def __hash__(self) -> int: ...

    def form(self, form_id: str) -> Form:
        """The form of that id, always the same value; raises KeyError when there is none."""

    def kept(self, name: str, form: Form, kind: type[Made], make: Callable[[], Made]) -> Made:
        """What was made of a form under that name, or is made now."""


@dataclass(frozen=True, slots=True)
class Parsing:
    """Every process parses and makes what it needs."""

    def form(self, form_id: str) -> Form:
        """See ``load_form``."""
        return load_form(form_id)

    def kept(self, name: str, form: Form, kind: type[Made], make: Callable[[], Made]) -> Made:
        """What is made now."""
        return make()


PARSING = Parsing()


@dataclass(frozen=True)
class Forms(Mapping[str, Form]):
    """The forms that there are, by id: the office's ``own``, and those of the program.

    An own form wins over one of the same id in the program, whose forms come from ``source``.
    """

    own: Mapping[str, Form] = field(default_factory=dict)
    source: Source = PARSING

    def __getitem__(self, form_id: str) -> Form:
        return self.own[form_id] if form_id in self.own else self.source.form(form_id)

    def __contains__(self, form_id: object) -> bool:
        return form_id in self.own or form_id in form_ids()

    def __iter__(self) -> Iterator[str]:
        return iter(sorted({*self.own, *form_ids()}))

    def __len__(self) -> int:
        return len({*self.own, *form_ids()})

    @property
    def winning(self) -> tuple[str, ...]:
        """The ids of own forms that stand in the place of one of the program's."""
        return tuple(sorted(self.own.keys() & set(form_ids())))


SHIPPED = Forms()
