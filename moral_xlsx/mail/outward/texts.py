"""The texts of letters: what they are told, and the templates that say it.

The ethics group overrides a template by a file of the same name in a folder of its own.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from importlib import resources
from pathlib import Path
from typing import Literal

from jinja2 import (
    FunctionLoader,
    StrictUndefined,
    TemplateNotFound,
    TemplateSyntaxError,
    UndefinedError,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment

from moral_xlsx.model.assessment import Bilingual
from moral_xlsx.model.catalogue.answers import NOT_ANSWERED
from moral_xlsx.model.errors import MoralXlsxError
from moral_xlsx.thai import thai_digits
from moral_xlsx.wording import VERDICTS

# A file of this name holds the template; it is the same in the package and in a folder.
REPLY, REPLIES = "reply.txt.j2", "replies.txt.j2"
REFUSAL, REMINDER = "refusal.txt.j2", "reminder.txt.j2"
# What is said of a form, in a letter about one and about several.
_OF_ONE_FORM = "result.txt.j2"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something to mend or to be looked at. ``place`` is sheet and cell in words, or empty."""

    place: str
    message: str
    remedy: str
    code: str


@dataclass(frozen=True, slots=True)
class Gain:
    """A criterion that can still rise: what it reached, and what the next step needs."""

    name: str
    reached: str
    needed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Changed:
    """An answer that is not the one of the last time; an empty text is no answer."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What the letter about a form that was read is told; figures are in Thai digits.

    ``verdict`` is the state in words. ``why`` and ``remedy`` are said of a file that is not
    counted. ``receipt`` is the number by which the file is found again. ``total`` and ``level`` are
    empty where the form has none; ``reviewed`` tells that people gave scores of it. ``before`` is
    the result of the last time, ``decisions`` are what people decided, with the reason.
    ``enclosed`` says of each attached file what it is. Texts that are not known are empty.
    """

    unit: str
    form: str
    file: str
    receipt: str
    received: str
    state: Literal["accepted", "returned", "not_counted"]
    verdict: str
    why: str
    remedy: str
    total_label: str
    total: str
    reviewed: bool
    level: str
    levels_note: str
    notes: tuple[str, ...]
    decisions: tuple[str, ...]
    errors: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    gains: tuple[Gain, ...]
    next_level: tuple[str, ...]
    before: str
    changes: tuple[Changed, ...]
    extensions: tuple[str, ...]
    enclosed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Replies:
    """What the letter about several forms of a unit is told: what is said of each, and what is
    enclosed."""

    unit: str
    replies: tuple[Reply, ...]
    enclosed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """What the letter about files that could not be taken in is told.

    ``unit`` is empty where the sender's is not known, ``file`` where nothing was attached.
    ``receipt`` is the number by which they are found again.
    ``counted`` are forms that came all the same: of the unit in the round, where it is known; else
    in the same message.
    """

    unit: str
    file: str
    receipt: str
    received: str
    problems: tuple[Problem, ...]
    counted: tuple[str, ...]
    enclosed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Awaited:
    """A form that a unit owes, and the due dates in words.

    ``returned`` is the month in which its file was returned to be mended; empty when none was.
    """

    form: str
    due: tuple[str, ...]
    returned: str


@dataclass(frozen=True, slots=True)
class Reminder:
    """What the letter to a unit that owes forms is told; ``instead`` is what it sent that could
    not be taken in, with the reasons."""

    unit: str
    round: str
    forms: tuple[Awaited, ...]
    instead: tuple[str, ...]
    enclosed: tuple[str, ...]


class LetterError(MoralXlsxError):
    """A template is wrong: ``file`` and ``line`` (0: not known), what is wrong, what to do."""

    def __init__(self, file: str, line: int, message: Bilingual, remedy: Bilingual) -> None:
        at = f"{file}:{line}" if line else file
        super().__init__((f"{at}: {message[0]} {remedy[0]}", f"{at}: {message[1]}. {remedy[1]}"))
        self.file = file
        self.line = line
        self.message = message
        self.remedy = remedy


