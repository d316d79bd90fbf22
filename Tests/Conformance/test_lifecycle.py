"""The collector's life: data of earlier versions, backup and restore, damaged files, an orderly end, systemd."""

import contextlib
import json
import os
import pathlib
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading

import pytest

from peers.collector import Collector, configuration, http
from peers.processes import POSTMETER, Process, free_port, wait_for
from peers.simulator import Simulation, difference
from peers.webhooks import resend_body, signed
from samples import sample


def run(*arguments) -> subprocess.CompletedProcess:
    return subprocess.run(
        [POSTMETER, *map(str, arguments)], capture_output=True, text=True, timeout=120
    )


def outcomes(collector: Collector) -> dict:
    """Webhooks by what the fold made of them."""
    found: dict = {}
    for pairs, value in collector.figures("email_webhook_events_total").items():
        outcome = dict(pairs)["email_outcome"]
        found[outcome] = found.get(outcome, 0) + int(value)
    return found


def instance(collector: Collector) -> str:
    (found,) = {dict(pairs)["service_instance_id"] for pairs in collector.figures("target_info")}
    return found


def send(collector: Collector, agent: str, count: int = 1) -> list:
    """Webhooks of an agent, all acknowledged: their bodies and headers."""
    sent = []
    for _ in range(count):
        body = json.dumps(resend_body(agent=f"{agent}@support.example")).encode()
        sent.append((body, signed(body)))
        assert post(collector, *sent[-1]) == 200
    return sent


def post(collector: Collector, body: bytes, headers: dict) -> int:
    return http.request("POST", collector.hook("resend"), body=body, headers=headers).status


@pytest.fixture
def collectors(request):
    """Makes collectors, which are gone after the test."""

    def make(folder: pathlib.Path, tree: dict | None = None, env: dict | None = None) -> Collector:
        folder.mkdir(exist_ok=True)
        collector = Collector(folder, tree or configuration({"resend": "resend"}), env)
        request.addfinalizer(lambda: collector.process and collector.process.kill())
        return collector

    return make


# Earlier versions


@pytest.mark.parametrize("name", sample.NAMES)
def test_what_an_earlier_version_left_is_gone_on_from(tmp_path, collectors, name):
    expected = sample.unpack(name, tmp_path)
    key = (tmp_path / "data" / "trace.key").read_text()
    assert expected["position"] < expected["journal_end"] == sample.journal_end(tmp_path / "data")
    spool = run("spool", "status", "--data", tmp_path / "data", "--json")
    lanes = {(lane["target"], lane["signal"]): lane for lane in json.loads(spool.stdout)}
    assert lanes["main", "traces"]["items"] > 0 and not lanes["main", "traces"]["problem"]
    tree = {**sample.TREE, "otlp": {**sample.TREE["otlp"], "endpoint": f"http://127.0.0.1:{free_port()}"}}
    collector = collectors(tmp_path, tree).start()
    collector.wait_folded()
    assert difference(collector.events(), expected["events"]) == {}
    assert outcomes(collector).get("counted") == expected["counted"]
    dead = {
        dict(pairs)["email_reason"]: int(value)
        for pairs, value in collector.figures("email_dead_letters_total").items() if value
    }
    assert dead == expected["dead"]
    durations = collector.figures("email_delivery_duration_seconds_count")
    assert int(sum(durations.values())) == expected["durations"]
    for kind in ["postmeter_journal_damage_total", "postmeter_database_damage_total"]:
        assert sum(collector.figures(kind).values()) == 0
    assert (tmp_path / "data" / "trace.key").read_text() == key
    send(collector, "fresh", 3)
    collector.wait_folded()
    assert collector.events()["fresh"] == {"sent": 3}
    assert collector.process.stop() == 0
    assert sample.journal_end(tmp_path / "data") >= expected["journal_end"] + 3


# Backup and restore


