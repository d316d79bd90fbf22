"""A trace of the system calls: for each 200 there is an fdatasync that began after its write and ended before it."""

import shutil

import pytest

from peers.balance import balance
from peers.collector import Collector, configuration
from peers.load import Load
from peers.power_cut import NEVER, power_cut
from peers.system_calls import order, start_traced, wait_traced

# Ids as Load gives them; they stand in the head of the request, and in the record of the journal.
IDENTIFIER = r"msg_(?:traced|long)x[0-9a-f]+x\d+x"


def traced(folder, request, preload: dict | None = None, small: int = 120, large: int = 2):
    """Sends webhooks to a collector under strace: its order, and the loads."""
    assert shutil.which("strace"), "strace is missing: make install-test"
    tree = configuration({"resend": "resend"})
    # Every byte of a new segment is in the trace.
    tree["journal"] = {"segment_bytes": 4 << 20}
    collector = Collector(folder, tree)
    request.addfinalizer(lambda: collector.process and collector.process.kill())
    trace = folder / "trace"
    start_traced(collector, trace, preload)
    # The body of a long one is not copied, so another call writes it.
    loads = [
        Load(collector, "traced", senders=8, limit=small).join(),
        Load(collector, "long", senders=2, limit=large, bytes=300_000).join(),
    ]
    assert [load.statuses for load in loads] == [{200: small}, {200: large}]
    expected = {"traced": {"sent": small}, "long": {"sent": large}}
    even = balance(collector, expected, small + large)
    assert collector.process.stop(60) == 0
    wait_traced(collector, trace)
    found = order(trace, IDENTIFIER)
    print(f"{found}; {even}")
    assert found.answers == small + large
    return found, even


def test_each_answer_comes_after_the_sync_of_its_webhook(tmp_path, request):
    found, even = traced(tmp_path, request)
    assert found.wrong == []
    assert found.syncs > 0
    even.assert_even()


@pytest.mark.long
def test_each_answer_comes_after_its_sync_under_load(tmp_path, request):
    found, even = traced(tmp_path, request, small=2_000, large=10)
    assert found.wrong == []
    even.assert_even()


@pytest.mark.parametrize(
    "plant",
    [
        # No sync is made at all.
        {"lies": NEVER},
        # It is made, 20 ms after the answer.
        {"late": 20_000},
    ],
    ids=["no-sync", "acknowledge-before-sync"],
)
def test_an_answer_before_its_sync_would_be_seen(tmp_path, request, plant):
    found, _ = traced(tmp_path, request, power_cut(holds=False, delay=0, **plant), small=40, large=1)
    assert len(found.wrong) > found.answers / 2
