"""What a collector exports to a hostile receiver, held against the totals of the simulator."""

import collections
import time

from .collector import Collector, configuration
from .hostile import Hostile
from .simulator import Simulation, difference

PATHS = {"metrics": "/v1/metrics", "traces": "/v1/traces", "logs": "/v1/logs"}


def configured(target: dict | None = None, **more) -> dict:
    """A collector's configuration with a target whose times are short."""
    tree = configuration({"resend": "resend"})
    tree["otlp"] = {
        "interval": "500ms", "span_interval": "200ms", "log_interval": "200ms", "timeout": "1s", **(target or {}),
    }
    tree["logs"] = {"events": "all"}
    return {**tree, **more}


def simulate(folder, collector: Collector, seconds: float, seed: int, rate: int = 100) -> Simulation:
    return Simulation(
        folder, collector.hook("resend"), provider="resend", agents=10, rate=rate, duration=seconds, compress=100,
        seed=seed,
    )


def counted(collector: Collector, name: str, **labels) -> collections.Counter:
    """A counter of the exports by signal, over all its other labels."""
    found: collections.Counter = collections.Counter()
    for pairs, value in collector.figures(f"postmeter_export_{name}_total", **labels).items():
        found[dict(pairs)["signal"]] += int(value)
    return found


def expected_records(totals: dict, requests: int) -> dict:
    """How many spans and log records a run's traffic makes."""
    return {
        "traces": sum(totals["spans"].values()) + requests,
        "logs": sum(sum(events.values()) for events in totals["events"].values()),
    }


def event_records(hostile: Hostile) -> list:
    """The log records of mail events; the collector's own have no event's name."""
    return [record for record in hostile.ledger.records("/v1/logs") if record.event_name.startswith("email.")]


def delivered(hostile: Hostile) -> dict:
    return {"traces": len(hostile.ledger.records("/v1/traces")), "logs": len(event_records(hostile))}


def sums_differ(hostile: Hostile, totals: dict) -> dict:
    """Where the sums of the last push of metrics are not the simulator's totals."""
    seen: dict = {}
    for (name, pairs), (_, point) in hostile.ledger.last_points().items():
        labels = dict(pairs)
        if name == "email.events" and point.as_int:
            own = seen.setdefault(labels["email.agent"], {})
            own[labels["email.event"]] = own.get(labels["email.event"], 0) + point.as_int
    return difference(seen, totals["events"])


def wait_for_sums(hostile: Hostile, totals: dict, seconds: float = 60.0) -> None:
    """Waits for a push of metrics whose sums are the simulator's totals."""
    wait_until_empty("what the sums and the totals differ in", lambda: sums_differ(hostile, totals), seconds)


def wait_until_empty(what: str, function, seconds: float) -> None:
    """Waits until `function` has nothing to tell any more."""
    end = time.monotonic() + seconds
    while rest := function():
        assert time.monotonic() < end, f"{what} is still {rest} after {seconds} s"
        time.sleep(0.2)
