"""`postmeter spool`: what waits on disk can be looked at, sent and thrown away from outside."""

import json
import os
import subprocess

import pytest
import yaml

from peers.collector import Collector
from peers.deliveries import configured, simulate
from peers.processes import POSTMETER, free_port, wait_for
from peers.sink import Sink


@pytest.fixture(scope="module")
def stopped(tmp_path_factory):
    """A collector that has ended while its only receiver, `main`, was away."""
    folder = tmp_path_factory.mktemp("spool")
    collector = Collector(folder, configured({"name": "main", "endpoint": f"http://127.0.0.1:{free_port()}"})).start()
    simulate(folder, collector, seconds=1, seed=5)
    collector.wait_folded()
    wait_for("a spool", lambda: sum(collector.figures("postmeter_spool_items", signal="traces").values()) > 0)
    assert collector.process.stop(15) == 0, collector.process.tail()
    return collector


def spool(collector: Collector, *arguments) -> subprocess.CompletedProcess:
    return subprocess.run(
        [POSTMETER, "spool", *arguments], cwd=collector.folder, env={**os.environ, **collector.env},
        capture_output=True, text=True, timeout=60,
    )


def with_target(collector: Collector, name: str, **target) -> str:
    """The configuration with another target."""
    tree = yaml.safe_load(collector.file.read_text())
    tree["otlp"] = {**tree["otlp"], "name": name, **target}
    file = collector.folder / f"{name}.yaml"
    file.write_text(yaml.safe_dump(tree))
    return str(file)


def waiting(collector: Collector) -> dict:
    done = spool(collector, "status", "--config", collector.file, "--json")
    assert done.returncode == 0, done.stderr
    return {(found["target"], found["signal"]): found for found in json.loads(done.stdout)}


def test_the_status_shows_what_waits(stopped):
    found = waiting(stopped)
    assert {key[1] for key in found} == {"metrics", "traces", "logs"}
    assert all(lane["items"] > 0 and not lane["in_use"] and not lane["problem"] for lane in found.values())
    table = spool(stopped, "status", "--config", stopped.file).stdout
    assert all(f"{lane['items']}" in table for lane in found.values())


def test_a_folder_that_is_not_there_is_no_empty_spool(stopped):
    for command in [["status"], ["drop", "--all"]]:
        done = spool(stopped, *command, "--data", "/nonexistent")
        assert done.returncode != 0
        assert "data: '/nonexistent' cannot be read: No such file or directory" in done.stderr


def test_a_drain_for_another_target_says_what_it_leaves(stopped):
    before = waiting(stopped)
    done = spool(stopped, "drain", "--config", with_target(stopped, "renamed"), "--patience", "1")
    assert done.returncode == 1
    left = before["main", "traces"]["items"]
    assert f"main traces: {left} left; the configuration has no spool of that name" in done.stdout
    assert waiting(stopped) == before


def test_nothing_is_dropped_by_omission(stopped):
    before = waiting(stopped)
    done = spool(stopped, "drop", "--config", stopped.file)
    assert done.returncode != 0
    assert "--target" in done.stderr
    assert waiting(stopped) == before


def test_one_signal_is_dropped_and_the_others_are_sent_in_order(stopped):
    before = waiting(stopped)
    done = spool(stopped, "drop", "--config", stopped.file, "--target", "main", "--signal", "metrics")
    assert done.returncode == 0, done.stderr
    assert f"Dropped {before['main', 'metrics']['items']} points" in done.stdout
    assert {key[1] for key in waiting(stopped)} == {"traces", "logs"}
    sink = Sink()
    try:
        done = spool(stopped, "drain", "--config", with_target(stopped, "main", endpoint=sink.url))
        assert done.returncode == 0, done.stdout + done.stderr
        assert len(sink.spans()) == before["main", "traces"]["items"]
        assert len(sink.log_records()) == before["main", "logs"]["items"]
        assert sink.received("/v1/metrics") == []
    finally:
        sink.close()
    assert waiting(stopped) == {}
