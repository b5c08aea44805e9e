"""Exceptions: only for what makes going on impossible."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from moral_xlsx import __version__
from moral_xlsx.model.assessment import Bilingual
from moral_xlsx.model.catalogue import message, remedy
from moral_xlsx.model.findings import Finding, Language


class MoralXlsxError(Exception):
    """The base of every error that people are told: ``said`` are its lines, in both languages.

    It says what cannot be done, where, and how to mend it.
    """

    def __init__(self, *said: Bilingual) -> None:
        super().__init__("\n".join(english for _, english in said))
        self.said = said

    def text(self, language: Language = "th") -> str:
        """Its lines in one language."""
        return "\n".join(line[language == "en"] for line in self.said)

    def __reduce__(self) -> tuple[object, ...]:
        # It may come from another process, where no error is made as its own arguments say.
        return _as_it_was, (type(self), self.args, vars(self))


def _as_it_was(
    kind: type[MoralXlsxError], args: tuple[object, ...], held: Mapping[str, object]
) -> MoralXlsxError:
    error = kind.__new__(kind)
    error.args = args
    vars(error).update(held)
    return error


class ProgramFaultError(MoralXlsxError):
    """The program itself failed, no file and no sender; ``details`` are for its maintainers."""

    def __init__(self, said: Bilingual, details: str) -> None:
        super().__init__(said)
        self.details = details


class OtherProgramError(MoralXlsxError):
    """Machines that were to help have another version of the program; ``machines`` names them."""

    def __init__(self, machines: str) -> None:
        super().__init__(
            (
                f"เครื่อง {machines} มีโปรแกรมหรือไลบรารีคนละรุ่นกับเครื่องนี้ "
                "หรือหน่วยประมวลผลบีบอัดไฟล์ไม่เหมือนกัน จึงไม่ให้ตรวจแทน "
                f"ติดตั้ง moral-xlsx {__version__} และไลบรารีรุ่นเดียวกันที่เครื่องนั้น แล้วสั่งใหม่ "
                "ถ้าเป็นรุ่นเดียวกันอยู่แล้ว ให้เอาเครื่องนั้นออก",
                f"{machines} has another version of the program or of a library, or a processor "
                "on which files are packed otherwise, and may not judge in this machine's place. "
                f"Install moral-xlsx {__version__} with the same libraries there and run again; "
                "where they are the same already, leave that machine out.",
            )
        )
        self.machines = machines


class Refused(MoralXlsxError):  # noqa: N818 - a refusal is a result, not a fault of ours
    """A file cannot be taken in; ``finding`` says why and what to do."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(in_words(finding))
        self.finding = finding


def in_words(found: Finding) -> Bilingual:
    """A finding with its remedy, on one line."""
    return (
        f"{message(found)} {remedy(found)}",
        f"{message(found, 'en')} {remedy(found, 'en')}",
    )


def quoted(found: object) -> str:
    """What stands in a file, as Thai sentences quote it: on one line."""
    return f"“{' '.join(str(found).split())}”"


def no_such(thing: Bilingual, name: str) -> Bilingual:
    """The message about an id that no such thing has; ``thing`` is what it would be, a field."""
    return f"ไม่มี{thing[0]}รหัส “{name}”", f"there is no {thing[1]} {name!r}"


def undefined(thing: Bilingual, name: str) -> tuple[Bilingual, Bilingual]:
    """The message about an id that no such thing has, and the remedy where it may be added."""
    return no_such(thing, name), (
        f"เพิ่ม{thing[0]}นี้ในนิยาม หรือแก้รหัสให้ถูกต้อง",
        f"Define the {thing[1]} or correct its id",
    )


@dataclass(frozen=True, slots=True)
class Fault:
    """A mistake in a definition: where, what is wrong, and how to mend it.

    ``line`` is that of the file, from 1; 0 where only the place is known.
    """

    place: str
    message: Bilingual
    remedy: Bilingual
    line: int = 0

    def text(self, language: Language = "th") -> str:
        """All of it on one line, in one language; Thai ends no sentence with a full stop."""
        if language == "en":
            line = f"line {self.line} " if self.line else ""
            return f"{line}{self.place}: {self.message[1]}. {self.remedy[1]}"
        line = f"บรรทัด {self.line} " if self.line else ""
        return f"{line}{self.place}: {self.message[0]} {self.remedy[0]}"


class DefinitionError(MoralXlsxError):
    """A definition file is wrong; ``faults`` lists every mistake found in it."""

    def __init__(self, file: str, faults: tuple[Fault, ...]) -> None:
        super().__init__(
            *((f"{file}: {fault.text()}", f"{file}: {fault.text('en')}") for fault in faults)
        )
        self.file = file
        self.faults = faults
