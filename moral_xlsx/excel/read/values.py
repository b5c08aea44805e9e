"""Reads the values of a workbook with pandas, without a guess about any of them."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

import pandas as pd

from moral_xlsx.excel.form.layout import MARKS
from moral_xlsx.excel.read.guard import Inspected
from moral_xlsx.model.catalogue import finding
from moral_xlsx.model.catalogue.files import DAMAGED
from moral_xlsx.model.errors import Refused

Rows = Sequence[Sequence[object]]


def read_values(inspected: Inspected, titles: list[str] | None = None) -> Mapping[str, Rows]:
    """The cell values of the named sheets (None: all), by title; blank cells are ``""``.

    Rows and columns count from the sheet's first cell, blank ones included. Sheets that only
    list what to mend are left out. Raises Refused
    when pandas cannot read the file.
    """
    try:
        with pd.ExcelFile(io.BytesIO(inspected.data), engine="calamine") as file:
            # Anything less and pandas turns "NA" into nothing and "0012" into 12.
            frames = pd.read_excel(
                file,
                sheet_name=titles,
                header=None,
                dtype=object,
                keep_default_na=False,
                na_filter=False,
            )
    except Exception as error:  # calamine raises many kinds; each means "cannot be read"
        raise Refused(finding(DAMAGED, what=type(error).__name__)) from error
    sheets = {title: frame.to_numpy(dtype=object).tolist() for title, frame in frames.items()}
    return {title: rows for title, rows in sheets.items() if not rows or rows[0][0] != MARKS}
