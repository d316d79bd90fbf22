"""Inbound mail with its attachments: on disk before it is answered, one copy of it in memory, and in nobody's way."""

import concurrent.futures
import json
import secrets
import socket

import pytest
import urllib3

from peers.collector import Collector, configuration, http

MIB = 1 << 20
USER = "postmark:correct-horse"
HEADERS = {"Content-Type": "application/json", **urllib3.make_headers(basic_auth=USER)}
# Of base64 text in one attachment; the mail around it is short.
ATTACHMENT = 30 * MIB
# For what a listener holds of long bodies at once; one more is answered 503.
BUDGET = 160 * MIB


def mail(agent: str, attachment: int = 0) -> bytes:
    """An inbound mail as Postmark posts it."""
    attachments = []
    if attachment:
        text = secrets.token_hex(1_024)
        content = (text * (attachment // len(text) + 1))[:attachment]
        attachments = [
            {"Name": "scan.pdf", "Content": content, "ContentType": "application/pdf", "ContentLength": attachment}
        ]
    return json.dumps(
        {
            "From": "someone@example.com",
            "MessageStream": "inbound",
            "FromFull": {"Email": "someone@example.com", "Name": "", "MailboxHash": ""},
            "To": f"{agent}@support.example",
            "ToFull": [{"Email": f"{agent}@support.example", "Name": "", "MailboxHash": ""}],
            "CcFull": [],
            "BccFull": [],
            "OriginalRecipient": f"{agent}@support.example",
            "Subject": "The scan",
            "MessageID": secrets.token_hex(16),
            "MailboxHash": "",
            "TextBody": "Here it is.\n",
            "Headers": [{"Name": "Message-ID", "Value": f"<{secrets.token_hex(8)}@example.com>"}],
            "Attachments": attachments,
        }
    ).encode()


@pytest.fixture
def collector(tmp_path):
    running = Collector(tmp_path, configuration({"postmark": "postmark"}), env={"ENDPOINT_SECRET": USER})
    running.start()
    yield running
    if running.process.is_running:
        running.process.kill()


def post(collector: Collector, body: bytes) -> int:
    return http.request("POST", collector.hook("postmark"), body=body, headers=HEADERS, timeout=60).status


def counted(collector: Collector) -> dict:
    collector.wait_folded()
    figures = collector.figures("email_webhook_events_total")
    outcomes = {dict(pairs)["email_outcome"]: 0 for pairs in figures}
    for pairs, value in figures.items():
        outcomes[dict(pairs)["email_outcome"]] += int(value)
    return {outcome: count for outcome, count in outcomes.items() if count}


def test_a_mail_with_its_attachments_is_on_disk_when_it_is_answered_and_is_counted(collector):
    """Killed right after the answer, the collector finds the whole mail in its journal, and counts it once."""
    body = mail("agent-1", ATTACHMENT)
    assert post(collector, body) == 200
    collector.process.kill()
    collector.start()
    assert counted(collector) == {"counted": 1}
    assert collector.events() == {"agent-1": {"received": 1}}
    assert collector.process.stop() == 0


def test_one_copy_of_a_body_is_held_while_it_is_taken(collector):
    """The most memory grows by the body, what the fold reads and parses of it, and a margin: no further copy.

    While it is taken there is one body, of 30 MiB; when the fold has it, the listener has let go of it, and there
    are the record that was read and the parser's own index, which is no larger than the record and a quarter.
    """
    for _ in range(50):
        assert post(collector, mail("agent-2")) == 200
    assert counted(collector) == {"counted": 50}
    before = collector.process.peak_memory()
    for _ in range(4):
        assert post(collector, mail("agent-2", ATTACHMENT)) == 200
        collector.wait_folded()
    grown = collector.process.peak_memory() - before
    # The body of the next may come while the fold has the one before.
    assert grown <= 3.25 * ATTACHMENT + 16 * MIB, f"{grown / MIB:.0f} MiB for bodies of {ATTACHMENT / MIB:.0f} MiB"
    assert counted(collector) == {"counted": 54}
    assert collector.process.stop() == 0


def test_large_bodies_at_once_are_bounded_and_short_ones_go_on_beside_them(collector):
    """Eight at once: each is taken or answered 503, all that was taken is counted, and nobody else waits for them."""
    large = [mail("agent-3", ATTACHMENT) for _ in range(8)]
    assert post(collector, mail("agent-4")) == 200
    before = collector.process.peak_memory()
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        posts = [pool.submit(post, collector, body) for body in large]
        short = 0
        while not all(future.done() for future in posts) or short < 100:
            assert post(collector, mail("agent-4")) == 200
            short += 1
        statuses = [future.result() for future in posts]
    assert set(statuses) <= {200, 503} and 200 in statuses, statuses
    taken = statuses.count(200)
    assert counted(collector) == {"counted": 1 + short + taken}
    assert collector.events() == {"agent-3": {"received": taken}, "agent-4": {"received": 1 + short}}
    refused = sum(collector.figures("email_webhook_requests_total", email_outcome="overloaded").values())
    assert refused == statuses.count(503)
    grown = collector.process.peak_memory() - before
    # What the listener takes at once, and what the fold has of one.
    assert grown <= BUDGET + 2.25 * ATTACHMENT + 32 * MIB, f"{grown / MIB:.0f} MiB"
    # Whoever was refused tries again.
    for body, status in zip(large, statuses):
        if status == 503:
            assert post(collector, body) == 200
    assert counted(collector) == {"counted": 9 + short}
    assert collector.events()["agent-3"] == {"received": 8}
    assert collector.process.stop() == 0


def test_a_body_over_the_limit_is_refused_before_it_is_sent(collector):
    """40 MiB are taken; what says that it is longer is answered at its head."""
    for length in [40 * MIB + 1, 1 << 62]:
        assert head_only(collector, length).startswith(b"HTTP/1.1 413 ")
    assert post(collector, mail("agent-5")) == 200
    assert collector.process.stop() == 0


def head_only(collector: Collector, length: int) -> bytes:
    """The answer to a head, of whose body nothing is sent."""
    with socket.create_connection(("127.0.0.1", collector.ingest), timeout=20) as peer:
        lines = ["POST /hooks/postmark HTTP/1.1", "Host: a", f"Content-Length: {length}"]
        lines += [f"{name}: {value}" for name, value in HEADERS.items()]
        peer.sendall("\r\n".join([*lines, "", ""]).encode())
        return peer.recv(65_536)
