"""Files that cannot be taken in: a copy with the reasons, and one letter for each message."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from moral_xlsx.excel.read.guard import MAX_FILE
from moral_xlsx.mail.outward.drafts import draft
from moral_xlsx.mail.outward.letters import refusal_context
from moral_xlsx.model.catalogue import message, remedy
from moral_xlsx.model.form import Form
from moral_xlsx.model.mail import Message
from moral_xlsx.round.issuer import Issuer, Standing, write_letter
from moral_xlsx.round.outbox import legal_name
from moral_xlsx.round.stages import ComparedFile, RecordedFile
from moral_xlsx.submission.containers import KEPT_SUFFIXES
from moral_xlsx.thai import key
from moral_xlsx.wording import number

# Files that one letter of refusal names.
_MOST_NAMED = 20
# Blank forms for somebody of whom no unit is known.
_MOST_FOR_STRANGERS = 3
_ADD_CODE = " (โปรดกรอกรหัสหน่วยงานในแผ่นแรก)"


@dataclass(frozen=True, slots=True)
class Refusing:
    """Issues what is refused; ``standings`` are those of the units, by the key of their code,
    ``brought`` the titles of the forms that came with each message."""

    issuer: Issuer
    standings: Mapping[str, tuple[Standing, ...]]
    brought: Mapping[Message, tuple[str, ...]]

    def issue(self, file: RecordedFile, letter_of: Sequence[ComparedFile]) -> tuple[str, ...]:
        """A copy of the file, where it could be read, with the reason beside it.

        Its letter, if it has one, tells of all files of ``letter_of``.
        """
        outbox, digest = self.issuer.outbox, file.taken.sha256
        stem = digest[:12] or legal_name(file.name)
        if outbox.has(f"rejected/{stem}.txt"):  # it came in another message too
            stem += f"_{hashlib.sha256(file.name.encode()).hexdigest()[:6]}"
        name = f"rejected/{stem}"
        outputs = [f"{name}.txt"]
        if digest and file.taken.size <= MAX_FILE:
            suffix = file.path.suffix.lower()
            copy = name + (suffix if suffix in KEPT_SUFFIXES else ".bin")
            if outbox.copy(copy, file.path, digest):
                outputs.append(copy)
        lines = [f"ไฟล์: {file.name}", "ผล: รับไฟล์นี้ไม่ได้", ""]
        for found in file.findings:
            lines += [message(found), f"วิธีแก้: {remedy(found)}", f"({found.code})", ""]
        outbox.put(outputs[0], "\n".join(lines).encode("utf-8-sig"))
        if file.message is not None and letter_of:
            drafted = self._letter(file.message, file, letter_of)
            if drafted is not None:
                letter, recipients = drafted
                written = write_letter(letter, "", f"refusal-{stem}", outbox.staged(""))
                outputs += self.issuer.put_letter(f"replies/{stem}", written, recipients)
        return tuple(outputs)

    def _letter(
        self, brought: Message, file: RecordedFile, letter_of: Sequence[ComparedFile]
    ) -> tuple[bytes, tuple[str, ...]] | None:
        units = self.issuer.sent_by(brought)
        known = tuple(each for unit in units for each in self.issuer.addresses(unit.code))
        recipients = self.issuer.recipients(brought, known)
        if recipients is None:
            return None
        standing = [each for unit in units for each in self.standings.get(key(unit.code), ())]
        blanks = [
            self.issuer.blank(each.form, each.result.unit)
            for each in standing
            if each.result.state == "missing"
        ]
        counted = [s.form.short_title for s in standing if s.result.state != "missing"]
        if not units:
            # Of somebody unknown no more is said than what this message brought.
            counted = list(dict.fromkeys(self.brought.get(brought, ())))
            forms = () if counted else self._for_strangers()
            blanks = [self.issuer.blank(form, None) for form in forms]
        context = refusal_context(
            named(letter_of),
            tuple(dict.fromkeys(found for each in letter_of for found in each.findings)),
            unit=units[0].name if len(units) == 1 else "",
            sha256=file.taken.sha256,
            received=file.receipt.day,
            counted=counted,
            enclosed=[f"แบบเปล่า {each.name}{'' if units else _ADD_CODE}" for each in blanks],
        )
        body = self.issuer.letters.refusal(context)
        return draft(recipients, "", body, blanks, answering=brought), recipients

    def _for_strangers(self) -> Sequence[Form]:
        """The forms that units have to send, where they are few."""
        forms = {each.form.id: each.form for all_ in self.standings.values() for each in all_}
        return tuple(forms.values()) if len(forms) <= _MOST_FOR_STRANGERS else ()


def named(files: Sequence[ComparedFile]) -> str:
    """The names of the files as their sender knows them; empty where there is only a letter."""
    names = [each.own_name for each in files if not each.letter]
    more = f" และอีก {number(len(names) - _MOST_NAMED)} ไฟล์" if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more