def test_a_backup_under_load_has_all_that_was_acknowledged_before(tmp_path, collectors):
    tree = configuration({"resend": "resend"})
    # Small segments, all of which go as soon as they are folded.
    tree["journal"] = {"segment_bytes": 4 << 20, "byte_limit": 64 << 20, "retain_bytes": 0}
    collector = collectors(tmp_path / "live", tree).start()
    common = {"rate": 0, "agents": 20, "repeats": 0, "concurrency": 16}
    load = Simulation(tmp_path, collector.hook("resend"), domain="load.example", seed=2, duration=10_000, **common)
    backup, restored_data = tmp_path / "backup", tmp_path / "restored" / "data"
    try:
        before = Simulation(
            tmp_path, collector.hook("resend"), domain="before.example", seed=1, duration=3, **common
        ).totals()
        repeated = send(collector, "twice", 5)
        made = run("backup", "--to", backup, "--data", tmp_path / "live" / "data")
        assert made.returncode == 0, made.stderr
        again = run("backup", "--to", backup, "--data", tmp_path / "live" / "data")
        assert again.returncode == 1 and "is there and not an empty folder" in again.stderr
        # The next one as well, after what the first has left there.
        second = run("backup", "--to", tmp_path / "second", "--data", tmp_path / "live" / "data")
        assert second.returncode == 0, second.stderr
        assert load.process.is_running, load.process.tail()
        in_use = run("restore", "--from", backup, "--data", tmp_path / "live" / "data")
        assert in_use.returncode == 1 and "is in use by another process" in in_use.stderr
        loaded = load.stop()
    finally:
        load.process.kill()
    collector.wait_folded()
    shown = instance(collector)
    assert collector.process.stop() == 0
    assert not (tmp_path / "live" / "data" / "backup.staging").exists()

    done = run("restore", "--from", backup, "--data", restored_data)
    assert done.returncode == 0, done.stderr
    print(made.stdout, done.stdout)
    assert "damaged 0, unknown 0" in done.stdout
    restored = collectors(tmp_path / "restored", tree).start()
    restored.wait_folded()
    assert difference(restored.events(email_domain="before.example"), before["events"]) == {}
    assert restored.events(email_domain="support.example") == {"twice": {"sent": 5}}
    # Of what came in meanwhile there is as much as was journaled, and none of it twice.
    for agent, events in restored.events(email_domain="load.example").items():
        for event, count in events.items():
            assert count <= loaded["events"][agent][event]
    assert outcomes(restored).get("duplicate", 0) == 0
    assert sum(restored.figures("postmeter_journal_damage_total").values()) == 0
    assert instance(restored) != shown
    for body, headers in repeated:
        assert post(restored, body, headers) == 200
    restored.wait_folded()
    assert restored.events(email_domain="support.example") == {"twice": {"sent": 5}}
    assert outcomes(restored)["duplicate"] == 5
    assert restored.process.stop() == 0


def test_a_move_keeps_the_series(tmp_path, collectors):
    collector = collectors(tmp_path / "old").start()
    send(collector, "triage", 4)
    collector.wait_folded()
    shown = instance(collector)
    assert collector.process.stop() == 0
    assert run("backup", "--to", tmp_path / "backup", "--data", tmp_path / "old" / "data").returncode == 0
    done = run("restore", "--from", tmp_path / "backup", "--data", tmp_path / "new" / "data", "--keep-instance")
    assert done.returncode == 0, done.stderr
    moved = collectors(tmp_path / "new").start()
    assert instance(moved) == shown
    assert moved.events() == {"triage": {"sent": 4}}
    assert moved.process.stop() == 0


def test_a_backup_that_was_changed_is_not_restored(tmp_path, collectors):
    collector = collectors(tmp_path / "old").start()
    send(collector, "triage", 4)
    assert collector.process.stop() == 0
    backup = tmp_path / "backup"
    assert run("backup", "--to", backup, "--data", tmp_path / "old" / "data").returncode == 0
    database = backup / "postmeter.db"
    content = bytearray(database.read_bytes())
    content[-1] ^= 1
    database.write_bytes(content)
    done = run("restore", "--from", backup, "--data", tmp_path / "new")
    assert done.returncode == 1
    assert f"{database}: is not what was written into the backup" in done.stderr
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["LOCK"]


# Damaged files


def damage_database(data: pathlib.Path) -> None:
    # What is in the log still would be read from there, and nothing be lost.
    with contextlib.closing(sqlite3.connect(data / "postmeter.db")) as database:
        assert database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
    (data / "postmeter.db").write_bytes(b"\xa5" * 20_000)


def damage_log(data: pathlib.Path) -> None:
    (data / "postmeter.db-wal").write_bytes(b"\xa5" * 20_000)


def remove_database(data: pathlib.Path) -> None:
    for path in data.glob("postmeter.db*"):
        path.unlink()


