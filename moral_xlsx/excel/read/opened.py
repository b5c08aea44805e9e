"""A workbook whose values are read, and where each name in it stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from moral_xlsx.excel.form.layout import Area, cell_name
from moral_xlsx.excel.read.guard import Inspected
from moral_xlsx.excel.read.markers import find_marked
from moral_xlsx.excel.read.scan import Cells
from moral_xlsx.excel.read.values import Rows, disputed_cells, read_values
from moral_xlsx.model.catalogue import finding
from moral_xlsx.model.catalogue.files import NOT_A_FORM
from moral_xlsx.model.errors import Refused
from moral_xlsx.model.findings import Place
from moral_xlsx.thai import arabic_digits, key


@dataclass(frozen=True, slots=True)
class Opened:
    """A workbook whose values are read: sheets by title, and where each name stands.

    ``marked`` are the names that only markers gave, with every area that carries them;
    ``disputed`` the cells, by sheet, that two reading programs read otherwise.
    """

    inspected: Inspected
    sheets: Mapping[str, Rows]
    areas: Mapping[str, Area]
    marked: Mapping[str, tuple[Area, ...]]
    disputed: Mapping[str, Cells] = field(default_factory=dict)

    @property
    def form_id(self) -> str:
        """The form id stamped in the workbook, empty when there is none."""
        return self._stamp("form_id")

    @property
    def form_version(self) -> str:
        """The form version stamped in the workbook, empty when there is none."""
        return self._stamp("form_version")

    def is_of(self, versions: Iterable[str]) -> bool:
        """Whether the stamped version is one of these.

        A program that takes it for a number drops its zeros.
        """
        stamped, *known = (
            arabic_digits(text).strip().removesuffix(".0")
            for text in (self.form_version, *versions)
        )
        return stamped in known

    @property
    def unit_code(self) -> str:
        """The unit code given in the workbook, empty when there is none.

        ``NA`` and ``X`` may well be codes; dashes and ``ไม่มี`` are none.
        """
        if self.is_disputed("unit_code"):
            return ""
        code = self._stamp("unit_code")
        coded = any(letter.isalnum() for letter in code)
        return code if coded and not key(code).startswith(key("ไม่มี")) else ""

    def is_disputed(self, name: str) -> bool:
        """Whether the cell of a name is read otherwise by another program."""
        area = self.areas.get(name)
        at = (area.first_row, area.first_column) if area else None
        return area is not None and at in self.disputed.get(area.sheet, ())

    @property
    def stored_code(self) -> object:
        """What stands in the cell of the unit code; a program may have made a number of it."""
        return self._stored("unit_code")

    def _stored(self, name: str) -> object:
        area = self.areas.get(name)
        return None if area is None else self.value(area.sheet, area.first_row, area.first_column)

    def _stamp(self, name: str) -> str:
        value = self._stored(name)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return "" if value is None else str(value).strip()

    def place(self, name: str) -> Place:
        """Where a name stands, for findings; empty when it is not in the workbook."""
        area = self.areas.get(name)
        if area is None:
            return Place(field=name)
        cell = cell_name(area.first_row, area.first_column)
        return Place(sheet=area.sheet, cell=cell, field=name)

    def value(self, sheet: str, row: int, column: int) -> object:
        """The value of a cell, None when it is blank or beyond what is used."""
        rows = self.sheets.get(sheet, ())
        if row >= len(rows) or column >= len(rows[row]):
            return None
        value = rows[row][column]
        return None if value == "" else value


def open_workbook(inspected: Inspected, *, framed: bool = True) -> Opened:
    """Reads the values of a workbook that the guard let in, by pandas' frames or without.

    Raises Refused when pandas cannot read it, or when it is no form of ours.
    """
    known = dict(inspected.names)
    titles = {sheet.title for sheet in inspected.sheets}
    wanted = [s.title for s in inspected.sheets if s.title in {a.sheet for a in known.values()}]
    titles_read = wanted if "form_id" in known and wanted else None
    sheets = read_values(inspected, titles_read, framed=framed)
    areas = {name: area for name, area in known.items() if area.sheet in (titles or sheets)}
    opened = Opened(inspected, sheets, areas, {}, disputed_cells(inspected))
    if not opened.form_id:
        opened = with_markers(opened)
    if not opened.form_id:
        raise Refused(finding(NOT_A_FORM))
    return opened


def with_markers(opened: Opened) -> Opened:
    """The same workbook with the names that only its markers give."""
    sheets = read_values(opened.inspected)
    marked = {n: a for n, a in find_marked(sheets).items() if n not in opened.areas}
    first = {name: areas[0] for name, areas in marked.items()}
    return replace(opened, sheets=sheets, areas={**first, **opened.areas}, marked=marked)
