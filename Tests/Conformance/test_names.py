"""The page "Metrics and spans" against a collector that runs: every name, kind, unit and attribute of its own.

A receiver takes what is pushed and another is away, and webhooks are accepted, refused and of no use, so that every
family of the collector has series. What pushes have is named as the page names it; scrapes have its translation.
"""

import pathlib
import re

import pytest

from peers import exposition
from peers.collector import OPENMETRICS, Collector, configuration, http, with_counting
from peers.deliveries import wait_until_empty
from peers.processes import free_port
from peers.simulator import Simulation
from peers.sink import Sink, attributes, points
from peers.webhooks import signed

DOCUMENTATION = pathlib.Path(__file__).parents[2] / "Sources" / "Postmeter" / "Postmeter.docc"
# What only a service records, by its hooks.
OF_SERVICES = re.compile(r"messaging\.|gen_ai\.|email\.(processing\.duration|llm\.cost)$")
UNITS = {"s": "seconds", "By": "bytes"}
ROW = re.compile(r"\| `([a-z_.]+)` \| (counter|gauge|histogram)[^|]* \| (?:`([^`]+)`)? ?\| (.*?) ?\|$", re.MULTILINE)


def documented() -> dict:
    """{name: (kind, unit, attributes)} of the tables; `the same` is that of the row above."""
    found: dict = {}
    above: set = set()
    text = (DOCUMENTATION / "MetricsAndSpans.md").read_text()
    for name, kind, unit, last in ROW.findall(text):
        assert name not in found, name
        # The values of an attribute stand behind a colon.
        labels = set(re.findall(r"`([a-z_.]+)`", re.sub(r": `[^`]+`", "", last)))
        above = above if last == "the same" else labels
        found[name] = kind, unit, above
    rows = [line for line in text.split("## Spans")[0].splitlines() if re.match(r"\| `", line)]
    assert len(found) == len(rows), "a row that cannot be read"
    return found


def translated(name: str, unit: str) -> str:
    word = UNITS.get(unit)
    name = name.replace(".", "_")
    return f"{name}_{word}" if word and not name.endswith(f"_{word}") else name


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    """The families of a scrape, {name: (kind, unit, labels)}, and of a push."""
    folder, sink = tmp_path_factory.mktemp("names"), Sink()
    tree = with_counting(configuration({"resend": "resend"}))
    quick = {"interval": "1s", "timeout": "1s"}
    tree["otlp"] = [
        {"name": "near", "endpoint": sink.url, **quick},
        {"name": "away", "endpoint": f"http://127.0.0.1:{free_port()}", **quick},
    ]
    collector = Collector(folder, tree)
    try:
        collector.start()
        target, junk = collector.hook("resend"), b"{"
        assert http.request("POST", target, body=junk, headers=signed(junk)).status == 200
        assert http.request("POST", target, body=junk).status == 401
        Simulation(folder, target, rate=100, duration=3, compress=20, seed=5).totals()
        collector.wait_folded()

        # A scrape shows the time of the ones before it, and a push what was there when it began.
        for accept in ("text/plain", OPENMETRICS):
            collector.get_metrics(accept)

        def pushed() -> dict:
            requests = sink.received("/v1/metrics")
            return families_of_push(requests[-1].message) if requests else {}

        wait_until_empty("what pushes lack", lambda: own(documented()) - set(pushed()), 30)
        yield families_of_scrape(collector.get_metrics(OPENMETRICS).decode()), pushed()
    finally:
        if collector.process and collector.process.is_running:
            collector.process.stop()
        sink.close()
    assert sink.errors == []


def own(page: dict) -> set:
    """What a collector has."""
    return {name for name in page if not OF_SERVICES.match(name)}


def families_of_scrape(text: str) -> dict:
    read = exposition.parse(text, openmetrics=True)
    assert read.errors == []
    units = dict(re.findall(r"^# UNIT (\S+) (\S+)$", text, re.MULTILINE))
    found = {name: (kind, units.get(name), set()) for name, kind in read.types.items()}
    for name, labels in read.samples:
        family = name if name in found else re.sub(r"_(total|created|bucket|count|sum|info)$", "", name)
        found[family][2].update(label for label, _ in labels if label != "le" and not label.startswith("otel_scope_"))
    return found


def families_of_push(message) -> dict:
    kinds = {"sum": "counter", "gauge": "gauge", "histogram": "histogram"}
    found: dict = {}
    for metric, point in points(message):
        kind = kinds[metric.WhichOneof("data")]
        found.setdefault(metric.name, (kind, metric.unit, set()))[2].update(attributes(point))
    return found


def test_a_scrape_has_the_names_of_the_page_and_no_others(seen):
    page, scraped = documented(), seen[0]
    shown = {name: family for name, family in scraped.items() if not name.startswith(("process_", "target"))}
    expected = {translated(name, page[name][1]): page[name] for name in own(page)}
    assert set(shown) == set(expected)
    for name, (kind, unit, labels) in shown.items():
        assert (kind, unit) == (expected[name][0], UNITS.get(expected[name][1])), name
        assert labels == {label.replace(".", "_") for label in expected[name][2]}, name


def test_a_push_has_the_names_of_the_page_and_no_others(seen):
    page, pushed = documented(), seen[1]
    shown = {name: family for name, family in pushed.items() if not name.startswith("process.")}
    assert set(shown) == own(page)
    for name, (kind, unit, labels) in shown.items():
        assert (kind, unit, labels) == page[name], name


def test_the_figures_of_the_process_are_on_their_page(seen):
    page = (DOCUMENTATION / "ServiceTelemetry.md").read_text()
    for families, start, suffix in [(seen[0], "process_", "_total"), (seen[1], "process.", "")]:
        names = {
            name + (suffix if kind == "counter" else "")
            for name, (kind, _, _) in families.items() if name.startswith(start)
        }
        named = set(re.findall(rf"`({re.escape(start)}[a-z_.]+)`", page))
        assert names and names == named
