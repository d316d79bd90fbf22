"""A disk that refuses, is full, is slow or hangs: no 2xx for what is not on it, and nothing else is lost."""

import errno
import pathlib
import resource
import sys
import time

import pytest

from peers.balance import balance
from peers.collector import Collector, configuration
from peers.load import Load
from peers.power_cut import JOURNAL, DiskFault, power_cut
from peers.processes import Process, wait_for

SLOW_CLIENTS = pathlib.Path(__file__).parent / "peers" / "slow_clients.py"
DATABASE = "postmeter.db"
CODES = {"EIO": errno.EIO, "ENOSPC": errno.ENOSPC}
# What `make test` looks at of all that may go wrong.
LIKELY = [("write", "ENOSPC"), ("sync", "EIO")]


@pytest.fixture
def collector(tmp_path, request):
    tree = configuration({"resend": "resend"})
    # Small segments, which are soon made.
    tree["journal"] = {"segment_bytes": 4 << 20}
    made = Collector(tmp_path, tree)
    request.addfinalizer(lambda: made.process and made.process.kill())
    return made


def milliseconds(answers: list) -> str:
    times = sorted(answer.seconds for answer in answers) or [0.0]
    return f"p50 {times[len(times) // 2] * 1000:.0f} ms, p99 {times[len(times) * 99 // 100] * 1000:.0f} ms"


def segments(collector: Collector):
    """The segments of the journal, those made ahead included."""
    return (collector.folder / "data" / "journal").glob("journal-*.seg")


def meet(collector: Collector, fault: DiskFault) -> None:
    """Sends webhooks while a disk fails call by call, and then cuts its power."""
    collector.start(fault.environment)
    load = Load(collector, "triage", senders=4)
    try:
        wait_for("webhooks", lambda: load.acknowledged > 20)
        # What is written from here on is webhooks, and segments only for those that failed.
        wait_for("segments", lambda: len(list(segments(collector))) >= 3)
        fault.arm()
        wait_for(f"{len(fault.at)} failures", lambda: fault.failures == len(fault.at), 60)
        before = load.acknowledged
        wait_for("acceptance", lambda: load.acknowledged > before + 8, 30)
    finally:
        load.stop()
    assert set(load.statuses) <= {200, 503}, load.statuses
    refused = len(load.refusals())
    what = f"{fault}: {refused} refused"
    # As long as it runs, what was refused is in no figure.
    balance(collector, {"triage": {"sent": load.acknowledged}}, load.acknowledged).assert_even(what)
    if fault.path == JOURNAL:
        assert refused > 0
    else:
        # A checkpoint is tried again; senders hear nothing of it.
        assert refused == 0
    collector.process.kill()
    collector.start()
    # Nor is it after a power cut.
    balance(collector, {"triage": {"sent": load.acknowledged}}, load.acknowledged).assert_even(f"{what}, after a cut")
    assert sum(collector.figures("postmeter_database_damage_total").values()) == 0
    assert collector.process.stop() == 0


@pytest.mark.parametrize(["call", "code"], LIKELY)
def test_a_journal_whose_disk_fails_now_and_then_loses_nothing(tmp_path, collector, call, code):
    meet(collector, DiskFault(tmp_path, call, CODES[code], [1, 2, 5, 11, 24]))


@pytest.mark.parametrize(["call", "code"], LIKELY)
def test_a_checkpoint_that_the_disk_refuses_is_written_again(tmp_path, collector, call, code):
    meet(collector, DiskFault(tmp_path, call, CODES[code], [1, 2, 4], DATABASE))


@pytest.mark.long
@pytest.mark.parametrize("number", [*range(1, 9), 12])
@pytest.mark.parametrize("path", [JOURNAL, DATABASE], ids=["journal", "database"])
@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("call", ["write", "sync"])
def test_any_one_failure_of_the_disk_loses_nothing(tmp_path, collector, call, code, path, number):
    meet(collector, DiskFault(tmp_path, call, CODES[code], [number], path))


@pytest.mark.parametrize("call", ["write", "sync"])
def test_a_collector_that_took_no_notice_of_failures_would_be_seen(tmp_path, collector, call):
    """The planted fault: the calls fail, and what makes them is told that they did not."""
    fault = DiskFault(tmp_path, call, 0, [3, 5, 11])
    collector.start(fault.environment)
    load = Load(collector, "triage", senders=4)
    wait_for("webhooks", lambda: load.acknowledged > 20)
    fault.arm()
    wait_for("failures", lambda: fault.failures == 3, 60)
    time.sleep(0.2)
    collector.process.kill()
    load.stop()
    collector.start()
    found = balance(collector, {"triage": {"sent": load.acknowledged}}, load.acknowledged)
    print(f"{fault}: {found}")
    assert found.lost > 0
    assert collector.process.stop() == 0


