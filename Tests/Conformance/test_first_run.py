"""`postmeter serve` with no file, in an empty folder, as someone does who tries it."""

import json
import os
import re
import shlex
import socket
import stat

import pytest

from peers import exposition
from peers.collector import http
from peers.processes import POSTMETER, Process, wait_for
from peers.simulator import difference

PORTS = {"ingest": 4380, "admin": 4381, "scrape": 9464}


@pytest.fixture
def first_run(tmp_path):
    for port in PORTS.values():
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                pytest.skip(f"another process listens on the default port {port}")
    process = Process([POSTMETER, "serve"], tmp_path / "serve.log", cwd=tmp_path)

    def is_ready():
        assert process.is_running, process.tail()
        try:
            return http.request("GET", f"http://127.0.0.1:{PORTS['admin']}/readyz").status == 200
        except Exception:  # not listening yet
            return False

    try:
        wait_for("readiness", is_ready)
        yield tmp_path, process
    finally:
        assert process.stop() == 0


def test_the_printed_line_works(first_run):
    folder, process = first_run
    text = process.log.read_text()
    for port in PORTS.values():
        assert f"127.0.0.1:{port}" in text
    line = next(line for line in text.splitlines() if "postmeter simulate" in line)
    command = shlex.split(line[line.index("postmeter simulate"):])
    totals = folder / "totals.json"
    run = Process(
        [POSTMETER, *command[1:], "--rate", 100, "--duration", 4, "--compress", 10, "--totals", totals],
        folder / "simulate.log", cwd=folder,
    )
    assert run.child.wait(60) == 0, run.tail()
    expected = json.loads(totals.read_text())
    assert expected["acknowledged"] > 300 and expected["unacknowledged"] == []
    printed = run.log.read_text()
    assert re.search(r"^all\s", printed, re.MULTILINE) and "agent-001" in printed

    def seen() -> dict:
        data = http.request("GET", f"http://127.0.0.1:{PORTS['scrape']}/metrics").data.decode()
        events: dict = {}
        for (name, pairs), value in exposition.parse(data).samples.items():
            labels = dict(pairs)
            if name == "email_events_total" and value:
                assert (labels["email_organization"], labels["email_account"]) == ("demo", "demo")
                events.setdefault(labels["email_agent"], {})[labels["email_event"]] = int(value)
        return events

    wait_for("the figures", lambda: difference(seen(), expected["events"]) == {}, 20)


def test_secrets_are_for_their_owner_alone(first_run):
    folder, process = first_run
    data = folder / "postmeter-data"
    secret = data / "demo.secret"
    assert stat.S_IMODE(os.stat(secret).st_mode) == 0o600
    assert secret.read_text().startswith("whsec_")
    assert secret.read_text().strip() not in process.log.read_text()
    open_files = [path for path in data.rglob("*") if path.is_file() and stat.S_IMODE(path.stat().st_mode) & 0o077]
    assert [path for path in open_files if "key" in path.name or "secret" in path.name] == []


def test_the_secret_is_made_once(first_run):
    folder, process = first_run
    before = (folder / "postmeter-data" / "demo.secret").read_text()
    assert process.stop() == 0
    again = Process([POSTMETER, "serve"], folder / "again.log", cwd=folder)
    try:
        wait_for("the greeting", lambda: "try it" in again.log.read_text())
        assert (folder / "postmeter-data" / "demo.secret").read_text() == before
    finally:
        assert again.stop() == 0
