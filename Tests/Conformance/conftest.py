"""Fixtures: the whole stack once for all tests that look at it, and collectors of their own for the others."""

import dataclasses
import json

import pytest
import standardwebhooks

from peers.collector import SECRET, Collector, configuration, http
from peers.processes import EXAMPLES, PEERS, POSTMETER, wait_for
from peers.prometheus import Prometheus
from peers.rotel import Rotel
from peers.simulator import Simulation, add
from peers.sink import Sink, attributes
from peers.webhooks import resend_body, signed

# Agents of the endpoint whose fleet is configured; the other endpoint provisions its own.
AGENTS = [f"agent-{number:03}" for number in range(1, 31)]


def pytest_sessionstart(session):
    promtool = PEERS / "prometheus" / "usr" / "bin" / "promtool"
    nginx = PEERS / "nginx" / "usr" / "sbin" / "nginx"
    names = ["AgentService", "Differential", "EveryInstrument", "ManySeries", "WebService"]
    examples = [EXAMPLES / name for name in names]
    for need in [POSTMETER, PEERS / "venv", promtool, nginx, *examples]:
        if not need.exists():
            pytest.exit(f"{need} is missing: run `make conformance`", returncode=3)


@dataclasses.dataclass
class Stack:
    """A collector between the simulator and its peers, when all is quiet again.

    Traffic came in two runs: what the first brought was scraped at `before`, all of it at `after`.
    """

    collector: Collector
    prometheus: Prometheus
    tap: Sink
    sink: Sink
    first: dict
    second: dict
    requests: int
    before: float
    after: float

    @property
    def totals(self) -> dict:
        """The totals of both runs by endpoint."""
        return {endpoint: combine(self.first[endpoint], self.second[endpoint]) for endpoint in self.first}


def combine(left: dict, right: dict) -> dict:
    counts = ["acknowledged", "repeats", "others", "delivery_durations", "events", "bounces", "spans", "links"]
    return add(*({key: part[key] for key in counts} for part in (left, right)))


def run_traffic(collector: Collector, folder, seed: int) -> dict:
    """One run of the simulator for each endpoint, at the same time; the totals by endpoint."""
    common = {"agents": len(AGENTS), "rate": 250, "duration": 12, "compress": 8, "bad_agent": "agent-002"}
    runs = {
        endpoint: Simulation(
            folder, collector.hook(endpoint), provider=endpoint, domain=f"{endpoint}.example", seed=seed + place,
            **common,
        )
        for place, endpoint in enumerate(["resend", "agentmail"])
    }
    totals = {endpoint: run.totals() for endpoint, run in runs.items()}
    collector.wait_folded()
    return totals


def send_trouble(collector: Collector) -> int:
    """A dead letter and a refusal, so that the panels of errors have something to show; how many requests."""
    junk = b'{"type":"email.sent"'
    target = collector.hook("resend")
    assert http.request("POST", target, body=junk, headers=signed(junk)).status == 200
    body = json.dumps(resend_body()).encode()
    headers = {**signed(body), "webhook-signature": "v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}
    assert http.request("POST", target, body=body, headers=headers).status == 401
    return 2


@pytest.fixture(scope="session")
def stack(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stack")
    sink = Sink()
    rotel = Rotel(folder, sink.url)
    tap = Sink(forward=rotel.url)
    tree = configuration(
        {"resend": "resend", "agentmail": "agentmail"}, {"resend": ("resend.example", AGENTS)}, otlp=tap.url
    )
    tree["logs"] = {"events": "all"}
    collector = Collector(folder, tree)
    prometheus = None
    try:
        collector.start()
        prometheus = Prometheus(folder, collector.scrape)
        prometheus.last_scrape()
        requests = send_trouble(collector)
        first = run_traffic(collector, folder, seed=11)
        before = prometheus.last_scrape(prometheus.last_scrape())
        requests += send_trouble(collector)
        second = run_traffic(collector, folder, seed=21)
        after = prometheus.last_scrape(prometheus.last_scrape())
        requests += sum(totals["http"]["requests"] for run in (first, second) for totals in run.values())
        wait_for_pushes(sink, requests, count_events(first, second), after)
        for receiver in (tap, sink):
            receiver.freeze()
        yield Stack(collector, prometheus, tap, sink, first, second, requests, before, after)
    finally:
        problems = []
        for process in [prometheus and prometheus.process, collector.process, rotel.process]:
            if process and process.is_running:
                process.stop()
        for receiver in (tap, sink):
            receiver.close()
            problems += receiver.errors
        assert problems == []


def count_events(*runs: dict) -> int:
    """How many events the runs' webhooks told of, one to several recipients being one."""
    return sum(
        count
        for run in runs
        for totals in run.values()
        for name, count in totals["spans"].items()
        if name != "deliver" and not name.startswith("message ")
    )


def wait_for_pushes(sink: Sink, requests: int, events: int, after: float) -> None:
    """Waits until all has come through: metrics of a later time, the span of every request and all log records.

    The span of a request is sent with or after those of its event.
    """
    wait_for(
        f"{events} log records", lambda: sum("email.event" in attributes(record) for record in sink.log_records()) >= events,
        seconds=60, pause=0.5,
    )
    name = "POST /hooks/{endpoint}"
    wait_for(
        f"{requests} spans of requests", lambda: sum(span.name == name for span in sink.spans()) >= requests,
        seconds=60, pause=0.5,
    )
    wait_for("a push of metrics", lambda: sink.last_push() > after, seconds=60, pause=0.5)


@pytest.fixture
def signer():
    """The official library's signer for the secret of the endpoints."""
    return standardwebhooks.Webhook(SECRET)
