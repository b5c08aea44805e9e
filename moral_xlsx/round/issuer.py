"""What every letter of a round needs: where outputs go, whose address is whose, blank workbooks."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from moral_xlsx.addresses import addresses_in, domain, plain_address
from moral_xlsx.excel.form.blanks import Blanks
from moral_xlsx.mail.outward.drafts import answer_address, awaits_answer
from moral_xlsx.mail.outward.texts import Letters
from moral_xlsx.model.decisions import HOLD, Decision, Rulings, Subject
from moral_xlsx.model.form import Form
from moral_xlsx.model.mail import Enclosure, Message
from moral_xlsx.model.round import FormResult, UnitResult
from moral_xlsx.model.units import Unit
from moral_xlsx.round.outbox import HELD, Outbox, legal_name
from moral_xlsx.round.stages import Letter
from moral_xlsx.rules.judge.rubric import compile_rubric
from moral_xlsx.thai import key


@dataclass(frozen=True, slots=True)
class Written:
    """A letter that lies in the folder of what was made so far, under that name."""

    name: str
    suffix: str
    sha256: str


def write_letter(letter: bytes | None, body: str, name: str, folder: Path) -> Written:
    """Leaves a draft in the folder, or its text alone where nobody is to get one."""
    data = letter or body.encode("utf-8-sig")
    (folder / name).write_bytes(data)
    return Written(name, ".eml" if letter else ".txt", hashlib.sha256(data).hexdigest())


@dataclass(frozen=True, slots=True)
class Standing:
    """How a unit stands on a form in the round."""

    form: Form
    result: UnitResult


@dataclass(frozen=True, slots=True)
class Issuer:
    """Puts the outputs of a ``round`` in place: with the outbox, the letters, units and forms.

    ``units`` are by the key of their code, ``rulings`` what people decided, ``holds`` the letters
    that they hold from now on; ``put_letters`` are the letters of the round so far.
    """

    round: str
    outbox: Outbox
    letters: Letters
    units: Mapping[str, Unit]
    forms: Mapping[str, Form]
    rulings: Rulings
    holds: Mapping[str, Decision] = field(default_factory=dict)
    put_letters: list[Letter] = field(default_factory=list)
    _put: set[str] = field(default_factory=set)
    _owners: dict[str, dict[str, Unit]] = field(default_factory=lambda: defaultdict(dict))
    _blanks: dict[str, Blanks] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for code, unit in self.units.items():
            for address in addresses_in(unit.email):
                for known_by in (address.casefold(), domain(address)):
                    self._owners[known_by][code] = unit

    def addresses(self, unit_code: str) -> tuple[str, ...]:
        """The registered e-mail addresses of a unit; none when it is not registered."""
        unit = self.units.get(key(unit_code))
        return addresses_in(unit.email) if unit else ()

    def sent_by(self, message: Message | None) -> tuple[Unit, ...]:
        """The units whose registered address a message came from, or whose alone its domain is."""
        if message is None:
            return ()
        owners = self._owners.get(message.sender.casefold(), {})
        if not owners:
            within = self._owners.get(domain(message.sender), {})
            owners = within if len(within) == 1 else {}
        return tuple(owners.values())

    def recipients(self, message: Message, registered: Sequence[str]) -> tuple[str, ...] | None:
        """Where the answer to a message goes; None when nobody waits for one, nothing where its
        address is none that can be written to: then whoever sends the draft types it.

        An address that is neither in the sender's domain nor in the unit's gets nothing, whatever
        the message asks for. Those of the unit that got a copy of it get one of the answer.
        """
        if not awaits_answer(message):
            return None
        asked = answer_address(message)
        trusted = {domain(address) for address in (message.sender, *registered)}
        found = asked if domain(asked) in trusted else plain_address(message.sender)
        copied = {each.casefold() for each in message.copied} - {found.casefold()}
        beside = tuple(each for each in registered if each.casefold() in copied)
        return (found, *beside) if found else ()

    def near(self, message: Message | None) -> tuple[Unit, ...]:
        """The units that a message may speak for: whose address it came from, or whose domain."""
        found = self.sent_by(message)
        if found or message is None:
            return found
        return tuple(self._owners.get(domain(message.sender), {}).values())

    def blank(self, form: Form, unit: Unit | None) -> Enclosure:
        """A form's blank workbook, with what the registry knows of the unit."""
        if form.id not in self._blanks:
            self._blanks[form.id] = Blanks(compile_rubric(form))
        name = legal_name(*([unit.code] if unit else []), form.id)
        return Enclosure(f"{name}.xlsx", self._blanks[form.id].workbook(unit))

    def put_letter(self, name: str, written: Written, to: tuple[str, ...]) -> tuple[str, ...]:
        """Puts a letter in place; gives its output, none where it is held while it says the same;
        then it lies apart, unless it was deleted."""
        suffix, digest = written.suffix, written.sha256
        output = name + suffix
        if output in self._put:
            # The same file, sent by somebody else too.
            output = f"{name}_{digest[:6]}{suffix}"
        ruling = self.rulings.on(Subject("letter", item=output), digest)
        held = self.holds.get(output) or ruling
        self.put_letters.append(Letter(output, digest, to, held))
        self._put.add(output)
        staged = self.outbox.staged(written.name)
        if held is None:
            self.outbox.place(output, staged, digest)
            return (output,)
        if held.value == HOLD:
            self.outbox.place(f"{HELD}/{output}", staged, digest)
        return ()


def standings(results: Sequence[FormResult]) -> Mapping[str, tuple[Standing, ...]]:
    """How each unit stands on its forms, by the key of its code."""
    found: dict[str, tuple[Standing, ...]] = defaultdict(tuple)
    for each in results:
        for result in each.units:
            found[key(result.unit.code)] += (Standing(each.form, result),)
    return found
