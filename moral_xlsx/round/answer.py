"""The answers to whoever sent a form: one letter for each form, or one for all of a unit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from moral_xlsx.mail.outward.drafts import draft
from moral_xlsx.mail.outward.letters import reply_context
from moral_xlsx.mail.outward.texts import Changed, Replies, Reply
from moral_xlsx.model.assessment import Assessment
from moral_xlsx.model.form import Form
from moral_xlsx.model.ledger import Change
from moral_xlsx.model.mail import Enclosure
from moral_xlsx.round.crew import Crew, Workplace
from moral_xlsx.round.issuer import Issuer, Written, write_letter
from moral_xlsx.round.outbox import legal_name
from moral_xlsx.round.stages import RecordedFile
from moral_xlsx.rules.printed import question_in_words
from moral_xlsx.submission.outputs import MARKED
from moral_xlsx.thai import key
from moral_xlsx.wording import number

# Bytes; what mail servers take is a third more, as it travels.
_MOST_ENCLOSED = 15_000_000
# What a stranger is told of the unit's other files.
_ANOTHER = ("ไฟล์อื่นของหน่วยงาน", "another file of the unit")


_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer that is due for a file: under that name, ``to`` these addresses, to nobody when
    None. ``known`` tells that only the unit's own addresses read it."""

    file: RecordedFile
    assessment: Assessment
    name: str
    to: tuple[str, ...] | None
    known: bool

    @property
    def sendable(self) -> bool:
        """Whether somebody waits for it."""
        return not self.file.answered and self.to is not None


def answer_all(
    answers: Mapping[int, Answer], issuer: Issuer, crew: Crew
) -> dict[int, tuple[str, ...]]:
    """Puts the letters in place; gives the output of each answer, by its number.

    A unit that sent several forms gets one letter for all of them.
    """
    together: dict[tuple[str, tuple[str, ...]], list[int]] = defaultdict(list)
    for at, each in answers.items():
        if each.sendable and each.assessment.unit_code and each.known:
            together[key(each.assessment.unit_code), each.to or ()].append(at)
    groups = [
        group
        for group in together.values()
        if len({answers[at].assessment.form for at in group}) > 1
    ]
    grouped = {at for group in groups for at in group}
    groups += [[at] for at in answers if at not in grouped]
    tasks = [
        _Writing(tuple(answers[at] for at in group), f"letter-{number}")
        for number, group in enumerate(groups)
    ]
    outputs: dict[int, tuple[str, ...]] = {}
    alone: dict[int, Written] = {}
    for group, written in zip(groups, crew.each(tasks), strict=True):
        if len(group) > len(written):
            first = answers[group[0]]
            name = f"replies/{legal_name(first.assessment.unit_code)}"
            put = issuer.put_letter(name, written[0], first.to or ())
            outputs |= dict.fromkeys(group, put)
        else:
            alone |= dict(zip(group, written, strict=True))
    for at, each in answers.items():
        if at in alone:
            outputs[at] = issuer.put_letter(f"replies/{each.name}", alone[at], each.to or ())
    return outputs


@dataclass(frozen=True, slots=True)
class _Writing:
    """The letter for one answer, or for all of a unit; left under a name that begins so."""

    answers: tuple[Answer, ...]
    name: str

    def make(self, at: Workplace) -> tuple[Written, ...]:
        """One letter for all, or one for each where together they enclose too much."""
        if len(self.answers) > 1:
            enclosures = [each for answer in self.answers for each in _enclosures(answer, at)]
            if sum(len(each.data) for _, each in enclosures) <= _MOST_ENCLOSED:
                letter = _answer_several(self.answers, enclosures, at)
                return (write_letter(letter, "", self.name, at.folder),)
        return tuple(
            write_letter(*_answer_one(each, at), f"{self.name}-{number}", at.folder)
            for number, each in enumerate(self.answers)
        )


