"""The preloaded shim that makes kill -9 a power cut for the journal (power_cut.c)."""

import pathlib

from .processes import PEERS


def power_cut(fail: pathlib.Path | None = None, delay: int = 10_000, lies: int | None = None) -> dict:
    """The environment of a collector whose unsynced journal dies with it.

    Syncs take `delay` microseconds; while the file `fail` exists, they fail. With `lies` they put on disk only what
    is older than that many milliseconds, as a disk does that acknowledges what is in its cache.
    """
    return {
        "LD_PRELOAD": str(PEERS / "power_cut.so"),
        "POWER_CUT_PATH": "/journal/",
        "POWER_CUT_DELAY_US": str(delay),
        **({"POWER_CUT_FAIL": str(fail)} if fail else {}),
        **({"POWER_CUT_LIES": str(lies)} if lies else {}),
    }