class Letters:
    """The letters' templates; ``folder`` may hold others under the same names.

    Every template is tried with an example at once, so that a mistake in one shows before
    anything else is done. Raises LetterError.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._environment = ImmutableSandboxedEnvironment(
            loader=FunctionLoader(self._source),
            undefined=StrictUndefined,
            autoescape=False,  # plain text
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            cache_size=-1,
        )
        self._environment.filters["thai"] = lambda value: thai_digits(str(value))
        if folder is not None and not folder.is_dir():
            raise LetterError(str(folder), 0, _NO_FOLDER, _SEE_FOLDER)
        for example in _EXAMPLES:
            self._render(example)

    def __reduce__(self) -> tuple[type[Letters], tuple[Path | None]]:
        # Another process reads the templates for itself.
        return Letters, (self._folder,)

    def reply(self, context: Reply) -> str:
        """The letter about a form that was read."""
        return self._render(context)

    def replies(self, context: Replies) -> str:
        """The letter about several forms of a unit."""
        return self._render(context)

    def refusal(self, context: Refusal) -> str:
        """The letter about files that could not be taken in."""
        return self._render(context)

    def reminder(self, context: Reminder) -> str:
        """The letter to a unit that owes forms."""
        return self._render(context)

    def _render(self, context: Reply | Replies | Refusal | Reminder) -> str:
        name = _TEMPLATES[type(context)]
        told = {each.name: getattr(context, each.name) for each in fields(context)}
        told["reply"] = context
        try:
            text = self._environment.get_template(name).render(told)
        except LetterError:
            raise
        except Exception as error:  # whatever a template of somebody else runs into
            raise self._mistake(name, error) from error
        return text.strip("\n") + "\n"

    def _source(self, name: str) -> tuple[str, str, Callable[[], bool]] | None:
        """The text of a template and where it stands: in the folder, else in the package."""
        if self._folder is not None and Path(name).name == name:
            path = self._folder / name
            try:
                return path.read_text("utf-8-sig"), str(path), lambda: True
            except FileNotFoundError:
                pass  # this one is not overridden
            except UnicodeDecodeError as error:
                line = error.object[: error.start].count(b"\n") + 1
                raise LetterError(str(path), line, _NOT_UTF8, _SAVE_UTF8) from error
            except OSError as error:
                why = type(error).__name__
                message = (f"เปิดไฟล์ไม่ได้ ({why})", f"the file cannot be opened ({why})")
                raise LetterError(str(path), 0, message, _SEE_FILE) from error
        if name not in (*_TEMPLATES.values(), _OF_ONE_FORM):
            return None
        source = resources.files("moral_xlsx.mail.outward").joinpath("templates", name)
        return source.read_text("utf-8"), name, lambda: True

    def _mistake(self, name: str, error: Exception) -> LetterError:
        if isinstance(error, TemplateSyntaxError):
            file, line = error.filename or error.name or name, error.lineno
        else:
            file, line = self._where(name, error)
        said = " ".join(str(error).split()) or type(error).__name__
        if isinstance(error, TemplateNotFound):
            message = (f"ไม่มีแม่แบบชื่อ {said}", f"there is no template called {said}")
        elif isinstance(error, TemplateSyntaxError):
            message = (f"เขียนไม่ถูกแบบของ Jinja ({said})", f"this is not Jinja: {said}")
        elif isinstance(error, UndefinedError):
            message = (f"ใช้ชื่อที่ไม่มี ({said})", f"an unknown name: {said}")
        else:
            message = (f"ใช้แม่แบบนี้ไม่ได้ ({said})", f"the template fails: {said}")
        return LetterError(file, line, message, _CORRECT)

    def _where(self, name: str, error: Exception) -> tuple[str, int]:
        """The innermost line of a template that the error came through."""
        frames = traceback.extract_tb(error.__traceback__)
        within = [frame for frame in frames if frame.filename.endswith(".j2")]
        if not within:
            return name, 0
        return within[-1].filename, within[-1].lineno or 0


_CORRECT = (
    "แก้บรรทัดนี้ หรือลบไฟล์เพื่อใช้ข้อความเดิมของโปรแกรม",
    "Correct the line, or delete the file to use the program's own text.",
)
_NOT_UTF8 = ("ไม่ได้บันทึกเป็น UTF-8", "the file is not saved as UTF-8")
_SAVE_UTF8 = (
    "เปิดใน Notepad แล้วบันทึกเป็น โดยเลือกการเข้ารหัส UTF-8",
    "Open it in Notepad and save it with the encoding UTF-8.",
)
_SEE_FILE = ("ตรวจว่าไฟล์ยังอยู่และมีสิทธิ์อ่าน", "See that the file is there and may be read.")
_NO_FOLDER = ("ไม่มีโฟลเดอร์นี้", "there is no such folder")
_SEE_FOLDER = ("ตรวจชื่อโฟลเดอร์ของแม่แบบจดหมาย", "Check the name of the letters' folder.")

_TEMPLATES: dict[type, str] = {
    Reply: REPLY,
    Replies: REPLIES,
    Refusal: REFUSAL,
    Reminder: REMINDER,
}

# Every field is filled, so that a misspelt name anywhere in a template is noticed.
_PROBLEM = Problem("แผ่น “ข้อมูล” เซลล์ D14", "ยังไม่ได้กรอก", "กรอกในช่องนี้", NOT_ANSWERED.code)
_RETURNED = Reply(
    unit="หน่วยงานตัวอย่าง",
    form="แบบตัวอย่าง",
    file="แบบ.xlsx",
    receipt="๑๒๓๔-๕๖๗๘",
    received="๒๗ พ.ค. ๒๕๖๙",
    state="returned",
    verdict=VERDICTS["returned"][0],
    why="",
    remedy="",
    total_label="คะแนนรวม",
    total="๙ จาก ๒๗ คะแนน",
    reviewed=True,
    level="ระดับที่ ๑",
    levels_note="เกณฑ์ของระดับ",
    notes=("ข้อ ๑: ผ่าน จริงเท่าที่ทราบ",),
    decisions=("ข้อ ๑: ผู้ตรวจให้ ๒ คะแนน",),
    errors=(_PROBLEM,),
    warnings=(_PROBLEM,),
    gains=(Gain("ข้อ ๒", "ได้ ๑ คะแนน", ("ขาดอีก ๒ คน",)),),
    next_level=("คะแนนรวมอีก ๓",),
    before="๘ จาก ๒๗ คะแนน (เดือนเมษายน ๒๕๖๙)",
    changes=(Changed("จำนวนบุคลากร", "๓๔", "๓๕"),),
    extensions=("ขยายกำหนดส่งเป็น ๓๐ พ.ค. ๒๕๖๙",),
    enclosed=("ไฟล์ของท่าน",),
)
_NOT_COUNTED = replace(
    _RETURNED,
    state="not_counted",
    verdict="",
    why="มีไฟล์ที่ใหม่กว่า",
    remedy="ไม่ต้องแก้ไข",
    errors=(),
)
_ACCEPTED = replace(_RETURNED, state="accepted", verdict=VERDICTS["accepted"][0], errors=())
_EXAMPLES: tuple[Reply | Replies | Refusal | Reminder, ...] = (
    _RETURNED,
    _NOT_COUNTED,
    _ACCEPTED,
    Replies("หน่วยงานตัวอย่าง", (_RETURNED, _NOT_COUNTED, _ACCEPTED), ("ไฟล์ของท่าน",)),
    Refusal(
        unit="หน่วยงานตัวอย่าง",
        file="แบบ.pdf",
        receipt="๑๒๓๔-๕๖๗๘",
        received="๒๗ พ.ค. ๒๕๖๙",
        problems=(_PROBLEM,),
        counted=("แบบตัวอย่าง",),
        enclosed=("แบบเปล่า",),
    ),
    Reminder(
        "หน่วยงานตัวอย่าง",
        "เดือนพฤษภาคม ๒๕๖๙",
        (Awaited("แบบตัวอย่าง", ("๒๗ พ.ค. ๒๕๖๙",), "เดือนเมษายน ๒๕๖๙"),),
        ("ไฟล์ “แบบ.pdf”: ไม่ใช่สมุดงาน",),
        ("แบบเปล่า",),
    ),
)
