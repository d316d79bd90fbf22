"""kill -9 and simulated power cuts at any moment: nothing acknowledged is lost, nothing is counted twice.

The simulator keeps at least 64 requests in flight and sends what is not acknowledged again under the same id, so
when it ends every webhook was acknowledged, and the figures must be its totals: a lost acknowledged event would be
missing, one counted twice would be too much. (It sends no repeats of what was acknowledged, which could hide a
loss.) Meanwhile a scraper looks at `/metrics` all the time.
"""

import os
import random
import threading
import time

import pytest
import urllib3

from peers import exposition
from peers.balance import balance
from peers.collector import Collector, configuration
from peers.power_cut import EVERYTHING, power_cut
from peers.processes import wait_for
from peers.simulator import Simulation, difference

ROUNDS = int(os.environ.get("KILL_ROUNDS", "20"))
LONG_ROUNDS = int(os.environ.get("KILL_ROUNDS", "200"))
SEED = int(os.environ.get("KILL_SEED", str(random.SystemRandom().randrange(1 << 32))))
IN_FLIGHT = 96

DURABLE = (
    "email_events_total", "email_bounces_total", "email_webhook_events_total", "email_dead_letters_total",
    "email_delivery_duration_seconds_bucket", "email_delivery_duration_seconds_count",
    "email_delivery_duration_seconds_sum", "email_webhook_lag_seconds_count", "email_webhook_lag_seconds_bucket",
)


class Scraper(threading.Thread):
    """Scrapes without a pause and remembers whatever a durable counter did that it must not."""

    def __init__(self, collector: Collector):
        super().__init__(daemon=True)
        self.collector = collector
        self.highest: dict = {}
        self.families: set = set()
        self.instances: set = set()
        self.problems: list[str] = []
        self.scrapes = self.without_durable = 0
        self.ended = threading.Event()

    def run(self) -> None:
        while not self.ended.is_set():
            try:
                text = self.collector.get_metrics().decode()
            except (urllib3.exceptions.HTTPError, OSError):
                time.sleep(0.02)
                continue
            except AssertionError as error:
                self.problems.append(str(error))
                continue
            self.look(exposition.parse(text))
            time.sleep(0.02)

    def look(self, read) -> None:
        self.scrapes += 1
        self.problems += [f"scrape {self.scrapes}: {error}" for error in read.errors[:3]]
        durable = {key: value for key, value in read.samples.items() if key[0] in DURABLE}
        self.instances |= {
            dict(pairs).get("service_instance_id") for name, pairs in read.samples if name == "target_info"
        }
        present = {name for name, _ in durable}
        if not present:
            self.without_durable += 1
        for key, value in durable.items():
            if value < self.highest.get(key, 0):
                self.problems.append(f"scrape {self.scrapes}: {key} fell from {self.highest[key]} to {value}")
            self.highest[key] = value
        # A family is shown with all that it has, or, while the fold catches up, not at all.
        for key in self.highest:
            if key[0] in present and key not in durable:
                self.problems.append(f"scrape {self.scrapes}: {key} is gone")

    def stop(self) -> None:
        self.ended.set()
        self.join(30)


def established(port: int) -> int:
    """Connections of clients to a port of the loopback address."""
    count = 0
    with open("/proc/net/tcp") as table:
        for line in list(table)[1:]:
            fields = line.split()
            if fields[3] == "01" and int(fields[1].split(":")[1], 16) == port:
                count += 1
    return count


def cut_or_not(number: int, seed: int, cuts: set) -> dict | None:
    """What a round's collector is preloaded with.

    Of the power cuts every other one takes what is unsynced of all files, and of those some writes are on disk in
    part.
    """
    if number not in cuts:
        return None
    if number % 2:
        return power_cut()
    return power_cut(path=EVERYTHING, early=30, seed=seed + number)


