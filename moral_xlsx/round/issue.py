"""What goes out: workbooks, reports and letters, each file's outputs put in place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from moral_xlsx.excel.form.template import blank, write_workbook
from moral_xlsx.excel.read.guard import MAX_FILE
from moral_xlsx.mail.outward.drafts import answer_address, draft, may_answer, plain_address
from moral_xlsx.mail.outward.letters import refusal_context, reminder_context, reply_context
from moral_xlsx.mail.outward.texts import Changed, Letters
from moral_xlsx.model.assessment import Assessment
from moral_xlsx.model.catalogue import finding, message, remedy
from moral_xlsx.model.findings import Finding
from moral_xlsx.model.form import Form
from moral_xlsx.model.ledger import Change
from moral_xlsx.model.mail import Enclosure
from moral_xlsx.model.round import FileRecord, FormResult, Previous, Unit, UnitResult
from moral_xlsx.round.outbox import Outbox, legal_name
from moral_xlsx.round.receive import Incoming
from moral_xlsx.rules.definition.load import load_form
from moral_xlsx.rules.judge.rubric import compile_rubric
from moral_xlsx.rules.printed import question_in_words
from moral_xlsx.submission.journey import MARKED
from moral_xlsx.submission.workers import KEPT_SUFFIXES
from moral_xlsx.thai import key
from moral_xlsx.wording import number

# Files that one letter of refusal names.
_MOST_NAMED = 20
# Findings that name other files of the unit, and what stands there for a stranger.
_NAMES_FILES = ("MX-403", "MX-404")
_ANOTHER = ("ไฟล์อื่นของหน่วยงาน", "another file of the unit")


@dataclass(frozen=True, slots=True)
class Desk:
    """What is needed to issue a round: the outbox, the letters, who the units are."""

    outbox: Outbox
    letters: Letters
    units: Mapping[str, Unit]

    def may_be_told(self, file: Incoming) -> bool:
        """Whether whoever sent a file may read what its unit answered before."""
        judged = file.taken.assessment
        if file.message is None or judged is None:
            return True
        return answer_address(file.message).casefold() == self.address(judged.unit_code).casefold()

    def findings_told(self, file: Incoming) -> list[Finding]:
        """What may be said of a file to whoever sent it: to a stranger nothing out of the
        unit's other forms, nor what its other files are called."""
        if self.may_be_told(file):
            return list(file.findings)
        withheld = file.compared.findings if file.compared else ()
        return [
            finding(each.code, found=_ANOTHER) if each.code in _NAMES_FILES else each
            for each in file.findings
            if each not in withheld
        ]

    def address(self, unit_code: str) -> str:
        """The registered e-mail address of a unit; empty when there is none."""
        unit = self.units.get(key(unit_code))
        return plain_address(unit.email) if unit else ""


def issue(
    file: Incoming,
    desk: Desk,
    previous: Previous | None,
    changes: Sequence[Change],
    *,
    answered: bool = False,
    refused: Sequence[Incoming] = (),
) -> FileRecord:
    """Puts the outputs of one file in place and records what became of it.

    For a file that was ``answered`` before, the letter is only kept as a text. ``refused`` are
    all files of its message that could not be taken in: one letter tells of all of them.
    """
    assessment = file.taken.assessment
    return FileRecord(
        name=file.name,
        sha256=file.taken.sha256,
        size=file.taken.size,
        state=file.state,
        verdict=file.verdict,
        form=assessment.form if assessment else "",
        form_version=assessment.form_version if assessment else "",
        unit_code=assessment.unit_code if assessment else "",
        outputs=_outputs(file, desk, previous, changes, answered=answered, refused=refused),
        findings=file.findings,
    )


def _outputs(
    file: Incoming,
    desk: Desk,
    previous: Previous | None,
    changes: Sequence[Change],
    *,
    answered: bool,
    refused: Sequence[Incoming],
) -> tuple[str, ...]:
    if file.state in ("duplicate", "other"):
        return ()
    if file.taken.assessment is None:
        first = not refused or refused[0] is file
        return _issue_rejected(file, desk, refused or [file], answered=answered or not first)
    judged = file.taken.assessment
    return _issue_judged(file, judged, desk, previous, changes, answered=answered)


def _issue_judged(
    file: Incoming,
    assessment: Assessment,
    desk: Desk,
    previous: Previous | None,
    changes: Sequence[Change],
    *,
    answered: bool,
) -> tuple[str, ...]:
    digest, outbox = file.taken.sha256, desk.outbox
    form = load_form(assessment.form)
    name = legal_name(assessment.unit_code or "unknown", assessment.form)
    if file.state != "counted" or not assessment.unit_code:
        name += f"_{digest[:12]}"
    enclosures = _enclosures(file, name, outbox)
    files = [each for _, each in enclosures]
    body = desk.letters.reply(
        reply_context(
            form,
            assessment,
            desk.findings_told(file),
            file=file.own_name,
            received=file.receipt.day,
            previous=previous,
            changes=_told(form, changes),
            enclosed=[words for words, _ in enclosures],
        )
    )
    outputs = [f"workbooks/{name}.xlsx", f"reports/{name}.docx"]
    outbox.place(outputs[0], outbox.staged(f"{digest}.xlsx"))
    outbox.place(outputs[1], outbox.staged(f"{digest}.docx"))
    subject = f"ผลการตรวจ {form.short_title} {assessment.unit_name}"
    address = desk.address(assessment.unit_code)
    letter = None if answered else _letter(file, address, subject, body, files)
    outputs.append(_put_letter(f"replies/{name}", letter, body, outbox))
    return tuple(outputs)


