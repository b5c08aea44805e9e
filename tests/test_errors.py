"""What people are told of an error is the same wherever it happened."""

from __future__ import annotations

import pickle

import pytest

from moral_xlsx.model.catalogue import finding
from moral_xlsx.model.catalogue.files import EMPTY_FILE
from moral_xlsx.model.errors import (
    MoralXlsxError,
    OtherProgramError,
    ProgramFaultError,
    Refused,
)
from moral_xlsx.round.desk import DeskError
from moral_xlsx.submission.taken import CannotLeave

EMPTY = finding(EMPTY_FILE)


@pytest.mark.parametrize(
    "error",
    [
        MoralXlsxError(("หนึ่ง", "one"), ("สอง", "two")),
        ProgramFaultError(("ผิด", "wrong"), "where"),
        OtherProgramError("tcp://a"),
        Refused(EMPTY),
        DeskError(EMPTY),
        CannotLeave(OSError(28, "No space left")),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_comes_whole_from_another_process(error: MoralXlsxError) -> None:
    back = pickle.loads(pickle.dumps(error))
    assert type(back) is type(error)
    assert vars(back).keys() == vars(error).keys() and back.args == error.args
    assert repr(vars(back)) == repr(vars(error))
    assert [back.text(language) for language in ("th", "en")] == [
        error.text(language) for language in ("th", "en")
    ]
