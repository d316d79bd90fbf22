"""What cannot be sent waits on disk: through kill -9, in order, and once where the answer came."""

import os
import socket
import time

import pytest

from peers import behaviours
from peers.collector import Collector
from peers.deliveries import PATHS, configured, counted, expected_records, simulate, sums_differ, wait_until_empty
from peers.hostile import Behaviour, Exchange, Hostile
from peers.ledger import Verdict
from peers.processes import wait_for
from peers.sink import points

ROUNDS = int(os.environ.get("SPOOL_ROUNDS", "40"))


def slowly(seconds: float) -> Behaviour:
    """Accepts, but takes its time."""

    def act(exchange: Exchange):
        exchange.read()
        time.sleep(seconds)
        exchange.answer(200, exchange.success())

    return Behaviour("accept slowly", Verdict.TAKEN, act, keeps_connection=True)


def on_disk(collector: Collector) -> dict:
    """Items in the spool by signal."""
    found: dict = {}
    for pairs, value in collector.figures("postmeter_spool_items").items():
        signal = dict(pairs)["signal"]
        found[signal] = found.get(signal, 0) + int(value)
    return found


def recorded(collector: Collector) -> dict:
    """Spans and log records since the collector was started."""
    names = {"traces": "postmeter_spans_ended_total", "logs": "postmeter_logs_recorded_total"}
    return {signal: int(sum(collector.figures(name).values())) for signal, name in names.items()}


def fill(folder, collector: Collector, seed: int, base: dict) -> dict:
    """Traffic whose spans and log records all end up on disk, since nobody takes them; its totals.

    `base` is what was on disk when the collector was started.
    """
    totals = simulate(folder, collector, seconds=2, seed=seed).totals()
    collector.wait_folded()

    def missing() -> dict:
        seen, now = recorded(collector), on_disk(collector)
        return {
            signal: count
            for signal, made in seen.items()
            if (count := base.get(signal, 0) + made - now.get(signal, 0))
        }

    expected = expected_records(totals, totals["http"]["requests"])
    wait_for("the last of the spans", lambda: all(recorded(collector)[key] >= count for key, count in expected.items()))
    wait_until_empty("what is not on disk", missing, seconds=30)
    wait_checkpointed(collector)
    return totals


def wait_checkpointed(collector: Collector) -> None:
    """Waits until the fold has written its last checkpoint, which comes within a second of the last change.

    After a kill before that it folds some webhooks again: their spans are then made twice, under the same ids, and
    not sent twice.
    """
    seen, since = -1.0, time.monotonic()

    def is_settled() -> bool:
        nonlocal seen, since
        count = sum(collector.figures("postmeter_fold_checkpoint_duration_seconds_count").values())
        if count != seen:
            seen, since = count, time.monotonic()
        return time.monotonic() - since > 2.5

    wait_for("the last checkpoint", is_settled, pause=0.25)


class Outage:
    """A receiver that is away while the collector is killed, comes back, and is drained to between more kills."""

    def __init__(self, folder, rounds: int, kills_while_draining: int):
        self.hostile = Hostile(behaviours.accept)
        self.hostile.close()
        collector = Collector(folder, configured({"endpoint": self.hostile.url})).start()
        self.kills: list[float] = []
        self.expected = {"traces": 0, "logs": 0}
        try:
            base: dict = {}
            for round in range(rounds):
                totals = fill(folder, collector, seed=100 + round, base=base)
                base = on_disk(collector)
                for signal, count in expected_records(totals, totals["http"]["requests"]).items():
                    self.expected[signal] += count
                self._kill(collector)
            self.hostile.default = slowly(0.05)
            self.hostile.listen()
            for _ in range(kills_while_draining):
                seen = len(self.hostile.ledger.entries)
                wait_for("more of the spool", lambda: len(self.hostile.ledger.entries) > seen + 2, seconds=90)
                self._kill(collector)
            self.hostile.default = behaviours.accept
            wait_for("an empty spool", lambda: not any(on_disk(collector).values()), seconds=120, pause=0.5)
            wait_until_empty("what was not delivered", self._missing, seconds=30)
            self.lost = counted(collector, "lost")
        finally:
            collector.process.stop()
            self.hostile.close()

    def _kill(self, collector: Collector) -> None:
        self.kills.append(time.time())
        collector.process.kill()
        collector.start()
        # Readiness is of what takes webhooks; scrapes may be answered a moment later.
        wait_for("the scrape port", lambda: socket.socket().connect_ex(("127.0.0.1", collector.scrape)) == 0)

    def _missing(self) -> dict:
        left = {
            signal: count - len(self.hostile.ledger.records(PATHS[signal])) for signal, count in self.expected.items()
        }
        return {signal: count for signal, count in left.items() if count > 0}


@pytest.fixture(scope="module")
def outage(tmp_path_factory):
    return Outage(tmp_path_factory.mktemp("outage"), rounds=2, kills_while_draining=2)


def look(outage: Outage) -> None:
    assert outage.hostile.errors == []
    assert not any(outage.lost.values())
    for path in PATHS.values():
        unjustified = [
            entry
            for entries in outage.hostile.ledger.deliveries(path).values()
            for entry in entries[:-1]
            # An answer that was under way when the sender was killed was lost to it.
            if not any(entry.began - 1 <= kill <= entry.ended + 1 for kill in outage.kills)
        ]
        assert [(path, entry.behaviour, entry.began) for entry in unjustified[:5]] == []


def test_everything_on_disk_survives_and_arrives(outage):
    """At least once, and twice only what was under way at the moment of a kill."""
    look(outage)


def test_points_arrive_in_order(outage):
    """A receiver refuses older points after newer ones."""
    times = [
        max(point.time_unix_nano for _, point in points(entry.message))
        for entry in outage.hostile.ledger.of("/v1/metrics")
        if entry.is_delivered
    ]
    assert len(times) > 3
    backward = [(left, right) for left, right in zip(times, times[1:]) if right < left]
    assert backward == []


def test_what_is_refused_for_good_does_not_stand_in_the_way(tmp_path):
    """A final answer drops the request, counts it, and what is behind it follows."""
    hostile = Hostile(behaviours.accept)
    hostile.close()
    collector = Collector(tmp_path, configured({"endpoint": hostile.url})).start()
    try:
        totals = fill(tmp_path, collector, seed=71, base={})
        for signal in ["traces", "logs"]:
            hostile.script[PATHS[signal]] += [behaviours.refuse(400)]
        hostile.listen()
        wait_for("an empty spool", lambda: not any(on_disk(collector).values()), seconds=60, pause=0.2)
        wait_until_empty("what differs from the totals", lambda: sums_differ(hostile, totals), seconds=30)
        lost = counted(collector, "lost")
        for signal in ["traces", "logs"]:
            expected = hostile.ledger.expected_losses(PATHS[signal])
            assert expected > 0 and lost[signal] == expected
    finally:
        collector.process.stop()
        hostile.close()
    assert hostile.errors == []


@pytest.mark.long
def test_many_kills(tmp_path):
    """Minutes of outage with kill after kill; SPOOL_ROUNDS says how many."""
    look(Outage(tmp_path, rounds=ROUNDS, kills_while_draining=ROUNDS))
