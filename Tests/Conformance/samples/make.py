#!/usr/bin/env python3
"""Makes a sample of what a version of the collector leaves on disk, which later versions must go on from.

    POSTMETER=path/of/postmeter .build/conformance/venv/bin/python Tests/Conformance/samples/make.py NAME

writes `NAME.tar.xz`, a data folder after kill -9 with records that are journaled and not folded, and `NAME.json`, what
was sent. A sample is made once, by the version whose layout it is of, and never again.
"""

import contextlib
import json
import pathlib
import sqlite3
import struct
import sys
import tarfile
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from peers.collector import Collector, http  # noqa: E402
from peers.processes import POSTMETER, free_port, wait_for  # noqa: E402
from peers.simulator import Simulation, add  # noqa: E402
from peers.webhooks import resend_body, signed  # noqa: E402
from samples.sample import PASSWORD, TREE, journal_end  # noqa: E402

LIMIT = 100_000
JUNK = {
    "malformed_json": b'{"type":"email.sent"',
    "unknown_event": b'{"type":"email.exploded","created_at":"2026-01-01T00:00:00Z","data":{}}',
    "wrong_type": b"[]",
}


def position(data: pathlib.Path) -> int:
    """The first record that is not in the database's figures."""
    with contextlib.closing(sqlite3.connect(f"file:{data}/postmeter.db?mode=ro", uri=True)) as database:
        row = database.execute("SELECT value FROM properties WHERE name = 'sequence'").fetchone()
    return struct.unpack("<Q", row[0])[0] if row else 1


def post(collector: Collector, body: bytes, headers: dict | None = None) -> None:
    answer = http.request("POST", collector.hook("resend"), body=body, headers=headers or signed(body))
    assert answer.status == 200, answer.data


def fill(folder: pathlib.Path) -> dict:
    """Traffic into a collector that is killed in the end; what was sent, as the figures must show it."""
    tree = {**TREE, "otlp": {**TREE["otlp"], "endpoint": f"http://127.0.0.1:{free_port()}"}}
    collector = Collector(folder, tree).start()
    data = folder / "data"
    try:
        common = {"rate": 40, "duration": 2, "compress": 100, "agents": 6, "repeats": 0.05}
        runs = [
            Simulation(folder, collector.hook("resend"), provider="resend", domain="resend.example", seed=1, **common),
            Simulation(
                folder, collector.hook("postmark"), secret=PASSWORD, provider="postmark", domain="postmark.example",
                seed=2, **common,
            ),
        ]
        totals = [run.totals() for run in runs]
        for body in JUNK.values():
            post(collector, body)
        collector.wait_folded()
        spooled = [("traces", "span"), ("logs", "event")]
        wait_for("a spool", lambda: len(collector.figures("postmeter_spool_items")) >= len(spooled))
        late = 0
        # A checkpoint comes each second: with luck the next one is far.
        for _ in range(20):
            for _ in range(20):
                post(collector, json.dumps(resend_body(agent="late@resend.example")).encode())
                late += 1
            collector.process.kill()
            if position(data) < journal_end(data):
                break
            collector.start()
        assert position(data) < journal_end(data), "each time a checkpoint came first: try again"
    finally:
        collector.process.kill()
    events = add(*(run["events"] for run in totals), {"late": {"sent": late}})
    return {
        "events": events,
        "dead": {reason: 1 for reason in JUNK},
        "counted": sum(run["acknowledged"] - run["others"] for run in totals) + late,
        "durations": sum(run["delivery_durations"] for run in totals),
        "position": position(data),
        "journal_end": journal_end(data),
    }


def main(name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        expected = fill(folder)
        file = HERE / f"{name}.tar.xz"
        with tarfile.open(file, "w:xz", preset=9) as archive:
            for path in sorted((folder / "data").rglob("*")):
                archive.add(path, path.relative_to(folder), recursive=False, filter=plain)
    (HERE / f"{name}.json").write_text(json.dumps(expected, indent=1, sort_keys=True) + "\n")
    size = file.stat().st_size
    print(f"{file}: {size} bytes, by {POSTMETER}")
    assert size < LIMIT, f"{size} bytes are too many to commit"


def plain(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """Without the maker's names, and without what SQLite shares among processes."""
    if entry.name.endswith("-shm"):
        return None
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    return entry


if __name__ == "__main__":
    main(*sys.argv[1:])
