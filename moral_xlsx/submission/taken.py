"""What was made of a submitted file, and what of it is left on the disk for the rest of a round."""

from __future__ import annotations

import os
import pickle
from dataclasses import dataclass, field, replace
from pathlib import Path

from moral_xlsx.model.answers import Answers
from moral_xlsx.model.assessment import Assessment
from moral_xlsx.model.decisions import Rulings
from moral_xlsx.model.errors import MoralXlsxError
from moral_xlsx.model.evidence import EvidenceFile, NamedFile
from moral_xlsx.model.findings import Finding
from moral_xlsx.model.units import Unit
from moral_xlsx.rules.definition.load import SHIPPED, Forms
from moral_xlsx.rules.judge.score import with_next_rungs
from moral_xlsx.submission.outputs import Outputs
from moral_xlsx.submission.remembered import Remembered, read_values

# What a worker leaves of a file beside its outputs: the answers as people read them, and the
# whole assessment.
TOLD, JUDGED = ".told", ".judged"
# How the pictures of workbooks are called, before their hash.
PICTURE = "picture-"


@dataclass(frozen=True, slots=True)
class Taken:
    """What a worker made of one file.

    ``assessment`` and ``outputs`` are None when the file was refused; ``findings`` are then
    the reasons. ``modified`` is the moment that the saving program recorded. ``answers`` are
    kept of forms that are compared with others only. ``told`` are the answers as people read
    them, as JSON by reference, with its hash in ``answers_sha256``. ``evidence`` are the pictures
    that stood in it, or itself where it came beside a form; ``named`` the files that its answers
    name. ``refused`` tells that it came as evidence and cannot be kept. ``failed`` tells that the
    program or the machine failed on it; ``fault`` is then what its maintainers need to know.
    ``lost`` tells that it cost its worker, which may have been for want of time or memory.

    What a worker has left in a folder (see ``leave``) is not here: ``outputs`` and ``told`` are
    None then, and the assessment has of each criterion's rungs only the one above.
    """

    sha256: str
    size: int
    kind: str = ""
    assessment: Assessment | None = None
    answers: Answers | None = None
    outputs: Outputs | None = None
    modified: str = ""
    answers_sha256: str = ""
    told: bytes | None = None
    findings: tuple[Finding, ...] = ()
    evidence: tuple[EvidenceFile, ...] = ()
    named: tuple[NamedFile, ...] = ()
    refused: bool = False
    failed: bool = False
    fault: str = ""
    lost: bool = False

    @property
    def repeatable(self) -> bool:
        """Whether another run would make the same of the file, whatever the machine does else."""
        return not (self.failed or self.lost)


@dataclass(frozen=True, slots=True)
class Prepared:
    """What all files of a round share: it is sent to each worker once.

    ``units`` is the registry, None when there is none; ``keep`` are the ids of the forms whose
    answers are needed, ``rulings`` what people decided. In ``folder`` outputs are left; what was
    made before is ``remembered``.
    """

    units: tuple[Unit, ...] | None = None
    forms: Forms = SHIPPED
    keep: frozenset[str] = frozenset()
    rulings: Rulings = field(default_factory=Rulings)
    folder: Path | None = None
    remembered: Remembered | None = None

    def find(self, path: Path) -> Taken | None:
        """What an earlier run made of a file, its outputs put into the folder; else None."""
        if self.remembered is None or self.folder is None:
            return None
        found = self.remembered.find(path, self.folder)
        return found if isinstance(found, Taken) else None


class CannotLeave(MoralXlsxError):  # noqa: N818 - the state of a folder, not a fault of a file
    """A worker cannot leave in the folder what it made; ``error`` is what the system says."""

    def __init__(self, error: OSError) -> None:
        why = error.strerror or type(error).__name__
        super().__init__((f"เก็บผลที่ทำแล้วไม่ได้: {why}", f"Results cannot be kept: {why}"))
        self.error = error


def leave(taken: Taken, folder: Path, remembered: Remembered | None = None) -> Taken:
    """Writes what was made of a file into a folder; gives what there is to know of it, which is
    ``remembered`` for the next run.

    Raises CannotLeave.
    """
    left, made, judged = dict[str, bytes](), taken, taken.assessment
    if taken.outputs is not None and judged is not None:
        left = {f"{taken.sha256}{suffix}": data for suffix, data in taken.outputs.files().items()}
        left[f"{taken.sha256}{TOLD}"] = taken.told or b"{}"
        left[f"{taken.sha256}{JUDGED}"] = pickle.dumps(judged)
        left |= {f"{PICTURE}{digest}": data for digest, data in taken.outputs.pictures.items()}
        made = replace(taken, assessment=with_next_rungs(judged), outputs=None, told=None)
    for name, data in left.items():
        # The same file may come twice, and be another worker's at the same moment.
        unfinished, target = folder / f"{name}.{os.getpid()}", folder / name
        try:
            unfinished.write_bytes(data)
            unfinished.replace(target)
        except OSError as error:
            # Windows lets nobody replace what another worker is just putting there.
            if not (isinstance(error, PermissionError) and target.is_file()):
                raise CannotLeave(error) from error
            unfinished.unlink(missing_ok=True)
    if remembered is not None and made.repeatable:
        about = (judged.form, judged.unit_code) if judged else ("", "")
        remembered.keep(taken.sha256, *about, made, left)
    return made


def whole_assessment(folder: Path, sha256: str) -> Assessment:
    """The assessment that a worker left of a file."""
    judged = read_values((folder / f"{sha256}{JUDGED}").read_bytes())
    assert isinstance(judged, Assessment)
    return judged