def _enclosures(file: Incoming, name: str, outbox: Outbox) -> list[tuple[str, Enclosure]]:
    """What the reply encloses, each with what it is: the officer's own file for a returned
    one, else the results."""
    assessment, digest = file.taken.assessment, file.taken.sha256
    if file.state != "counted" or assessment is None:
        return []
    written = outbox.staged(f"{digest}.xlsx").read_bytes()
    if assessment.verdict == "returned":
        marked = outbox.staged(f"{digest}{MARKED}")
        data = marked.read_bytes() if marked.is_file() else written
        words = f"ไฟล์ของหน่วยงานพร้อมรายการที่ต้องแก้ {name}.xlsx"
        return [(words, Enclosure(f"{name}.xlsx", data))]
    report = outbox.staged(f"{digest}.docx").read_bytes()
    return [
        (f"ไฟล์ที่บันทึกผลตรวจแล้ว {name}.xlsx", Enclosure(f"{name}.xlsx", written)),
        (f"รายงานผล {name}.docx", Enclosure(f"{name}.docx", report)),
    ]


def _told(form: Form, changes: Sequence[Change]) -> list[Changed]:
    return [
        Changed(question_in_words(form, each.reference), each.before, each.after)
        for each in changes
    ]


def _letter(
    file: Incoming,
    registered: str,
    subject: str,
    body: str,
    enclosures: Sequence[Enclosure],
) -> bytes | None:
    """The draft to whoever sent the file, else to the unit's own address; None for nobody."""
    brought = file.message
    if brought is not None:
        if not may_answer(brought):
            return None
        return draft(answer_address(brought), "", body, enclosures, answering=brought)
    return draft(registered, subject, body, enclosures) if registered else None


def _put_letter(name: str, letter: bytes | None, body: str, outbox: Outbox) -> str:
    """Puts a draft in place, or its text alone where there is nobody to send it to."""
    output = f"{name}.eml" if letter else f"{name}.txt"
    outbox.put(output, letter or body.encode("utf-8-sig"))
    return output


def _issue_rejected(
    file: Incoming, desk: Desk, refused: Sequence[Incoming], *, answered: bool
) -> tuple[str, ...]:
    """A copy of the file, where it could be read, with the reason beside it."""
    outbox, digest = desk.outbox, file.taken.sha256
    stem = digest[:12] or legal_name(file.name)
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
    if file.message is not None and not answered:
        names = ", ".join(each.own_name for each in refused[:_MOST_NAMED])
        more = f" และอีก {number(len(refused) - _MOST_NAMED)} ไฟล์"
        named = names + (more if len(refused) > _MOST_NAMED else "")
        why = dict.fromkeys(found for each in refused for found in each.findings)
        context = refusal_context(named, tuple(why), received=file.receipt.day)
        body = desk.letters.refusal(context)
        letter = _letter(file, "", "", body, ())
        if letter is not None:
            outputs.append(_put_letter(f"replies/{stem}", letter, body, outbox))
    return tuple(outputs)


def remind(forms: Sequence[FormResult], round_name: str, desk: Desk) -> dict[str, str]:
    """Puts a reminder in place for each unit that owes a form; the outputs by unit code."""
    owed: dict[str, list[tuple[Form, UnitResult]]] = {}
    for each in forms:
        for result in each.units:
            if _owes(result):
                owed.setdefault(result.unit.code, []).append((each.form, result))
    return {
        code: _remind_unit(awaited[0][1].unit, awaited, round_name, desk)
        for code, awaited in owed.items()
    }


def _remind_unit(
    unit: Unit, awaited: Sequence[tuple[Form, UnitResult]], round_name: str, desk: Desk
) -> str:
    enclosures = [
        Enclosure(f"{legal_name(unit.code, form.id)}.xlsx", _blank(form, unit))
        for form, _ in awaited
    ]
    context = reminder_context(
        unit,
        round_name,
        [(form, result.timeliness) for form, result in awaited],
        enclosed=[f"แบบเปล่า {each.name}" for each in enclosures],
    )
    body = desk.letters.reminder(context)
    address = desk.address(unit.code)
    several = f"แบบที่ยังไม่ได้รับ {number(len(awaited))} แบบ"
    subject = f"ติดตาม{several if len(awaited) > 1 else awaited[0][0].short_title}"
    letter = draft(address, subject, body, enclosures) if address else None
    return _put_letter(f"reminders/{legal_name(unit.code)}", letter, body, desk.outbox)


def _owes(result: UnitResult) -> bool:
    """Whether a registered unit still has to send a form, as far as the round can tell."""
    if not result.registered or result.state != "missing":
        return False
    if result.previous is not None and result.previous.verdict == "returned":
        return True
    if result.timeliness:
        return any(each.timing == "missing" for each in result.timeliness)
    return result.previous is None


def _blank(form: Form, unit: Unit) -> bytes:
    return write_workbook(compile_rubric(form), blank(form, unit))
