"""What goes out: workbooks, reports and letters, each file's outputs put in place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from moral_xlsx.excel.form.template import blank, write_workbook
from moral_xlsx.excel.read.guard import MAX_FILE
from moral_xlsx.mail.outward.drafts import answer_address, draft, may_answer, plain_address
from moral_xlsx.mail.outward.letters import refusal_context, reminder_context, reply_context
from moral_xlsx.mail.outward.texts import Changed, Letters
from moral_xlsx.model.assessment import Assessment
from moral_xlsx.model.catalogue import message, remedy
from moral_xlsx.model.form import Form
from moral_xlsx.model.ledger import Change
from moral_xlsx.model.mail import Enclosure, Message
from moral_xlsx.model.round import FileRecord, UnitResult
from moral_xlsx.model.units import Unit
from moral_xlsx.round.outbox import Outbox, legal_name
from moral_xlsx.round.stages import ComparedFile, Decided, Issued, RecordedFile
from moral_xlsx.rules.definition.load import load_form
from moral_xlsx.rules.judge.rubric import compile_rubric
from moral_xlsx.rules.printed import question_in_words
from moral_xlsx.submission.journey import MARKED
from moral_xlsx.submission.workers import KEPT_SUFFIXES
from moral_xlsx.thai import key
from moral_xlsx.wording import number

# Files that one letter of refusal names.
_MOST_NAMED = 20
# What a stranger is told of the unit's other files.
_ANOTHER = ("ไฟล์อื่นของหน่วยงาน", "another file of the unit")


@dataclass(frozen=True, slots=True)
class Issuer:
    """Puts the outputs of a round in place: with the outbox, the letters, who the units are."""

    outbox: Outbox
    letters: Letters
    units: Mapping[str, Unit]

    def address(self, unit_code: str) -> str:
        """The registered e-mail address of a unit; empty when there is none."""
        unit = self.units.get(key(unit_code))
        return plain_address(unit.email) if unit else ""

    def may_be_told(self, file: RecordedFile) -> bool:
        """Whether whoever sent a file may read what its unit answered before."""
        judged = file.taken.assessment
        if file.message is None or judged is None:
            return True
        return answer_address(file.message).casefold() == self.address(judged.unit_code).casefold()


def issue(files: Iterable[RecordedFile], decided: Decided, issuer: Issuer) -> Issued:
    """Puts the outputs of every file and the reminders of the round in place.

    Raises OutputInUseError when one of them cannot be replaced.
    """
    refused: dict[Message, list[ComparedFile]] = defaultdict(list)
    for each in decided.files:
        if each.state == "rejected" and each.message is not None:
            refused[each.message].append(each)
    records = []
    for file, each in zip(files, decided.files, strict=True):
        together = refused[each.message] if each.message else [each]
        # One letter, with the first, tells of all files of a message that are refused.
        letter_of = together if together and together[0] is each else ()
        records.append(_record(file, letter_of, issuer))
    return Issued(tuple(records), _remind(decided, issuer))


def _record(file: RecordedFile, letter_of: Sequence[ComparedFile], issuer: Issuer) -> FileRecord:
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
        outputs=_outputs(file, letter_of, issuer),
        findings=file.findings,
        aside=file.aside,
    )


def _outputs(
    file: RecordedFile, letter_of: Sequence[ComparedFile], issuer: Issuer
) -> tuple[str, ...]:
    if file.state in ("duplicate", "other"):
        return ()
    if file.taken.assessment is not None:
        return _issue_judged(file, file.taken.assessment, issuer)
    return _issue_rejected(file, letter_of, issuer)


def _issue_judged(file: RecordedFile, assessment: Assessment, issuer: Issuer) -> tuple[str, ...]:
    digest, outbox = file.taken.sha256, issuer.outbox
    form = load_form(assessment.form)
    name = legal_name(assessment.unit_code or "unknown", assessment.form)
    if file.state != "counted" or not assessment.unit_code:
        name += f"_{digest[:12]}"
    enclosures = _enclosures(file, name, outbox)
    files = [each for _, each in enclosures]
    known_here = issuer.may_be_told(file)
    aside = file.aside
    if aside is not None and not known_here:
        aside = replace(aside, words=(("found", _ANOTHER),))
    body = issuer.letters.reply(
        reply_context(
            form,
            assessment,
            # A stranger learns nothing out of the unit's other forms.
            file.findings if known_here else file.own_findings,
            aside=aside,
            file=file.own_name,
            received=file.receipt.day,
            previous=file.previous if known_here else None,
            changes=_told(form, file.changes) if known_here else (),
            enclosed=[words for words, _ in enclosures],
        )
    )
    outputs = [f"workbooks/{name}.xlsx", f"reports/{name}.docx"]
    outbox.place(outputs[0], outbox.staged(f"{digest}.xlsx"))
    outbox.place(outputs[1], outbox.staged(f"{digest}.docx"))
    subject = f"ผลการตรวจ {form.short_title} {assessment.unit_name}"
    address = issuer.address(assessment.unit_code)
    letter = None if file.answered else _letter(file, address, subject, body, files)
    outputs.append(_put_letter(f"replies/{name}", letter, body, outbox))
    return tuple(outputs)


def _enclosures(file: RecordedFile, name: str, outbox: Outbox) -> list[tuple[str, Enclosure]]:
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
    file: RecordedFile,
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
    file: RecordedFile, letter_of: Sequence[ComparedFile], issuer: Issuer
) -> tuple[str, ...]:
    """A copy of the file, where it could be read, with the reason beside it.

    Its letter, if it has one, tells of all files of ``letter_of``.
    """
    outbox, digest = issuer.outbox, file.taken.sha256
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
    if file.message is not None and not file.answered and letter_of:
        names = ", ".join(each.own_name for each in letter_of[:_MOST_NAMED])
        more = f" และอีก {number(len(letter_of) - _MOST_NAMED)} ไฟล์"
        named = names + (more if len(letter_of) > _MOST_NAMED else "")
        why = dict.fromkeys(found for each in letter_of for found in each.findings)
        context = refusal_context(named, tuple(why), received=file.receipt.day)
        body = issuer.letters.refusal(context)
        letter = _letter(file, "", "", body, ())
        if letter is not None:
            outputs.append(_put_letter(f"replies/{stem}", letter, body, outbox))
    return tuple(outputs)


def _remind(decided: Decided, issuer: Issuer) -> dict[str, str]:
    """Puts a reminder in place for each unit that owes a form; the outputs by unit code."""
    owed: dict[str, list[tuple[Form, UnitResult]]] = {}
    for each in decided.forms:
        for result in each.units:
            if _owes(result):
                owed.setdefault(result.unit.code, []).append((each.form, result))
    return {
        code: _remind_unit(awaited[0][1].unit, awaited, decided.round, issuer)
        for code, awaited in owed.items()
    }


def _remind_unit(
    unit: Unit, awaited: Sequence[tuple[Form, UnitResult]], round_name: str, issuer: Issuer
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
    body = issuer.letters.reminder(context)
    address = issuer.address(unit.code)
    several = f"แบบที่ยังไม่ได้รับ {number(len(awaited))} แบบ"
    subject = f"ติดตาม{several if len(awaited) > 1 else awaited[0][0].short_title}"
    letter = draft(address, subject, body, enclosures) if address else None
    return _put_letter(f"reminders/{legal_name(unit.code)}", letter, body, issuer.outbox)


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
