"""The collector under test, with a configuration and a data folder of its own."""

import json
import pathlib

import urllib3
import yaml

from . import exposition
from .processes import POSTMETER, Process, free_port, wait_for

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OPENMETRICS = "application/openmetrics-text; version=1.0.0"

http = urllib3.PoolManager(maxsize=16, retries=False, timeout=10)


def configuration(endpoints: dict, agents: dict | None = None, otlp: str | None = None) -> dict:
    """A configuration file as the README shows it.

    `endpoints` maps ids to platforms; each has an account of its own name in the organization `acme`. `agents`
    maps an endpoint to the domain and the names of its configured agents; the others provision theirs.
    """
    agents = agents or {}
    accounts = []
    for endpoint in endpoints:
        account = {"id": endpoint, "autoprovision": endpoint not in agents}
        if endpoint in agents:
            domain, names = agents[endpoint]
            account["domains"] = [
                {
                    "name": domain,
                    "agents": [{"id": name, "addresses": [f"{name}@{domain}"]} for name in names],
                }
            ]
        accounts.append(account)
    tree = {
        "endpoints": [
            {"id": endpoint, "provider": provider, "account": f"acme/{endpoint}", "secret": "${ENDPOINT_SECRET}"}
            for endpoint, provider in endpoints.items()
        ],
        "fleet": {"organizations": [{"id": "acme", "accounts": accounts}]},
        "trace_key": "${TRACE_KEY}",
    }
    if otlp:
        tree["otlp"] = {"endpoint": otlp, "interval": "2s"}
    return tree


def with_counting(tree: dict) -> dict:
    """Adds an endpoint of a platform that counts its events, which is told of none."""
    places = {"type": "/type", "types": {"a": "sent"}, "id": "/id", "time": "accepted_at", "sequence": "/number"}
    tree["endpoints"].append(
        {**tree["endpoints"][0], "id": "counting", "provider": "generic", "name": "counting", "mapping": places})
    return tree


class Collector:
    """`postmeter serve` on ports of its own; it can be ended and started again on the same ports and data."""

    def __init__(self, folder: pathlib.Path, tree: dict, env: dict | None = None):
        self.folder = folder
        self.ingest, self.admin, self.scrape = free_port(), free_port(), free_port()
        self.env = {"ENDPOINT_SECRET": SECRET, "TRACE_KEY": "0123456789abcdef0123456789abcdef", **(env or {})}
        self.process: Process | None = None
        self.file = folder / "postmeter.yaml"
        tree = {
            "data": str(folder / "data"),
            "listen": {
                "ingest": f"127.0.0.1:{self.ingest}",
                "admin": f"127.0.0.1:{self.admin}",
                "scrape": f"127.0.0.1:{self.scrape}",
            },
            **tree,
        }
        self.file.write_text(yaml.safe_dump(tree, sort_keys=False))

    def start(self, preload: dict | None = None, ready: bool = True) -> "Collector":
        command = [POSTMETER, "serve", "--config", self.file]
        self.process = Process(
            command, self.folder / "collector.log", cwd=self.folder, env={**self.env, **(preload or {})}
        )
        if ready:
            self.wait_ready()
        return self

    def wait_ready(self, seconds: float = 30.0) -> None:
        wait_for("readiness", lambda: self._is_ready(), seconds)

    def _is_ready(self) -> bool:
        assert self.process.is_running, f"the collector ended\n{self.process.tail()}"
        return self.readiness()[0] == 200

    def readiness(self) -> tuple[int, dict]:
        try:
            answer = http.request("GET", f"http://127.0.0.1:{self.admin}/readyz")
            return answer.status, json.loads(answer.data)
        except urllib3.exceptions.HTTPError:
            return 0, {}

    def hook(self, endpoint: str) -> str:
        return f"http://127.0.0.1:{self.ingest}/hooks/{endpoint}"

    def get_metrics(self, accept: str = "text/plain") -> bytes:
        answer = http.request(
            "GET", f"http://127.0.0.1:{self.scrape}/metrics", headers={"Accept": accept, "Accept-Encoding": "gzip"}
        )
        assert answer.status == 200, f"/metrics answered {answer.status}: {answer.data[:300]!r}"
        return answer.data

    def samples(self) -> dict:
        """All samples of the text form: {(name, labels): value}."""
        return exposition.parse(self.get_metrics().decode()).samples

    def figures(self, name: str, **labels) -> dict:
        """Samples of one name, by their labels."""
        return {
            pairs: value
            for (sample, pairs), value in self.samples().items()
            if sample == name and all(dict(pairs).get(key) == wanted for key, wanted in labels.items())
        }

    def wait_folded(self, seconds: float = 60.0) -> None:
        """Waits until all that was acknowledged is in the figures."""

        def is_folded():
            depth = self.figures("email_journal_depth")
            return depth and sum(depth.values()) == 0

        wait_for("an empty journal", is_folded, seconds)

    def events(self, **labels) -> dict:
        """`email_events_total` as {agent: {event: count}}, without zeros."""
        events: dict = {}
        for pairs, value in self.figures("email_events_total", **labels).items():
            if value:
                own = events.setdefault(dict(pairs)["email_agent"], {})
                event = dict(pairs)["email_event"]
                own[event] = own.get(event, 0) + int(value)
        return events
