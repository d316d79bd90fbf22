"""A damaged file of fingerprints: its entries are forgotten and counted, a copy is kept, the rest goes on.

A generation has half a million entries before it becomes a file, so the file is made here of rows that a collector
left: what the next checkpoint of a full generation would have written.
"""

import dataclasses
import json
import pathlib
import sqlite3
import struct

import pytest

from peers.balance import outcomes
from peers.collector import Collector, configuration, http
from peers.webhooks import resend_body, signed

_TABLE = []
for _byte in range(256):
    for _ in range(8):
        _byte = _byte >> 1 ^ (0x82F63B78 if _byte & 1 else 0)
    _TABLE.append(_byte)


def crc32c(data: bytes) -> int:
    crc = 0xFFFFFFFF
    for byte in data:
        crc = _TABLE[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def words(*numbers: int) -> bytes:
    return struct.pack(f"<{len(numbers)}Q", *numbers)


@dataclasses.dataclass
class Sealed:
    path: pathlib.Path
    entries: int


def seal(data: pathlib.Path) -> Sealed:
    """Moves the fingerprints of counted events from their rows into a file, as a checkpoint does."""
    with sqlite3.connect(data / "postmeter.db") as database:
        rows = database.execute(
            "SELECT generation, accepted_at, words FROM fingerprints WHERE log = 'seen' ORDER BY id"
        ).fetchall()
        (generation,) = {row[0] for row in rows}
        accepted_at = rows[-1][1]
        keys = [key for row in rows for key in struct.unpack(f"<{len(row[2]) // 8}Q", row[2])]
        body = words(*sorted(set(keys)))
        head = words(0x0000_0001_5046_4D50, 1, len(body) // 8, generation, generation, accepted_at, crc32c(body))
        head += words(crc32c(head))
        folder = data / "postmeter.db-fingerprints"
        folder.mkdir(exist_ok=True)
        path = folder / f"seen-{generation}.fp"
        path.write_bytes(head + body)
        database.execute("DELETE FROM fingerprints WHERE log = 'seen'")
        database.execute(
            "INSERT INTO fingerprint_files (log, first, last, entries, accepted_at, length, checksum) "
            "VALUES ('seen', ?, ?, ?, ?, ?, ?)",
            [generation, generation, len(keys), accepted_at, len(head) + len(body), crc32c(body)],
        )
    database.close()
    return Sealed(path, len(keys))


def flip(path: pathlib.Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def shorten(path: pathlib.Path) -> None:
    path.write_bytes(path.read_bytes()[:-8])


def empty(path: pathlib.Path) -> None:
    path.write_bytes(b"")


def overwrite_head(path: pathlib.Path) -> None:
    path.write_bytes(b"\xa5" * 64 + path.read_bytes()[64:])


DAMAGES = {"a-flipped-bit": flip, "cut": shorten, "empty": empty, "head": overwrite_head, "gone": pathlib.Path.unlink}


class Sender:
    def __init__(self, collector: Collector):
        self.collector = collector
        self.sent: list = []

    def send(self, count: int) -> None:
        for _ in range(count):
            body = json.dumps(resend_body()).encode()
            self.sent.append((body, signed(body)))
            self._post(*self.sent[-1])

    def repeat(self) -> None:
        for one in self.sent:
            self._post(*one)

    def _post(self, body: bytes, headers: dict) -> None:
        assert http.request("POST", self.collector.hook("resend"), body=body, headers=headers).status == 200


@pytest.fixture
def collector(tmp_path, request):
    made = Collector(tmp_path, configuration({"resend": "resend"}))
    request.addfinalizer(lambda: made.process and made.process.kill())
    return made.start()


def test_a_whole_file_is_looked_into(tmp_path, collector):
    sender = Sender(collector)
    sender.send(30)
    collector.wait_folded()
    assert collector.process.stop() == 0
    sealed = seal(tmp_path / "data")
    assert sealed.entries >= 30
    collector.start()
    sender.repeat()
    collector.wait_folded()
    assert outcomes(collector) == {**outcomes(collector), "counted": 30, "duplicate": 30}
    assert collector.process.stop() == 0
    assert sealed.path.exists()


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[] if name in ("a-flipped-bit", "gone") else pytest.mark.long) for name in DAMAGES]
)
def test_what_a_damaged_file_held_is_forgotten_and_counted(tmp_path, collector, name):
    sender = Sender(collector)
    sender.send(30)
    collector.wait_folded()
    assert collector.process.stop() == 0
    sealed = seal(tmp_path / "data")
    DAMAGES[name](sealed.path)
    damaged = sealed.path.read_bytes() if sealed.path.exists() else None
    collector.start()
    assert f"the {sealed.entries} entries of seen in it are forgotten" in collector.process.tail(200)
    # All figures are there; new webhooks are counted, and known again.
    assert collector.events() == {"triage": {"sent": 30}}
    fresh = Sender(collector)
    fresh.send(10)
    fresh.repeat()
    collector.wait_folded()
    assert collector.events() == {"triage": {"sent": 40}}
    assert outcomes(collector)["duplicate"] == 10
    kept = sealed.path.with_name(sealed.path.name + ".damaged")
    assert (kept.read_bytes() if kept.exists() else None) == damaged
    # The next start knows of the loss and does not complain again; it is what came again that counts twice.
    assert collector.process.stop() == 0
    collector.start()
    assert collector.process.log.read_text().count("'.damaged'") == 1
    sender.repeat()
    collector.wait_folded()
    again = collector.events()["triage"]["sent"] - 40
    print(f"{name}: acknowledged 40, folded 40, {sealed.entries} fingerprints lost, lost 0, {again} counted again")
    assert 0 < again <= sealed.entries
    assert collector.process.stop() == 0
