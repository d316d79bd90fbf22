"""Every check of durability is shown a collector that breaks the rule it checks, and must notice.

The faults are planted from outside. Either the shim lies to the collector of its syncs (power_cut.c), or what the
fault would have left on disk is made of what the true collector left there:

- no sync: no write to the journal ever gets to the disk
- acknowledge before sync: the answer goes out, and the sync is made a moment later
- trim too early: segments go before the checkpoint that releases them is on disk; once by lies about the syncs of
  the database, once by removing the segments that the next start needs
- checkpoint before state: the position is on disk, the figures that belong to it are not

A kill shows them only where webhooks were acknowledged since the last checkpoint, so others do not count.
"""

import os
import pathlib
import sqlite3
import struct
import time

import pytest

from peers.balance import Balance, balance
from peers.collector import Collector, configuration
from peers.power_cut import EVERYTHING, NEVER, power_cut
from peers.processes import wait_for
from peers.simulator import Simulation
from samples import sample

SEED = int(os.environ.get("KILL_SEED", "7"))


def tree() -> dict:
    made = configuration({"resend": "resend"})
    # Released segments go at once, so that nothing makes good for a lost checkpoint.
    made["journal"] = {"segment_bytes": 4 << 20, "byte_limit": 64 << 20, "retain_bytes": 0}
    return made


def cut(folder: pathlib.Path, request, preload: dict, rounds: int, after_kill=None, patient: bool = False) -> Balance:
    """Cuts the power under load, so many times, and then holds the figures against what was acknowledged.

    `after_kill` does to the data folder what a fault would have done. A `patient` round lasts until segments have
    been trimmed.
    """
    collector = Collector(folder, tree())
    request.addfinalizer(lambda: collector.process.kill())
    # The first start makes the database, which is not what is looked at.
    collector.start()
    assert collector.process.stop() == 0
    collector.start(preload)
    simulation = Simulation(
        folder, collector.hook("resend"), agents=40, rate=0, duration=100_000, concurrency=96, repeats=0,
        seed=SEED, patience=120,
    )
    request.addfinalizer(lambda: simulation.process.kill())
    tries = 0
    while rounds > 0:
        tries += 1
        assert tries <= 30, "every kill came right after a checkpoint"
        start = position(folder / "data")
        collector.wait_ready()
        wait_for("webhooks", lambda: accepted(collector) > 300)
        if patient:
            # Segments are taken up again under new numbers.
            wait_for("a trim", lambda: oldest_segment(folder / "data") > 1, 60)
        time.sleep(0.3)
        taken = accepted(collector)
        collector.process.kill()
        # What a checkpoint holds needs no journal any more: such a kill would show nothing.
        if position(folder / "data") + 20 < start + taken:
            if after_kill:
                after_kill(folder / "data")
            rounds -= 1
        collector.start(preload, ready=False)
    collector.wait_ready(60)
    totals = simulation.stop()
    found = balance(collector, totals["events"], totals["acknowledged"])
    collector.process.kill()
    return found


def accepted(collector: Collector) -> int:
    """Webhooks that were answered 200 since the last start."""
    return int(sum(collector.figures("email_webhook_requests_total", email_outcome="accepted").values()))


def position(data: pathlib.Path) -> int:
    """The first record that is not in the last checkpoint."""
    with sqlite3.connect(data / "postmeter.db") as database:
        row = database.execute("SELECT value FROM properties WHERE name = 'sequence'").fetchone()
    database.close()
    return struct.unpack("<Q", row[0])[0] if row else 1


def oldest_segment(data: pathlib.Path) -> int:
    """The number of the oldest segment that holds something."""
    begun = [path for path in data.glob("journal/journal-*.seg") if any(read(path, 64))]
    return min((int(path.stem.removeprefix("journal-")) for path in begun), default=0)


def read(path: pathlib.Path, count: int) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(count)
    except FileNotFoundError:
        return b""


def put_position_before_state(data: pathlib.Path) -> None:
    """As if the position of the fold were on disk, and its figures not yet."""
    end = sample.journal_end(data)
    with sqlite3.connect(data / "postmeter.db") as database:
        database.execute(
            "INSERT OR REPLACE INTO properties (name, value) VALUES ('sequence', ?)", [struct.pack("<Q", end)]
        )
    database.close()


def remove_needed_segment(data: pathlib.Path) -> None:
    """As if the segment that the next start begins in had been released."""
    begun = sorted(path for path in data.glob("journal/journal-*.seg") if any(read(path, 64)[24:32]))
    begun[0].unlink()


TRUE = {
    "journal": dict(delay=10_000),
    "everything": dict(delay=2_000, path=EVERYTHING, early=30, seed=SEED),
}
PLANTS = {
    "no-sync": dict(preload=power_cut(delay=0, lies=NEVER)),
    "acknowledge-before-sync": dict(preload=power_cut(delay=0, late=3_000_000)),
    "trim-before-checkpoint-is-on-disk": dict(
        preload=power_cut(path=EVERYTHING, delay=0, lies=NEVER, lies_path="postmeter.db"), patient=True
    ),
    "trim-too-early": dict(preload=power_cut(delay=0), after_kill=remove_needed_segment),
    "checkpoint-before-state": dict(preload=power_cut(delay=0), after_kill=put_position_before_state),
}


@pytest.mark.parametrize("name", TRUE)
def test_the_true_collector_loses_nothing_to_power_cuts(tmp_path, request, name):
    cut(tmp_path, request, power_cut(**TRUE[name]), rounds=2).assert_even(name)


@pytest.mark.parametrize("name", PLANTS)
def test_a_planted_fault_is_seen_as_a_loss(tmp_path, request, name):
    found = cut(tmp_path, request, rounds=1, **PLANTS[name])
    print(f"{name}: {found}")
    assert found.lost > 0