@pytest.mark.parametrize(
    "damage, kind, kept",
    [
        (damage_database, "database", "postmeter.db.damaged-*Z"),
        (damage_log, "wal", "postmeter.db.damaged-*Z-wal"),
        (remove_database, "database", None),
    ],
    ids=["database", "log", "gone"],
)
def test_a_damaged_database_costs_nothing_that_the_journal_still_holds(tmp_path, collectors, damage, kind, kept):
    collector = collectors(tmp_path).start()
    totals = Simulation(tmp_path, collector.hook("resend"), agents=10, rate=0, duration=1, repeats=0, seed=4).totals()
    collector.wait_folded()
    shown = instance(collector)
    collector.process.kill()
    data = tmp_path / "data"
    damage(data)
    collector.start()
    collector.wait_folded()
    assert difference(collector.events(), totals["events"]) == {}
    found = {dict(pairs)["kind"]: int(value) for pairs, value in collector.figures("postmeter_database_damage_total").items()}
    assert found == {"database": 0, "wal": 0, kind: 1}
    assert sum(collector.figures("postmeter_database_lost_total").values()) == 0
    if kind == "database":
        assert instance(collector) != shown
    assert "postmeter.db" in collector.process.tail(200) and "warning" in collector.process.tail(200)
    if kept:
        (copy,) = data.glob(kept)
        assert copy.read_bytes().startswith(b"\xa5")
    # The next start finds nothing to complain about.
    assert collector.process.stop() == 0
    collector.start()
    assert sum(collector.figures("postmeter_database_damage_total").values()) == 0
    assert difference(collector.events(), totals["events"]) == {}
    assert collector.process.stop() == 0