def is_known(file: RecordedFile, to: tuple[str, ...], registered: Sequence[str]) -> bool:
    """Whether only the unit's own addresses read the answer.

    Of a message without an address that can be written to, nobody knows who does.
    """
    known = {address.casefold() for address in registered}
    return file.message is None or (bool(to) and {each.casefold() for each in to} <= known)


def _answer_one(answer: Answer, at: Workplace) -> tuple[bytes | None, str]:
    """The draft, None where nobody waits for it, and its text."""
    file, assessment = answer.file, answer.assessment
    enclosures = _enclosures(answer, at) if answer.sendable else []
    files = [each for _, each in enclosures]
    body = at.letters.reply(_reply(answer, at, [words for words, _ in enclosures]))
    # An answer keeps the subject of what it answers.
    title = at.forms[assessment.form].short_title
    subject = "" if file.message else f"ผลการตรวจ {title} {assessment.unit_name}"
    to = answer.to or ()
    letter = draft(to, subject, body, files, answering=file.message) if answer.sendable else None
    return letter, body


def _answer_several(
    answers: Sequence[Answer], enclosures: Sequence[tuple[str, Enclosure]], at: Workplace
) -> bytes:
    """One letter, which answers the message that came last."""
    words = tuple(said for said, _ in enclosures)
    told = tuple(_reply(each, at, ()) for each in answers)
    body = at.letters.replies(Replies(told[0].unit, told, words))
    messages = [each.file.message for each in answers if each.file.message is not None]
    last = max(messages, key=lambda each: each.received or _LONG_AGO, default=None)
    first = answers[0]
    subject = "" if last else f"ผลการตรวจ {number(len(answers))} ไฟล์ {first.assessment.unit_name}"
    return draft(first.to or (), subject, body, [each for _, each in enclosures], answering=last)


def _reply(answer: Answer, at: Workplace, enclosed: Sequence[str]) -> Reply:
    file, form, known = answer.file, at.forms[answer.assessment.form], answer.known
    aside = file.aside
    if aside is not None and not known and not file.claimants:
        words = tuple((n, _ANOTHER if n == "found" else word) for n, word in aside.words)
        aside = replace(aside, words=words)
    return reply_context(
        form,
        answer.assessment,
        # A stranger learns nothing out of the unit's other forms.
        file.findings if known else file.own_findings,
        aside=aside,
        file=file.own_name,
        sha256=file.taken.sha256,
        received=file.receipt.day,
        previous=file.previous if known else None,
        changes=_told(form, file.changes) if known else (),
        enclosed=enclosed,
    )


def _enclosures(answer: Answer, at: Workplace) -> list[tuple[str, Enclosure]]:
    """What the reply encloses, each with what it is: the officer's own file for a returned
    one, else the results."""
    file, name, digest = answer.file, answer.name, answer.file.taken.sha256
    if file.state != "counted":
        return []
    written = (at.folder / f"{digest}.xlsx").read_bytes()
    if answer.assessment.verdict == "returned":
        marked = at.folder / f"{digest}{MARKED}"
        data = marked.read_bytes() if marked.is_file() else written
        errors = any(each.severity == "error" for each in answer.assessment.findings)
        listed = "พร้อมรายการที่ต้องแก้" if errors else "ที่บันทึกผลตรวจแล้ว"
        words = f"ไฟล์ของหน่วยงาน{listed} {name}.xlsx"
        return [(words, Enclosure(f"{name}.xlsx", data))]
    printed = at.folder / f"{digest}.pdf"
    report = printed if printed.is_file() else at.folder / f"{digest}.docx"
    paper = f"{name}{report.suffix}"
    return [
        (f"ไฟล์ที่บันทึกผลตรวจแล้ว {name}.xlsx", Enclosure(f"{name}.xlsx", written)),
        (f"รายงานผล {paper}", Enclosure(paper, report.read_bytes())),
    ]


def _told(form: Form, changes: Sequence[Change]) -> list[Changed]:
    return [
        Changed(question_in_words(form, each.reference), each.before, each.after)
        for each in changes
    ]
