"""A hundred thousand series: scraped by the real Prometheus within its timeout, and pushed whole.

ManySeries of Tests/Examples counts in all of them meanwhile.
"""

import concurrent.futures

import pytest
import urllib3

from peers import exposition
from peers.processes import wait_for
from peers.prometheus import Prometheus
from peers.service import Service
from peers.sink import attributes, points

SERIES = 100_000
BODY_LIMIT = 4 << 20

http = urllib3.PoolManager(maxsize=8, retries=False, timeout=60)


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    running = Service(
        tmp_path_factory.mktemp("scale"), "ManySeries",
        env={"SERIES": str(SERIES), "OTEL_METRICS_EXEMPLAR_FILTER": "always_off",
             "OTEL_METRIC_EXPORT_INTERVAL": "60000"},
    )
    yield running
    running.close()


def totals(text: str, openmetrics: bool = False) -> dict:
    """The counters of an exposition that breaks no rule."""
    read = exposition.parse(text, openmetrics=openmetrics)
    assert read.errors == []
    return {labels: value for (name, labels), value in read.samples.items() if name == "many_messages_total"}


def test_prometheus_scrapes_it_within_its_timeout(service, tmp_path):
    prometheus = Prometheus(
        tmp_path, service.scrape, scrape={"scrape_interval": "5s", "scrape_timeout": "5s"}
    )
    try:
        wait_for("a scrape", lambda: prometheus.query("up{job='postmeter'}"), seconds=60)
        assert prometheus.value("up{job='postmeter'}") == 1
        assert prometheus.value("count(many_messages_total)") == SERIES
        assert prometheus.value("scrape_samples_scraped{job='postmeter'}") > SERIES
        print(f"a scrape took {prometheus.value('scrape_duration_seconds') * 1000:.0f} ms")
    finally:
        prometheus.process.kill()


def test_scrapes_at_the_same_time_are_each_whole(service):
    """In all forms, some compressed; a later one is nowhere behind one that ended before it began."""
    before = totals(service.get_metrics())
    asked = [
        ("text/plain;version=0.0.4", "identity"),
        ("text/plain;version=0.0.4", "gzip"),
        ("application/openmetrics-text;version=1.0.0", "identity"),
        ("application/openmetrics-text;version=1.0.0", "gzip"),
    ]

    def scrape(accept: str, encoding: str) -> dict:
        answer = http.request(
            "GET", f"http://127.0.0.1:{service.scrape}/metrics",
            headers={"Accept": accept, "Accept-Encoding": encoding},
        )
        assert answer.status == 200
        assert answer.headers.get("Content-Encoding", "identity") == encoding
        return totals(answer.data.decode(), openmetrics="openmetrics" in accept)

    with concurrent.futures.ThreadPoolExecutor(len(asked)) as pool:
        during = list(pool.map(lambda forms: scrape(*forms), asked))
    after = totals(service.get_metrics())
    assert len(before) == SERIES
    for read in during:
        assert read.keys() == before.keys()
        assert all(before[labels] <= value <= after[labels] for labels, value in read.items())


def test_the_last_push_has_every_series_in_requests_of_the_limit(service):
    service.stop()
    requests = service.sink.received("/v1/metrics")
    times = {point.time_unix_nano for request in requests[-1:] for _, point in points(request.message)}
    last = [
        request for request in requests
        if {point.time_unix_nano for _, point in points(request.message)} == times
    ]
    assert len(last) > 1
    assert max(len(request.body) for request in last) <= BODY_LIMIT
    pushed = [
        tuple(sorted(attributes(point).items()))
        for request in last for metric, point in points(request.message) if metric.name == "many.messages"
    ]
    assert len(pushed) == SERIES
    assert len(set(pushed)) == SERIES