def kill_again_and_again(folder, rounds: int) -> None:
    """Kills a collector under load, round by round, and holds its figures against the simulator's totals."""
    print(f"KILL_SEED={SEED} KILL_ROUNDS={rounds}")
    chance = random.Random(SEED)
    cuts = set(chance.sample(range(rounds), max(2, rounds // 3)))
    tree = configuration({"resend": "resend"})
    # Small segments, so that rounds also end while segments change and old ones go.
    tree["journal"] = {"segment_bytes": 4 << 20, "retain_bytes": 8 << 20}
    collector = Collector(folder, tree)
    collector.start(cut_or_not(0, SEED, cuts))
    scraper = Scraper(collector)
    simulation = Simulation(
        folder, collector.hook("resend"), agents=40, rate=0, duration=100_000, concurrency=IN_FLIGHT, repeats=0,
        seed=SEED, patience=300,
    )
    in_flight = []
    early = 0
    try:
        scraper.start()
        for number in range(rounds):
            target = collector.ingest
            wait_for("requests in flight", lambda: established(target) >= 64, 120, 0.01)
            # Some rounds end before the fold has caught up with what the last one left.
            if chance.random() < 0.25:
                time.sleep(chance.uniform(0.0, 0.1))
            else:
                collector.wait_ready()
                time.sleep(chance.uniform(0.1, 0.8))
            early += collector.readiness()[0] != 200
            in_flight.append(established(target))
            assert simulation.process.is_running, simulation.process.tail()
            collector.process.kill()
            last = number + 1 == rounds
            collector.start(None if last else cut_or_not(number + 1, SEED, cuts), ready=False)
        collector.wait_ready(60)
        totals = simulation.stop()
        even = balance(collector, totals["events"], totals["acknowledged"])
        time.sleep(0.2)
        scraper.stop()
        dead = sum(collector.figures("email_dead_letters_total").values())
        damage = sum(collector.figures("postmeter_database_damage_total").values())
        durations = sum(collector.figures("email_delivery_duration_seconds_count").values())
        assert collector.process.stop() == 0
    finally:
        scraper.ended.set()
        simulation.process.kill()
        collector.process.kill()
    report = (
        f"{rounds} kills, {len(cuts)} of them power cuts, {totals['http']['retries']} retries, "
        f"in flight at the kills: {min(in_flight)} to {max(in_flight)}, {early} kills while catching up, "
        f"{scraper.scrapes} scrapes, {scraper.without_durable} of them without durable families"
    )
    print(report)
    even.assert_even(f"{rounds} kills")
    assert min(in_flight) >= 64, report
    assert scraper.problems[:10] == [], f"{len(scraper.problems)} problems; {report}"
    # What had been acknowledged and was asked again was a duplicate; nothing was unreadable.
    assert even.folded == totals["acknowledged"] - totals["others"], report
    assert dead == 0 and damage == 0
    assert int(durations) == totals["delivery_durations"], report
    assert len(scraper.instances) == 1, scraper.instances
    assert scraper.scrapes > rounds


def test_kill_9_loses_nothing_and_counts_nothing_twice(tmp_path):
    kill_again_and_again(tmp_path, ROUNDS)


@pytest.mark.long
def test_hundreds_of_kills_lose_nothing_and_count_nothing_twice(tmp_path):
    kill_again_and_again(tmp_path, LONG_ROUNDS)


def test_a_torn_end_of_the_journal_does_not_keep_it_from_starting(tmp_path, request):
    """What a power cut leaves of a group that was never acknowledged: half a record, or rubbish behind it."""
    collector = Collector(tmp_path, configuration({"resend": "resend"}))
    request.addfinalizer(lambda: collector.process.kill())
    collector.start()
    simulation = Simulation(tmp_path, collector.hook("resend"), agents=5, rate=0, duration=5, repeats=0, seed=3)
    totals = simulation.totals()
    collector.wait_folded()
    collector.process.kill()
    segments = sorted((tmp_path / "data").rglob("journal-*.seg"), key=lambda path: path.name)
    with open(segments[-1], "r+b") as segment:
        data = segment.read()
        end = len(data.rstrip(b"\0"))
        segment.seek(end + 8)
        segment.write(bytes(range(1, 200)))
    collector.start()
    collector.wait_folded()
    assert difference(collector.events(), totals["events"]) == {}
    more = Simulation(tmp_path, collector.hook("resend"), agents=5, rate=0, duration=5, repeats=0, seed=4)
    acknowledged = more.totals()["acknowledged"]
    collector.wait_folded()
    counted = collector.figures("email_webhook_events_total", email_outcome="counted")
    others = totals["others"] + more.totals()["others"]
    assert sum(counted.values()) == totals["acknowledged"] + acknowledged - others
    collector.process.stop()
