"""What stands on the desk that a round writes: what waits, what can be decided, what was."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

from moral_xlsx.excel.office.desk import BETWEEN, TABLES, DeskTable, joined, table_of
from moral_xlsx.model.assessment import Assessment
from moral_xlsx.model.catalogue import message, remedy
from moral_xlsx.model.decisions import USE, Decision, Rulings, Subject
from moral_xlsx.model.desk import Cell, Desk, DeskRow, DeskSheet
from moral_xlsx.model.form import Form
from moral_xlsx.model.round import FormResult, UnitResult
from moral_xlsx.model.rubric import Criterion
from moral_xlsx.model.units import Unit
from moral_xlsx.round.desk import Carried, TakenDesk, row_key
from moral_xlsx.round.outbox import RECORDS
from moral_xlsx.round.remind import owes
from moral_xlsx.round.stages import ComparedFile, Decided, Identity, Issued, Letter
from moral_xlsx.rules.judge.timeliness import round_dates
from moral_xlsx.rules.printed import MET, UNMET
from moral_xlsx.rules.rulings import in_words
from moral_xlsx.thai import key, short_date
from moral_xlsx.wording import (
    FILE_STATES,
    VERDICTS,
    date_in_words,
    number,
    receipt_number,
    round_in_words,
    subject_in_words,
)

# Letters of a key that the to-do list shows.
_SHORT_KEY = 20
# Due dates so soon after the round's month are told of.
_SOON = timedelta(days=14)


def desk_of(
    decided: Decided,
    issued: Issued,
    taken: TakenDesk,
    events: Sequence[Decision],
    last: int,
    registry: Sequence[Unit],
) -> Desk:
    """The desk of a round that was issued; ``events`` are all decisions up to it, ``last`` the
    number of the newest one."""
    rows = _Rows(decided, issued, taken, Rulings.of(events))
    sheets: dict[DeskSheet, list[DeskRow]] = {
        "scores": list(rows.scores()),
        "verdicts": list(rows.verdicts()),
        "files": list(rows.files()),
        "letters": list(rows.letters()),
        "due": list(rows.due()),
        "history": list(map(_event, events)),
    }
    for table in TABLES:
        if table.filled:
            carried = taken.carried.get(table.id, {})
            sheets[table.id] = [*_with_carried(table.id, sheets[table.id], carried)]
    sheets["todo"] = list(_Todo(decided, issued, taken, sheets).rows())
    return Desk(decided.round, last, sheets, tuple(unit.code for unit in registry))


def _event(decision: Decision) -> DeskRow:
    value = in_words(decision) if decision.value else "ถอนคำตัดสิน"
    return DeskRow(
        {
            "round": decision.round,
            "on": subject_in_words(decision.subject)[0],
            "value": value,
            "reason": decision.reason,
            "reviewer": decision.reviewer,
        }
    )


def _with_carried(
    sheet: DeskSheet, rows: Iterable[DeskRow], carried: Mapping[tuple[str, ...], Carried]
) -> Iterator[DeskRow]:
    """The rows, in which what could not be taken stands as it was typed, with the reason."""
    table = table_of(sheet)
    left = dict(carried)
    for row in rows:
        kept = left.pop(row_key(table, row.cells), None)
        yield row if kept is None else _carrying(table, row, kept)
    for kept in left.values():
        cells: dict[str, Cell] = {each: kept.row.cells.get(each, "") for each in table.keys}
        yield _carrying(table, DeskRow(cells), kept)


def _carrying(table: DeskTable, row: DeskRow, kept: Carried) -> DeskRow:
    """A row in which something was typed that could not be taken."""
    typed: dict[str, Cell] = {each: kept.row.cells.get(each, "") for each in table.filled}
    why = message(kept.why)
    said = f"{why} {remedy(kept.why)}"
    if kept.overtaken:
        # The newer decision stands in the row; what was typed beside it.
        words = " · ".join(str(each) for each in typed.values() if each)
        return replace(row, cells={**row.cells, "said": f"{said} (ที่พิมพ์ไว้: {words})"}, untaken=why)
    if row.written:
        said += f" คำตัดสินเดิมยังใช้อยู่: {row.written.replace(BETWEEN, ' · ')}"
    return replace(row, cells={**row.cells, **typed, "said": said}, untaken=why)


@dataclass(frozen=True)
class _Rows:
    """The rows of the sheets on which people decide."""

    decided: Decided
    issued: Issued
    taken: TakenDesk
    rulings: Rulings

    @cached_property
    def answers(self) -> Mapping[Identity, str]:
        """The hash of the answers that count, by form and unit."""
        counted = (each for each in self.decided.files if each.state == "counted")
        return {each.identity: each.taken.answers_sha256 for each in counted}

    @cached_property
    def records(self) -> Mapping[Identity, str]:
        """The record of each file that counts, by form and unit."""
        return {
            (file.form, key(file.unit_code)): next(
                (each for each in file.outputs if each.startswith(RECORDS)), ""
            )
            for file in self.issued.files
            if file.state == "counted"
        }

    def judged(self) -> Iterator[tuple[Form, UnitResult, Assessment]]:
        """Each unit whose form counts."""
        for result in self.decided.forms:
            for unit in result.units:
                if unit.assessment is not None and unit.unit.code:
                    yield result.form, unit, unit.assessment

    def scores(self) -> Iterator[DeskRow]:
        for form, unit, assessment in self.judged():
            for each in assessment.criteria:
                if each.computed is None:
                    continue
                criterion = form.criterion(each.number)
                subject = Subject("score", form.id, key(unit.unit.code), each.number)
                yield self._row(
                    "scores",
                    {
                        **_about(form, unit),
                        "criterion": each.number,
                        "short": criterion.short,
                        "claimed": _points(criterion, each.claimed),
                        "computed": _points(criterion, each.computed),
                        **self._standing(subject, each.reviewed, "reviewed", criterion),
                    },
                    self.records.get((form.id, key(unit.unit.code)), ""),
                    self.answers.get((form.id, key(unit.unit.code)), ""),
                )

    def verdicts(self) -> Iterator[DeskRow]:
        for form, unit, assessment in self.judged():
            subject = Subject("verdict", form.id, key(unit.unit.code))
            plain = replace(assessment, decided=None)
            yield self._row(
                "verdicts",
                {
                    **_about(form, unit),
                    "computed": VERDICTS[plain.verdict][0],
                    "to_mend": sum(each.severity == "error" for each in assessment.findings),
                    **self._standing(subject, assessment.decided, "verdict"),
                },
                self.records.get((form.id, key(unit.unit.code)), ""),
                self.answers.get((form.id, key(unit.unit.code)), ""),
            )

    def files(self) -> Iterator[DeskRow]:
        seen = set()
        for file, record in zip(self.decided.files, self.issued.files, strict=True):
            judged, sha256 = file.taken.assessment, file.taken.sha256
            if judged is None or file.state == "duplicate" or sha256 in seen:
                continue
            seen.add(sha256)
            owner = self.rulings.standing.get(Subject("owner", item=sha256))
            use = self.rulings.use(sha256)
            stale = use is not None and use.value == USE and file.state != "counted"
            said = message(file.aside) if file.aside else ""
            if use is not None and stale:
                said = f"มีไฟล์อื่นมาอีก โปรดตัดสินใหม่ (เดิม {in_words(use)} เพราะ {use.reason}) {said}"
                use = None
            either = owner or use
            yield self._row(
                "files",
                {
                    "receipt": receipt_number(sha256),
                    "file": file.name,
                    "sender": file.message.sender if file.message else "",
                    "received": date_in_words(file.receipt.day),
                    "form": judged.form,
                    "bears": judged.unit_code,
                    "state": FILE_STATES[file.state],
                    "unit": owner.value if owner else "",
                    "use": in_words(use) if use else "",
                    "reason": either.reason if either else "",
                    "reviewer": either.reviewer if either else "",
                    "said": said,
                    "sha256": sha256,
                },
                next((each for each in record.outputs if each.startswith("workbooks/")), ""),
            )

    def letters(self) -> Iterator[DeskRow]:
        for each in self.issued.letters:
            ruling = self.rulings.standing.get(Subject("letter", item=each.output))
            stale = ruling is not None and each.held is None
            yield self._row(
                "letters",
                {
                    "letter": each.output,
                    "to": ", ".join(each.to),
                    "state": _letter_state(each, self.taken),
                    "hold": in_words(each.held) if each.held else "",
                    "note": each.held.reason if each.held else "",
                    "said": "เนื้อความเปลี่ยนแล้ว จึงทำจดหมายใหม่" if stale else "",
                },
            )

    def due(self) -> Iterator[DeskRow]:
        for result in self.decided.forms:
            form, until = result.form, self.rulings.until(result.form.id)
            names = {key(unit.unit.code): unit.unit for unit in result.units}
            for code in ("", *sorted(until.keys() - {""})):
                found = until.get(code)
                unit = names.get(code)
                yield self._row(
                    "due",
                    {
                        "form": form.id,
                        "unit_code": unit.code if unit else code,
                        "title": unit.name if unit else form.short_title,
                        "printed": "\n".join(
                            f"{each.label}: {date_in_words(each.date)}" for each in form.due_dates
                        ),
                        "until": short_date(found[0]) if found else "",
                        "reason": found[1].reason if found else "",
                        "reviewer": found[1].reviewer if found else "",
                    },
                )

    def _standing(
        self,
        subject: Subject,
        applied: Decision | None,
        column: str,
        criterion: Criterion | None = None,
    ) -> dict[str, Cell]:
        """What stands in the columns that people fill; of a decision on other answers, that it was
        about others."""
        if applied is not None:
            value = _points(criterion, applied.score) if criterion else in_words(applied)
            return {column: value, "reason": applied.reason, "reviewer": applied.reviewer}
        old = self.rulings.standing.get(subject)
        if old is None:
            return {}
        said = (
            f"คำตอบเปลี่ยนแล้ว โปรดตัดสินใหม่ (เดิม {in_words(old)} เพราะ {old.reason} – {old.reviewer})"
        )
        return {"said": said}

    def _row(
        self, sheet: DeskSheet, cells: dict[str, Cell], link: str = "", about: str = ""
    ) -> DeskRow:
        shown = {**cells, "record": "เปิดบันทึก"} if link.startswith(RECORDS) else cells
        return DeskRow(shown, joined(table_of(sheet), cells), link, about)


def _points(criterion: Criterion, points: int | None) -> Cell:
    """Points as the number they are, met or not in words."""
    if points is None or criterion.kind == "points":
        return points
    return MET if points else UNMET


def _about(form: Form, unit: UnitResult) -> dict[str, Cell]:
    return {"unit_code": unit.unit.code, "name": unit.unit.name, "form": form.id}


def _letter_state(letter: Letter, taken: TakenDesk) -> str:
    if letter.held:
        return in_words(letter.held)
    if not letter.output.endswith(".eml"):
        return "ไม่ส่ง: ตอบแล้ว หรือไม่มีผู้รอคำตอบ"
    if not letter.to:
        return "ไม่มีที่อยู่ผู้รับ"
    edited = letter.sha256 in taken.edited.get(letter.output, ())
    return "แก้ไขแล้ว" if edited else "พร้อมส่ง"


class _Todo:
    """What needs somebody, by urgency, a line each."""

    def __init__(
        self,
        decided: Decided,
        issued: Issued,
        taken: TakenDesk,
        sheets: Mapping[DeskSheet, Sequence[DeskRow]],
    ) -> None:
        self.decided, self.issued, self.taken, self.sheets = decided, issued, taken, sheets
        self._first: dict[tuple[DeskSheet, str], dict[Cell, int]] = {}

    def rows(self) -> Iterator[DeskRow]:
        yield from self._not_taken()
        yield from self._files()
        yield from self._conflicts()
        yield from self._without_a_form()
        yield from self._letters()
        yield from self._changed()
        for result in self.decided.forms:
            yield from self._of_form(result)

    def _line(self, what: str, whose: str, since: str, where: str = "", link: str = "") -> DeskRow:
        return DeskRow({"what": what, "whose": whose, "since": since, "where": where}, link=link)

    def _at(self, sheet: DeskSheet, column: str, value: str) -> dict[str, str]:
        """Where the first row with such a value stands."""
        if (sheet, column) not in self._first:
            first = self._first[sheet, column] = {}
            for index, row in enumerate(self.sheets[sheet]):
                first.setdefault(row.cells.get(column), index)
        found = self._first[sheet, column].get(value)
        return {} if found is None else {"where": table_of(sheet).title, "link": f"{sheet}:{found}"}

    def _not_taken(self) -> Iterator[DeskRow]:
        for sheet, rows in self.sheets.items():
            table = table_of(sheet)
            for index, row in enumerate(rows):
                if row.untaken:
                    keys = (str(row.cells.get(each) or "")[:_SHORT_KEY] for each in table.keys)
                    yield self._line(
                        f"คำตัดสินที่ยังรับไม่ได้: {row.untaken}",
                        " ".join(filter(None, keys)),
                        round_in_words(self.decided.round),
                        table.title,
                        f"{sheet}:{index}",
                    )

    def _files(self) -> Iterator[DeskRow]:
        for file in self.decided.files:
            if file.state == "conflict" and file.claimants and file.aside:
                where = self._at("files", "sha256", file.taken.sha256)
                yield self._line(
                    f"ไม่รู้ว่าไฟล์เป็นของหน่วยงานใด: {message(file.aside)}",
                    file.name,
                    _day(file),
                    **where,
                )
            elif file.taken.assessment and not file.names_unit:
                where = self._at("files", "sha256", file.taken.sha256)
                yield self._line("ไฟล์ไม่มีรหัสหน่วยงาน", file.name, _day(file), **where)
            elif file.state == "failed":
                yield self._line("โปรแกรมขัดข้องกับไฟล์นี้ ดู faults.txt", file.name, _day(file))

    def _conflicts(self) -> Iterator[DeskRow]:
        told = set()
        for file in self.decided.files:
            if file.state == "conflict" and not file.claimants and file.identity not in told:
                told.add(file.identity)
                judged = file.taken.assessment
                whose = f"{judged.unit_code} {judged.form}" if judged else file.name
                where = self._at("files", "sha256", file.taken.sha256)
                yield self._line("มีหลายไฟล์ที่ต่างกัน ยังไม่รู้ว่าใช้ไฟล์ใด", whose, _day(file), **where)

    def _without_a_form(self) -> Iterator[DeskRow]:
        told = set()
        for file, record in zip(self.decided.files, self.issued.files, strict=True):
            if file.state != "rejected" or (file.message and file.message in told):
                continue
            told.add(file.message)
            whose = file.message.sender if file.message else file.name
            reason = message(file.findings[0]) if file.findings else ""
            copy = next((each for each in record.outputs if each.startswith("rejected/")), "")
            yield self._line(f"รับไว้ไม่ได้: {reason}", whose, _day(file), copy and "ไฟล์", copy)

    def _letters(self) -> Iterator[DeskRow]:
        for each in self.issued.letters:
            where = self._at("letters", "letter", each.output)
            if each.output.endswith(".eml") and not each.to and not each.held:
                yield self._line("จดหมายไม่มีที่อยู่ผู้รับ", each.output, "", **where)
        for name in sorted(self.taken.edited):
            if not any(each.output == name for each in self.issued.letters):
                yield self._line("จดหมายที่แก้ไว้ไม่ใช้แล้ว ฉบับที่แก้อยู่ใน kept/", name, "")
        for each in self.issued.letters:
            told = self.taken.edited.get(each.output)
            if told is not None and each.sha256 not in told:
                where = self._at("letters", "letter", each.output)
                words = "ข้อเท็จจริงเปลี่ยน จึงทำจดหมายใหม่ ฉบับที่แก้ไว้อยู่ใน kept/"
                yield self._line(words, each.output, "", **where)

    def _changed(self) -> Iterator[DeskRow]:
        """Decisions on other answers: what these rows say where nothing that was typed waits."""
        sheets: tuple[DeskSheet, ...] = ("scores", "verdicts")
        for sheet in sheets:
            for index, row in enumerate(self.sheets[sheet]):
                said = str(row.cells.get("said") or "")
                if said and not row.untaken:
                    whose = " ".join(
                        str(row.cells.get(each) or "")
                        for each in ("unit_code", "form", "criterion")
                    )
                    title = table_of(sheet).title
                    yield self._line(said, whose, "", title, f"{sheet}:{index}")

    def _of_form(self, result: FormResult) -> Iterator[DeskRow]:
        """Returned and not mended, due soon, silent: a line for each form."""
        title = result.form.short_title
        returned = [
            unit
            for unit in result.units
            if (unit.assessment is not None and unit.assessment.verdict == "returned")
            or (unit.assessment is None and unit.previous and unit.previous.verdict == "returned")
        ]
        if returned:
            where = self._at("verdicts", "form", result.form.id)
            words = f"ส่งคืนแล้วยังไม่แก้ {number(len(returned))} หน่วยงาน"
            since = self._returned_since(result.form, returned)
            yield self._line(f"{words}: {_codes(returned)}", title, since, **where)
        _, last = round_dates(self.decided.round)
        soon: dict[date, list[UnitResult]] = defaultdict(list)
        for unit in result.units:
            for each in unit.timeliness:
                if each.timing == "not_due" and each.until <= last + _SOON:
                    soon[each.until].append(unit)
        where = self._at("due", "form", result.form.id)
        for until, units in sorted(soon.items()):
            words = f"ครบกำหนด {date_in_words(until)} {number(len(units))} หน่วยงาน"
            yield self._line(f"{words}: {_codes(units)}", title, date_in_words(until), **where)
        silent = [unit for unit in result.units if owes(unit)]
        silent = [unit for unit in silent if unit not in returned]
        if silent:
            words = f"ยังไม่ส่ง {number(len(silent))} หน่วยงาน"
            since = round_in_words(self.decided.round)
            yield self._line(f"{words}: {_codes(silent)}", title, since, **where)

    def _returned_since(self, form: Form, returned: Sequence[UnitResult]) -> str:
        """The day on which the first of them came, and the days from then to the month's end."""
        wanted = {(form.id, key(unit.unit.code)) for unit in returned}
        days = [
            file.receipt.day
            for file in self.decided.files
            if file.state == "counted" and file.identity in wanted and file.receipt.day
        ]
        if not days:  # it came in an earlier round
            rounds = [unit.previous.round for unit in returned if unit.previous]
            return round_in_words(min(rounds, default=self.decided.round))
        _, last = round_dates(self.decided.round)
        passed = (last - min(days)).days
        since = date_in_words(min(days))
        return f"{since} ({number(passed)} วัน)" if passed > 0 else since


def _codes(units: Sequence[UnitResult]) -> str:
    return ", ".join(unit.unit.code for unit in units)


def _day(file: ComparedFile) -> str:
    return date_in_words(file.receipt.day)