def test_a_disk_that_takes_50_ms_loses_nothing(collector):
    collector.start(power_cut(delay=50_000))
    load = Load(collector, "triage", senders=32)
    wait_for("webhooks", lambda: load.acknowledged >= 600, 60)
    memory = collector.process.peak_memory()
    collector.process.kill()
    load.stop()
    accepted = [answer for answer in load.answers if answer.status == 200]
    print(f"a sync takes 50 ms: {milliseconds(accepted)}, {memory >> 20} MiB")
    assert set(load.statuses) <= {0, 200}, load.statuses
    collector.start()
    found = balance(collector, {"triage": {"sent": load.acknowledged}}, load.acknowledged)
    print(f"{found}, {load.statuses.get(0, 0)} without an answer")
    # What was under way at the power cut may be there and may be not.
    assert found.lost == 0 and found.excess <= load.statuses.get(0, 0)
    assert memory < 300 << 20
    assert collector.process.stop() == 0


# What waits for the disk may take 16 MiB: so many of these bodies.
BODY = 200_000
ROOM = (16 << 20) // BODY


def test_a_hanging_disk_refuses_what_finds_no_room_before_it_goes_on(tmp_path, collector):
    """Twice as many webhooks at once as may wait: those too many are refused while the disk still hangs."""
    gate = tmp_path / "gate"
    collector.start(power_cut(delay=0, gate=gate))
    warm = Load(collector, "triage", senders=1, limit=3).join()
    assert warm.statuses == {200: 3}
    gate.touch()
    used = collector.process.cpu_seconds()
    load = Load(collector, "triage", senders=4 * ROOM, limit=4 * ROOM, bytes=BODY)
    # One group is being written, another waits, and both count.
    wait_for("refusals", lambda: load.statuses.get(503, 0) >= 2 * ROOM, 25)
    assert load.acknowledged == 0
    # A scrape needs no disk.
    assert collector.get_metrics()
    used = collector.process.cpu_seconds() - used
    opened = time.monotonic()
    gate.unlink()
    load.join()
    refused = load.refusals()
    early = [answer for answer in refused if answer.ended < opened]
    print(
        f"{len(refused)} refused, {len(early)} of them while the disk hung: {milliseconds(early)}; all until then took "
        f"{used / (4 * ROOM) * 1e6:.0f} us of a processor each"
    )
    assert load.statuses == {200: load.acknowledged, 503: len(refused)}
    assert len(early) >= 2 * ROOM
    assert load.acknowledged >= ROOM / 2
    # The next one is taken at once.
    after = Load(collector, "triage", senders=1, limit=1).join()
    assert after.statuses == {200: 1}
    count = load.acknowledged + 4
    collector.process.kill()
    collector.start()
    balance(collector, {"triage": {"sent": count}}, count).assert_even("a hanging disk")
    assert collector.process.stop() == 0


@pytest.mark.parametrize("delay", [pytest.param(50, marks=pytest.mark.long), 500])
def test_twice_what_it_can_take_is_refused_early_and_recovers_at_once(collector, delay):
    collector.start(power_cut(delay=delay * 1000))
    load = Load(collector, "triage", senders=2 * ROOM, bytes=BODY)
    try:
        wait_for("webhooks", lambda: load.acknowledged >= 2 * ROOM and len(load.answers) >= 4 * ROOM, 60)
    finally:
        load.stop()
    after = Load(collector, "triage", senders=1, limit=1).join()
    refused = load.refusals()
    accepted = [answer for answer in load.answers if answer.status == 200]
    memory = collector.process.peak_memory()
    print(
        f"a sync takes {delay} ms: {len(accepted)} accepted ({milliseconds(accepted)}), "
        f"{len(refused)} refused ({milliseconds(refused)}), {memory >> 20} MiB"
    )
    assert after.statuses == {200: 1}
    assert set(load.statuses) <= {200, 503}, load.statuses
    assert memory < 400 << 20
    count = load.acknowledged + 1
    collector.process.kill()
    collector.start()
    balance(collector, {"triage": {"sent": count}}, count).assert_even(f"{delay} ms")
    assert collector.process.stop() == 0


def test_thousands_of_idle_and_slow_senders_keep_nobody_from_an_answer(tmp_path, collector):
    """5,000 connections to the intake that say nothing, or a byte a second; scrapes and webhooks beside them."""
    count = 5_000
    if resource.getrlimit(resource.RLIMIT_NOFILE)[1] < count + 1_000:
        pytest.skip(f"{count} connections need a higher limit of open files: ulimit -n")
    collector.start()
    clients = Process(
        [sys.executable, SLOW_CLIENTS, collector.ingest, count, "silent", "dribble"], tmp_path / "slow.log"
    )
    try:
        wait_for("slow senders", lambda: "holding" in clients.tail(), seconds=60)
        seconds = []
        for _ in range(10):
            start = time.monotonic()
            assert collector.get_metrics()
            seconds.append(time.monotonic() - start)
        load = Load(collector, "triage", senders=4, limit=100).join()
    finally:
        clients.kill()
    print(
        f"{count} slow senders: scrapes median {sorted(seconds)[5] * 1000:.0f} ms, longest "
        f"{max(seconds) * 1000:.0f} ms; webhooks {milliseconds(load.answers)}; "
        f"{collector.process.peak_memory() >> 20} MiB"
    )
    # A scrape has ten seconds by default.
    assert max(seconds) < 10
    assert load.statuses == {200: 100}
    balance(collector, {"triage": {"sent": 100}}, 100).assert_even("slow senders")
    assert collector.process.stop(60) == 0