def test_a_damaged_segment_is_skipped_counted_and_kept(tmp_path, collectors):
    collector = collectors(tmp_path).start()
    send(collector, "triage", 40)
    collector.wait_folded()
    collector.process.kill()
    data = tmp_path / "data"
    segment = min(path for path in (data / "journal").glob("journal-*.seg") if any(path.read_bytes()[24:32]))
    content = bytearray(segment.read_bytes())
    place = content.find(b"triage@support.example", len(content.rstrip(b"\0")) // 2)
    content[place] ^= 1
    segment.write_bytes(content)
    remove_database(data)
    collector.start()
    collector.wait_folded()
    assert collector.events() == {"triage": {"sent": 39}}
    assert sum(collector.figures("postmeter_journal_damage_total", kind="records").values()) == 1
    kept = data / "journal" / segment.name.replace("journal-", "damaged-")
    # The start wrote its own records behind them.
    written = bytes(content.rstrip(b"\0"))
    assert kept.read_bytes()[: len(written)] == written
    send(collector, "triage", 1)
    collector.wait_folded()
    assert collector.events() == {"triage": {"sent": 40}}
    assert collector.process.stop() == 0


def test_a_database_of_a_newer_version_is_refused(tmp_path, collectors):
    collector = collectors(tmp_path).start()
    assert collector.process.stop() == 0
    path = tmp_path / "data" / "postmeter.db"
    with sqlite3.connect(path) as database:
        database.execute("INSERT INTO grdb_migrations (identifier) VALUES ('store-99')")
    database.close()
    collector.start(ready=False)
    assert collector.process.child.wait(30) == 1
    assert f"{path}: was written by a newer version of postmeter (store-99)" in collector.process.tail()
    with sqlite3.connect(path) as database:
        database.execute("DELETE FROM grdb_migrations WHERE identifier = 'store-99'")
    database.close()
    collector.start()
    assert collector.process.stop() == 0


# The end


class Hanging:
    """Takes connections and never answers."""

    def __init__(self):
        self.server = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.connections: list = []
        self.has_request = threading.Event()
        threading.Thread(target=self.accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.getsockname()[1]}"

    def accept(self):
        while True:
            try:
                connection, _ = self.server.accept()
            except OSError:
                return
            self.connections.append(connection)
            self.has_request.set()

    def close(self):
        self.server.close()
        for connection in self.connections:
            connection.close()


@pytest.fixture
def hanging():
    receiver = Hanging()
    yield receiver
    receiver.close()


def pushing(receiver: Hanging, timeout: str, **more) -> dict:
    tree = configuration({"resend": "resend"})
    tree["otlp"] = {"endpoint": receiver.url, "interval": "1s", "span_interval": "200ms", "timeout": "60s", **more}
    tree["shutdown_timeout"] = timeout
    return tree


def test_a_receiver_that_hangs_does_not_hold_the_end(tmp_path, collectors, hanging):
    collector = collectors(tmp_path, pushing(hanging, "5s")).start()
    send(collector, "triage", 25)
    assert hanging.has_request.wait(30)
    # Neither is a client that keeps its connection, and says nothing, in the way.
    idle = socket.create_connection(("127.0.0.1", collector.ingest))
    # Not cut off by the limit, which would be 1.
    assert collector.process.stop(60) == 0, collector.process.tail()
    idle.close()
    (line,) = [line for line in collector.process.tail(20).splitlines() if "stopped after" in line]
    assert "left 0 records to fold" in line
    left = int(line.split("to fold and ")[1].split()[0])
    assert left > 0, line
    status = run("spool", "status", "--data", tmp_path / "data", "--json")
    assert sum(lane["items"] for lane in json.loads(status.stdout)) == left
    collector.file.write_text(collector.file.read_text().replace(hanging.url, f"http://127.0.0.1:{free_port()}"))
    collector.start()
    assert collector.events() == {"triage": {"sent": 25}}
    assert collector.process.stop(60) == 0


@pytest.mark.parametrize("number, code", [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_second_signal_ends_at_once(tmp_path, collectors, hanging, number, code):
    collector = collectors(tmp_path, pushing(hanging, "10m", spool="off")).start()
    send(collector, "triage", 3)
    assert hanging.has_request.wait(30)
    collector.process.signal(signal.SIGTERM)
    wait_for("the end to begin", lambda: "shutting down" in collector.process.tail())
    assert collector.process.is_running
    collector.process.signal(number)
    assert collector.process.child.wait(30) == code
    assert "ended at once by a second signal" in collector.process.tail()


# systemd


def test_the_service_manager_is_told(tmp_path, collectors):
    path = tmp_path / "notify"
    manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    manager.bind(str(path))
    manager.settimeout(30)
    collector = collectors(tmp_path, env={"NOTIFY_SOCKET": str(path), "WATCHDOG_USEC": "400000"})
    collector.start()
    first = manager.recv(4096).decode().splitlines()
    assert first[0] == "READY=1"
    assert first[1] == f"STATUS=webhooks on 127.0.0.1:{collector.ingest}, metrics on 127.0.0.1:{collector.scrape}"
    assert [manager.recv(4096) for _ in range(3)] == [b"WATCHDOG=1"] * 3
    collector.process.signal(signal.SIGTERM)
    messages = []
    while not messages or not messages[-1].startswith("STATUS=stopped after"):
        messages.append(manager.recv(4096).decode())
    assert [message for message in messages if message.startswith("STOPPING=1\n")]
    assert collector.process.child.wait(30) == 0
    manager.close()


def test_the_unit_is_one_that_systemd_takes(tmp_path):
    done = run("systemd-unit", "--config", "/etc/postmeter/postmeter.yaml")
    assert done.returncode == 0, done.stderr
    assert f"ExecStart={POSTMETER} serve --config /etc/postmeter/postmeter.yaml --data %S/postmeter\n" in done.stdout
    assert run("systemd-unit", "--config", "postmeter.yaml").returncode != 0
    if not shutil.which("systemd-analyze"):
        pytest.skip("there is no systemd-analyze here")
    unit = tmp_path / "postmeter.service"
    unit.write_text(done.stdout)
    checked = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", unit], capture_output=True, text=True, timeout=60,
        env={**os.environ, "SYSTEMD_LOG_LEVEL": "warning"},
    )
    complaints = [line for line in checked.stderr.splitlines() if "postmeter.service" in line]
    assert complaints == []


def test_no_memory_is_written_and_run(tmp_path, collectors):
    """MemoryDenyWriteExecute of the unit, as the kernel has it from 6.3 on."""
    forbid = "import ctypes, os, sys; sys.exit(9) if ctypes.CDLL(None).prctl(65, 1, 0, 0, 0) else os.execv(sys.argv[1], sys.argv[1:])"
    if subprocess.run([sys.executable, "-c", forbid, "/bin/true"]).returncode == 9:
        pytest.skip("the kernel has no PR_SET_MDWE")
    collector = collectors(tmp_path)
    collector.process = Process(
        [sys.executable, "-c", forbid, POSTMETER, "serve", "--config", collector.file], tmp_path / "collector.log",
        cwd=tmp_path, env=collector.env,
    )
    collector.wait_ready()
    send(collector, "triage", 3)
    collector.wait_folded()
    assert collector.events() == {"triage": {"sent": 3}}
    assert collector.process.stop() == 0
