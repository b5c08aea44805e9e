"""The register of documents, put into the workbooks that go back to their officers."""

from __future__ import annotations

from pathlib import Path

from moral_xlsx.excel.read.guard import inspected_before
from moral_xlsx.excel.write.list_sheet import ListSheet
from moral_xlsx.excel.write.locate import CannotWrite
from moral_xlsx.excel.write.marking import with_list
from moral_xlsx.excel.write.register_sheet import list_of_documents
from moral_xlsx.model.form import Form
from moral_xlsx.round.stages import ComparedFile
from moral_xlsx.rules.register import register
from moral_xlsx.submission.outputs import MARKED

_PART = "received"
_WORKBOOK = ".xlsx"


def list_documents(file: ComparedFile, form: Form, folder: Path) -> None:
    """Puts the register of a file that counts into its workbooks in the folder, after their sheets.

    What came beside a form is known only when all files are.
    """
    judged = file.taken.assessment
    assert judged is not None, "only a file that was judged counts"
    lines = register(form, judged, file.evidence.files, file.receipt.day)
    if lines:
        listed = list_of_documents(lines)
        for suffix in (_WORKBOOK, MARKED):
            _put(folder / f"{file.taken.sha256}{suffix}", listed)


def _put(staged: Path, listed: ListSheet) -> None:
    if not staged.is_file():  # only what is returned has a list of what to mend
        return
    try:
        data = with_list(inspected_before(staged.read_bytes()), listed, _PART)
    except CannotWrite:
        return  # it stands in the record all the same
    staged.write_bytes(data)
