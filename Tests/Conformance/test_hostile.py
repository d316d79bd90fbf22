"""A receiver that does everything wrong that a receiver can: nothing is lost without being counted, and nothing comes
twice but what was sent again because its answer was lost.
"""

import collections

import pytest

from peers import behaviours
from peers.behaviours import refuse, throttle, throttle_until, unavailable
from peers.collector import Collector
from peers.deliveries import (
    PATHS, configured, counted, delivered, expected_records, simulate, wait_for_sums, wait_until_empty,
)
from peers.hostile import Hostile
from peers.ledger import Verdict
from peers.processes import wait_for

# Each is followed by an acceptance, so that the waits between the tries stay short.
PARADE = [
    unavailable(503),
    behaviours.accept_with_a_warning,
    behaviours.reset_before_reading,
    throttle(1),
    behaviours.accept_all_but_one,
    behaviours.reset_within_the_request,
    refuse(400),
    behaviours.reset_after_reading,
    behaviours.accept_with_garbage,
    behaviours.hang_without_reading,
    behaviours.reset_within_the_answer,
    throttle_until(2),
    behaviours.answer_ten_gigabytes,
    behaviours.hang_after_reading,
    unavailable(502),
    behaviours.unavailable_with_a_page_that_cannot_be_unpacked,
    behaviours.answer_with_endless_fields,
    behaviours.unavailable_with_a_page_in_broken_chunks,
    behaviours.accept_in_html,
    unavailable(504),
    behaviours.unavailable_with_a_page_without_end,
    behaviours.answer_with_a_bomb,
    behaviours.accept_after_a_slow_read,
    refuse(500),
    behaviours.answer_in_another_protocol,
    behaviours.refuse_before_reading,
    behaviours.accept_as_http_1_0,
    refuse(301),
]


class Parade:
    """A collector that has been through all of it; what is left to look at."""

    def __init__(self, folder):
        self.hostile = Hostile(behaviours.accept)
        for script in self.hostile.script.values():
            for behaviour in PARADE:
                script += [behaviour, behaviours.accept]
        self.collector = Collector(folder, configured({"endpoint": self.hostile.url}))
        self.collector.start()
        try:
            # Requests go out as long as there is something to send, so there must be for all of the parade.
            run = simulate(folder, self.collector, seconds=600, seed=31)
            wait_for("the end of the parade", self.hostile.is_through, seconds=120, pause=0.5)
            self.totals = run.stop()
            self.collector.wait_folded()
            self.expected = expected_records(self.totals, self.totals["http"]["requests"])
            self._wait_until_quiet()
            wait_for_sums(self.hostile, self.totals)
            self.lost = counted(self.collector, "lost")
            self.rejected = counted(self.collector, "items", outcome="rejected")
            self.retries = counted(self.collector, "retries")
            self.peak_memory = self.collector.process.peak_memory()
            self.losses = self.collector.figures("postmeter_export_lost_total")
        finally:
            self.collector.process.stop()
            self.hostile.close()

    def _wait_until_quiet(self) -> None:
        """Waits until each record was delivered or counted as lost."""

        def missing() -> dict:
            lost, got = counted(self.collector, "lost"), delivered(self.hostile)
            unread = collections.Counter(
                {
                    signal: sum(entry.items for entry in self.hostile.ledger.of(path) if entry.verdict is Verdict.UNREADABLE)
                    for signal, path in PATHS.items()
                }
            )
            left = {signal: self.expected[signal] - got[signal] - lost[signal] + unread[signal] for signal in got}
            return {signal: count for signal, count in left.items() if count > 0}

        wait_until_empty("what was neither delivered nor counted as lost", missing, seconds=60)


@pytest.fixture(scope="module")
def parade(tmp_path_factory):
    return Parade(tmp_path_factory.mktemp("parade"))


@pytest.mark.parametrize("signal", ["traces", "logs", "metrics"])
def test_all_of_the_parade_took_place(parade, signal):
    seen = collections.Counter(entry.behaviour for entry in parade.hostile.ledger.of(PATHS[signal]))
    assert {behaviour.name for behaviour in PARADE} - set(seen) == set()
    assert parade.hostile.errors == []


