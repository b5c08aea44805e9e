"""Reminders: a letter to each unit that owes a form, with the form's blank workbook."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from moral_xlsx.mail.outward.drafts import draft
from moral_xlsx.mail.outward.letters import Came, Owed, reminder_context
from moral_xlsx.model.round import UnitResult
from moral_xlsx.round.issuer import Issuer, Standing, write_letter
from moral_xlsx.round.outbox import legal_name
from moral_xlsx.round.refuse import named
from moral_xlsx.round.stages import ComparedFile, Decided
from moral_xlsx.thai import key
from moral_xlsx.wording import number


def remind(
    standings: Mapping[str, tuple[Standing, ...]],
    instead: Iterable[Sequence[ComparedFile]],
    decided: Decided,
    issuer: Issuer,
) -> dict[str, str]:
    """Puts a reminder in place for each unit that owes a form; the outputs by unit code.

    ``instead`` are the files of each message that count for no unit: a unit that sent one is not
    told that nothing came. A unit on whose file the program failed is not reminded at all.
    """
    failed = {
        key(unit.code)
        for file in decided.files
        if file.state == "failed"
        for unit in issuer.near(file.message)
    }
    came: dict[str, list[Came]] = defaultdict(list)
    for files in instead:
        for unit in issuer.sent_by(files[0].message):
            found = tuple(dict.fromkeys(each for file in files for each in file.findings))
            came[key(unit.code)].append(Came(files[0].receipt.day, named(files), found))
    reminders: dict[str, str] = {}
    for code, standing in standings.items():
        owed = [each for each in standing if owes(each.result)]
        if owed and code not in failed:
            unit_code = owed[0].result.unit.code
            for output in _remind_unit(owed, came.get(code, ()), decided.round, issuer):
                reminders[unit_code] = output
    return reminders


def _remind_unit(
    owed: Sequence[Standing], came: Sequence[Came], round_name: str, issuer: Issuer
) -> tuple[str, ...]:
    unit = owed[0].result.unit
    blanks = [issuer.blank(each.form, unit) for each in owed]
    context = reminder_context(
        unit,
        round_name,
        [Owed(each.form, each.result.timeliness, _returned_in(each.result)) for each in owed],
        came=came,
        enclosed=[f"แบบเปล่า {each.name}" for each in blanks],
    )
    body = issuer.letters.reminder(context)
    several = f"แบบที่ยังไม่ได้รับ {number(len(owed))} แบบ"
    subject = f"ติดตาม{several if len(owed) > 1 else owed[0].form.short_title}"
    # Without an address, whoever sends it adds one.
    to = issuer.addresses(unit.code)
    letter = draft(to, subject, body, blanks)
    name = f"reminders/{legal_name(unit.code)}"
    written = write_letter(letter, body, name.replace("/", "-"), issuer.outbox.staged(""))
    return issuer.put_letter(name, written, to)


def _returned_in(result: UnitResult) -> str:
    """The earlier round in which the unit's form was returned, and not mended since."""
    previous = result.previous
    return previous.round if previous is not None and previous.verdict == "returned" else ""


def owes(result: UnitResult) -> bool:
    """Whether a registered unit still has to send a form, as far as the round can tell."""
    if not result.registered or result.state != "missing":
        return False
    if _returned_in(result):
        return True
    if result.timeliness:
        return any(each.timing == "missing" for each in result.timeliness)
    return result.previous is None
