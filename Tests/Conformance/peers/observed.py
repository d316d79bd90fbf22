"""A collector that has seen traffic, trouble and outages, under a Prometheus with all rules: what dashboards show.

Traffic comes in two runs. What the first brings is scraped at `before`; then come the second run, bad requests, and
an outage of one receiver; all is scraped at `after`, when it is quiet again. Then the receiver is back, and what had
been kept for it is scraped at `drained`.
"""

import dataclasses
import http.server
import json
import re
import threading

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import (
    ExportLogsPartialSuccess,
    ExportLogsServiceResponse,
)

from . import exposition
from .collector import Collector, configuration, with_counting
from .collector import http as client
from .dashboards import RULES
from .processes import wait_for
from .prometheus import Prometheus
from .service import Service
from .simulator import Simulation, add
from .sink import Sink
from .webhooks import resend_body, signed

AGENTS = [f"agent-{number:03}" for number in range(1, 13)]
ENDPOINTS = ["resend", "agentmail"]
# Requests of each run that are not accepted or cannot be decoded, by the outcome that counts them.
TROUBLE = {"unauthorized": 2, "unknown_endpoint": 1, "method_not_allowed": 3, "dead": 1}


class Receiver(Sink):
    """A receiver that can be away, and one that is picky: it takes no spans, and of log records all but one."""

    is_away = False
    is_picky = False

    def take(self, path: str, headers: dict, sent: bytes) -> tuple[int, bytes]:
        if self.is_away:
            return 503, b""
        status, answer = super().take(path, headers, sent)
        if self.is_picky and path == "/v1/traces":
            return 400, b""
        if self.is_picky and path == "/v1/logs":
            part = ExportLogsPartialSuccess(rejected_log_records=1, error_message="one too many")
            return 200, ExportLogsServiceResponse(partial_success=part).SerializeToString()
        return status, answer


class Replay:
    """The exposition of the example AgentService at the end of its six mails, served again and again.

    `factor` multiplies its counters and histograms: from one to two, everything that it did happens once more.
    """

    def __init__(self, folder):
        service = Service(folder, "AgentService")
        try:

            def done():
                text = service.get_metrics()
                samples = exposition.parse(text).samples.items()
                return sum(v for (name, _), v in samples if name == "email_conversations_total") == 6 and text

            self.text = wait_for("the fate of all mails", done)
            service.stop()
        finally:
            service.close()
        parsed = exposition.parse(self.text)
        self.samples = parsed.samples
        self.factor = 1
        replay = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                body = replay.scaled().encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/plain; version=0.0.4")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def scaled(self) -> str:
        lines, kind = [], ""
        for line in self.text.splitlines():
            if line.startswith("# TYPE"):
                kind = line.rsplit(" ", 1)[1]
            elif line and not line.startswith("#") and kind in ("counter", "histogram"):
                series, value = line.rsplit(" ", 1)
                line = f"{series} {float(value) * self.factor!r}"
            lines.append(line)
        return "\n".join(lines) + "\n"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@dataclasses.dataclass
class Observed:
    """The collector's figures around the scrapes, and what the simulator and the receivers know."""

    collector: Collector
    prometheus: Prometheus
    replay: Replay
    good: Receiver
    away: Receiver
    picky: Receiver
    first: dict = dataclasses.field(default_factory=dict)
    second: dict = dataclasses.field(default_factory=dict)
    # Times of scrapes of the collector by name, and of those of the replay.
    times: dict = dataclasses.field(default_factory=dict)
    replayed: dict = dataclasses.field(default_factory=dict)
    # The collector's own samples just before and just after each of these scrapes.
    samples: dict = dataclasses.field(default_factory=dict)
    requests: dict = dataclasses.field(default_factory=dict)

    def mark(self, name: str) -> None:
        """Notes a scrape that sees all of what is done by now, with the collector's samples on either side."""
        early = self.collector.samples()
        last = self.prometheus.last_scrape()
        self.times[name] = self.prometheus.last_scrape(self.prometheus.last_scrape(last))
        selector = 'timestamp(postmeter_build_info{job="agents"})'

        def replayed():
            result = self.prometheus.query(selector)
            return result and float(result[0]["value"][1]) > self.times[name] and float(result[0]["value"][1])

        self.replayed[name] = wait_for("a scrape of the replay", replayed)
        self.samples[name] = early, self.collector.samples()
        self.requests[name] = {
            target: list(receiver.requests)
            for target, receiver in (("good", self.good), ("away", self.away), ("picky", self.picky))
        }

    def window(self, begin: str = "before", end: str = "after") -> float:
        return round(self.times[end] - self.times[begin], 3)

    def gain(self, name: str, begin: str = "before", end: str = "after") -> dict:
        """The least and the most that each sample of a name can have gained between two scrapes."""
        earlier, later = self.samples[begin], self.samples[end]
        found = {}
        for (sample, labels), value in later[1].items():
            if sample == name:
                key = sample, labels
                least = later[0].get(key, 0) - earlier[1].get(key, 0)
                found[labels] = max(0.0, least), value - earlier[0].get(key, 0)
        return found

    def level(self, name: str, at: str = "after") -> dict:
        """The samples of a name just before and just after a scrape, the lower one first."""
        early, late = self.samples[at]
        return {
            labels: (min(early.get((sample, labels), value), value), max(early.get((sample, labels), value), value))
            for (sample, labels), value in late.items()
            if sample == name
        }