@pytest.mark.parametrize("signal", ["traces", "logs"])
def test_nothing_came_twice_but_what_was_not_answered(parade, signal):
    assert parade.hostile.ledger.unjustified_repeats(PATHS[signal])[:5] == []


@pytest.mark.parametrize("signal", ["traces", "logs"])
def test_what_was_not_delivered_is_counted_as_lost(parade, signal):
    """To the record: exactly what a final answer was given to is lost, and no more."""
    ledger = parade.hostile.ledger
    assert parade.lost[signal] == ledger.expected_losses(PATHS[signal]), parade.losses


def test_what_was_refused_is_all_that_is_missing(parade):
    missing = {signal: parade.expected[signal] - count for signal, count in delivered(parade.hostile).items()}
    for signal, count in missing.items():
        refused = sum(
            sum(signal == "traces" or record.event_name.startswith("email.") for record in entry.records)
            for entry in parade.hostile.ledger.of(PATHS[signal])
            if entry.verdict is Verdict.REFUSED
        )
        assert count == refused, signal
        assert count > 0, f"nothing was refused of {signal}"


def test_losses_have_the_reason_of_their_answer(parade):
    expected: collections.Counter = collections.Counter()
    reasons = {"answer in another protocol": "invalid_response"}
    for signal in ["traces", "logs"]:
        for entry in parade.hostile.ledger.of(PATHS[signal]):
            if entry.verdict is Verdict.REFUSED:
                expected[signal, "refused"] += entry.items
            elif entry.verdict is Verdict.UNREADABLE:
                expected[signal, reasons.get(entry.behaviour, "response_too_large")] += entry.items
    seen = {
        (dict(pairs)["signal"], dict(pairs)["reason"]): int(value)
        for pairs, value in parade.losses.items()
        if value and dict(pairs)["signal"] != "metrics"
    }
    assert seen == dict(expected)


@pytest.mark.parametrize("signal", ["traces", "logs"])
def test_a_partial_success_is_counted_and_not_sent_again(parade, signal):
    name = behaviours.accept_all_but_one.name
    times = sum(entry.behaviour == name for entry in parade.hostile.ledger.of(PATHS[signal]))
    assert times == 1
    assert parade.rejected[signal] == times


@pytest.mark.parametrize("signal", ["traces", "logs", "metrics"])
def test_a_receiver_that_names_a_time_is_left_alone_until_then(parade, signal):
    entries = parade.hostile.ledger.of(PATHS[signal])
    waits = [
        later.began - entry.ended
        for entry, later in zip(entries, entries[1:])
        if entry.behaviour == "status 429"
    ]
    assert len(waits) == 2
    # The first asks for a second; the other names a date of whole seconds, of the second after the next.
    assert waits[0] >= 0.99 and waits[1] >= 0.9, waits


def test_memory_stays_within_bounds(parade):
    """Floods of gigabytes are cut off early, and bombs before they go off."""
    flooded = [entry for entry in parade.hostile.ledger.entries if entry.verdict is Verdict.UNREADABLE]
    assert len(flooded) == 4 * len(PATHS)
    assert parade.peak_memory < 256 << 20, parade.peak_memory


def test_a_receiver_that_is_gone_for_a_while_gets_everything(tmp_path):
    """Connections are refused, and then the receiver is back at the same address."""
    hostile = Hostile(behaviours.accept)
    collector = Collector(tmp_path, configured({"endpoint": hostile.url}))
    collector.start()
    try:
        hostile.close()
        totals = simulate(tmp_path, collector, seconds=3, seed=32).totals()
        collector.wait_folded()
        assert hostile.ledger.entries == [] or totals
        hostile.listen()
        expected = expected_records(totals, totals["http"]["requests"])
        wait_for("all records", lambda: delivered(hostile) == expected, seconds=60, pause=0.5)
        wait_for_sums(hostile, totals)
        assert hostile.ledger.unjustified_repeats("/v1/traces") == []
        assert not any(counted(collector, "lost")[signal] for signal in ["traces", "logs"])
    finally:
        collector.process.stop()
        hostile.close()
    assert hostile.errors == []
