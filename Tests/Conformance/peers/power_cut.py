"""The preloaded shim that makes kill -9 a power cut, and the disk fail as a test asks for (power_cut.c)."""

import dataclasses
import errno
import pathlib

from .processes import PEERS

JOURNAL = "/journal/"
# The journal, the database with its log, and the files of fingerprints.
EVERYTHING = "/data/"


def power_cut(
    fail: pathlib.Path | None = None, delay: int = 10_000, lies: int | None = None, *, path: str = JOURNAL,
    early: int = 0, seed: int = 0, late: int | None = None, lies_path: str | None = None,
    gate: pathlib.Path | None = None, holds: bool = True,
) -> dict:
    """The environment of a collector whose unsynced files die with it.

    Those are the files whose path holds `path`. Syncs take `delay` microseconds; while the file `fail` exists, they
    fail, and while the file `gate` exists, they wait. Of `early` in a hundred writes a part is on disk before its
    sync. Without `holds` writes are not held back.

    Planted faults, of files whose path holds `lies_path`: with `lies` syncs put on disk only what is older than that
    many milliseconds, as a disk does that acknowledges what is in its cache; with `late` they are made that many
    microseconds after they were said to be.
    """
    options = {
        "FAIL": fail, "GATE": gate, "LIES": lies, "LATE_US": late, "LIES_PATH": lies_path,
        "EARLY": early or None, "SEED": seed, "PASS": None if holds else 1,
    }
    return {
        "LD_PRELOAD": str(PEERS / "power_cut.so"),
        "POWER_CUT_PATH": path,
        "POWER_CUT_DELAY_US": str(delay),
        **{f"POWER_CUT_{name}": str(value) for name, value in options.items() if value is not None},
    }


# Longer than any test: what is younger never reaches the disk.
NEVER = 10_000_000


@dataclasses.dataclass
class DiskFault:
    """Calls of one kind that fail, by their numbers since the fault was armed; with the code 0 nobody is told."""

    folder: pathlib.Path
    call: str
    code: int
    at: list
    path: str = JOURNAL

    @property
    def environment(self) -> dict:
        return {
            **power_cut(path=self.path, delay=0),
            "POWER_CUT_CALL": self.call,
            "POWER_CUT_ERRNO": str(self.code),
            "POWER_CUT_AT": ",".join(map(str, self.at)),
            "POWER_CUT_ARMED": str(self.folder / "armed"),
            "POWER_CUT_REPORT": str(self.folder / "failed"),
        }

    def arm(self) -> None:
        (self.folder / "armed").touch()

    @property
    def failures(self) -> int:
        report = self.folder / "failed"
        return report.stat().st_size if report.exists() else 0

    def __str__(self) -> str:
        return f"{errno.errorcode.get(self.code, 'silence')} of {self.call}s {self.at} to {self.path}"