def traffic(collector: Collector, folder, seed: int) -> dict:
    runs = {
        endpoint: Simulation(
            folder, collector.hook(endpoint), provider=endpoint, domain=f"{endpoint}.example", seed=seed + place,
            agents=len(AGENTS), rate=100, duration=8, compress=12, bad_agent="agent-002", repeats=0.05,
        )
        for place, endpoint in enumerate(ENDPOINTS)
    }
    totals = {endpoint: run.totals() for endpoint, run in runs.items()}
    collector.wait_folded()
    return totals


def trouble(collector: Collector) -> None:
    """What a healthy fleet does not send, so that the panels of errors have something to show."""
    target = collector.hook("resend")
    junk = b'{"type":"email.sent"'
    assert client.request("POST", target, body=junk, headers=signed(junk)).status == 200
    body = json.dumps(resend_body()).encode()
    forged = {**signed(body), "webhook-signature": "v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}
    for _ in range(TROUBLE["unauthorized"]):
        assert client.request("POST", target, body=body, headers=forged).status == 401
    for _ in range(TROUBLE["method_not_allowed"]):
        assert client.request("PUT", target, body=body).status == 405
    assert client.request("POST", collector.hook("nobody"), body=body).status == 404


def settings(good: Receiver, away: Receiver, picky: Receiver) -> dict:
    tree = with_counting(configuration(
        {"resend": "resend", "agentmail": "agentmail"}, {"resend": ("resend.example", AGENTS)}
    ))
    quick = {"interval": "1s", "span_interval": "200ms", "log_interval": "200ms", "timeout": "2s"}
    tree["otlp"] = [
        {"name": "good", "endpoint": good.url, **quick},
        {"name": "away", "endpoint": away.url, **quick, "spool": {"byte_limit": "64MiB"}},
        {"name": "picky", "endpoint": picky.url, **quick, "spool": "off"},
    ]
    tree["logs"] = {"events": "all"}
    return tree


def quick_rules(folder) -> list[str]:
    """The rules, each group evaluated once a second and not at its own interval."""
    for file in RULES:
        (folder / file.name).write_text(re.sub(r"(?m)^    interval: .*\n", "", file.read_text()))
    return [str(folder / file.name) for file in RULES]


def observe(folder):
    """Yields what came of it all; the processes run until then."""
    good, away, picky = Receiver(), Receiver(), Receiver()
    picky.is_picky = True
    collector = Collector(folder, settings(good, away, picky))
    replay = Replay(folder)
    prometheus = None
    try:
        collector.start()
        prometheus = Prometheus(
            folder, collector.scrape, jobs={"agents": replay.port}, rules=quick_rules(folder)
        )
        prometheus.last_scrape()
        seen = Observed(collector, prometheus, replay, good, away, picky)
        trouble(collector)
        seen.first = traffic(collector, folder, seed=31)
        settle(seen)
        seen.mark("before")
        away.is_away = True
        replay.factor = 2
        trouble(collector)
        seen.second = traffic(collector, folder, seed=41)
        settle(seen)
        seen.mark("after")
        away.is_away = False
        # A lane tries again when its back-off ends, which may be as long as the outage was.
        held = lambda: sum(collector.figures("postmeter_spool_items").values())
        wait_for("the spool to be empty", lambda: held() == 0, 120)
        seen.mark("drained")
        yield seen
    finally:
        replay.close()
        problems = []
        for process in [prometheus and prometheus.process, collector.process]:
            if process and process.is_running:
                process.stop()
        for receiver in (good, away, picky):
            receiver.close()
            problems += receiver.errors
        assert problems == []


def settle(seen: Observed) -> None:
    """Waits until all spans and log records have gone to the targets, or to the spool of one."""

    def is_still():
        waiting = [
            value
            for (name, _), value in seen.collector.samples().items()
            if name in ("postmeter_spans_waiting", "postmeter_logs_waiting", "postmeter_spans_queued",
                        "postmeter_logs_queued", "email_journal_depth")
        ]
        return sum(waiting) == 0

    wait_for("empty queues", is_still, 60, pause=0.2)


