"""Every instrument of the library, through the real Prometheus and a real collector, as sums and as differences.

EveryInstrument of Tests/Examples records the same in each round, so that all totals are known.
"""

import collections
import math

import pytest
from opentelemetry.proto.metrics.v1.metrics_pb2 import (
    AGGREGATION_TEMPORALITY_CUMULATIVE,
    AGGREGATION_TEMPORALITY_DELTA,
)

from peers import exposition
from peers.processes import wait_for
from peers.prometheus import Prometheus
from peers.rotel import Rotel
from peers.service import Service
from peers.sink import Sink, attributes, empty_envelopes, points, unknown_fields
from peers.wire import OTHER_ORDER, in_order

ROUNDS = 4
OPENMETRICS = "application/openmetrics-text; version=1.0.0"

# What a Prometheus that reads native histograms is asked.
NATIVE = {
    "histogram_count(every_amounts)": 102 * ROUNDS,
    "histogram_sum(every_amounts)": (sum(range(101)) - 3) * ROUNDS,
    "histogram_count(every_latency_milliseconds)": 50 * ROUNDS,
    "every_duration_seconds_count{error_type='',step='parse'}": 4 * ROUNDS,
    "absent(every_amounts_bucket)": 1,
}

# Monotonic sums: what one round adds, by name and attributes.
COUNTERS = {
    ("every.requests", (("outcome", "matched"),)): 3,
    ("every.requests", (("outcome", "missing"),)): 0,
    ("every.requests", (("outcome", "ambiguous"),)): 1,
    ("every.cost", ()): 1.25,
    ("every.ticks", ()): 10,
    ("every.detail", (("page", "home"),)): 5,
    ("every.answers", (("status", 200),)): 4,
    ("every.answers", (("status", "none"),)): 1,
    ("every.visitors", (("id", "a"),)): 1,
    ("every.visitors", (("id", "b"),)): 1,
    ("every.visitors", (("otel.metric.overflow", True),)): 2,
}
UP_DOWN = {("every.queue", ()): 3, ("every.level", ()): 1.5}
GAUGES = {
    ("every.temperature", ()): 21.5,
    ("every.size", ()): ROUNDS,
    ("every.share", (("disk", "a"),)): 0.25,
    ("every.share", (("disk", "b"),)): 0.75,
}


def key(metric, point) -> tuple:
    return metric.name, tuple(sorted(attributes(point).items()))


def number(point):
    return getattr(point, point.WhichOneof("value"))


def ticks(text: str) -> float:
    """The value of `every_ticks_total`, whatever its labels; 0 while there is none."""
    return sum(value for (name, _), value in exposition.parse(text).samples.items() if name == "every_ticks_total")


class Run:
    """What one run of the service told each of its peers."""

    def __init__(self, folder, temporality: str, with_prometheus: bool = False):
        self.behind = Sink()
        rotel = Rotel(folder, self.behind.url)
        service = Service(
            folder, "EveryInstrument",
            env={
                "ROUNDS": str(ROUNDS),
                "OTEL_METRICS_EXEMPLAR_FILTER": "trace_based",
                "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE": temporality,
            },
        )
        service.sink.forward = rotel.url
        prometheus = native = None
        try:
            if with_prometheus:
                prometheus = Prometheus(folder, service.scrape, features=["exemplar-storage"])
                native = Prometheus(
                    folder / "native", service.scrape, features=["exemplar-storage", "native-histograms"]
                )
            wait_for("all rounds", lambda: ticks(service.get_metrics()) == ROUNDS * 10)
            self.text, self.openmetrics = service.get_metrics(), service.get_metrics(OPENMETRICS)
            if prometheus:
                wait_for(
                    "a scrape of all rounds",
                    lambda: any(float(s["value"][1]) == ROUNDS * 10 for s in prometheus.query("every_ticks_total")),
                )
                self.scraped = {
                    name: prometheus.query(name)
                    for name in ["every_duration_seconds_bucket", "every_amounts_bucket", "process_cpu_seconds_total",
                                 "process_resident_memory_bytes", "process_open_fds", "process_max_fds",
                                 "process_start_time_seconds", "process_virtual_memory_bytes"]
                }
                self.exemplars = prometheus.exemplars("every_duration_seconds_bucket")
                self.exemplars += prometheus.exemplars("every_requests_total")
                wait_for(
                    "a scrape of all rounds as protocol buffers",
                    lambda: any(float(s["value"][1]) == ROUNDS * 10 for s in native.query("every_ticks_total")),
                )
                self.native = {
                    expression: [float(series["value"][1]) for series in native.query(expression)]
                    for expression in NATIVE
                }
                self.quantiles = {
                    quantile: [
                        float(series["value"][1])
                        for series in native.query(f"histogram_quantile({quantile}, every_amounts)")
                    ]
                    for quantile in (0.5, 0.9, 0.99)
                }
                self.native_exemplars = native.exemplars("every_amounts")
            service.stop()
            self.tap = service.sink
        finally:
            service.close()
            for process in [rotel.process, prometheus and prometheus.process, native and native.process]:
                if process:
                    process.stop()
            self.behind.close()
        assert self.behind.errors == []

    def last(self, sink: Sink) -> dict:
        """The last point of each series."""
        found = {}
        for request in sink.received("/v1/metrics"):
            for metric, point in points(request.message):
                found[key(metric, point)] = (metric, point)
        return found


@pytest.fixture(scope="module")
def sums(tmp_path_factory):
    return Run(tmp_path_factory.mktemp("sums"), "cumulative", with_prometheus=True)


@pytest.fixture(scope="module")
def deltas(tmp_path_factory):
    return Run(tmp_path_factory.mktemp("deltas"), "delta")


@pytest.fixture(params=["sums", "deltas"])
def run(request):
    return request.getfixturevalue(request.param)


def own(found: dict) -> dict:
    return {series: value for series, value in found.items() if series[0].startswith("every.")}


@pytest.mark.parametrize("place", ["tap", "behind"])
def test_the_official_definitions_know_every_field(run, place):
    received = getattr(run, place).received("/v1/metrics")
    assert len(received) > 2
    for request in received:
        assert unknown_fields(request.message) == []
        assert empty_envelopes(request.message) == []
        again = request.message.SerializeToString()
        ordered, others = in_order(request.body, request.message.DESCRIPTOR)
        assert again == ordered
        assert type(request.message).FromString(again) == request.message
        # Sums and gauges are written in order; in which order the real collector writes is its own affair.
        assert place != "tap" or others <= OTHER_ORDER


@pytest.mark.parametrize("place", ["tap", "behind"])
def test_sums_are_the_totals(sums, place):
    found = own(sums.last(getattr(sums, place)))
    for series, each in COUNTERS.items():
        metric, point = found.pop(series)
        assert metric.sum.is_monotonic and number(point) == each * ROUNDS, series
        assert metric.sum.aggregation_temporality == AGGREGATION_TEMPORALITY_CUMULATIVE
    for series, each in UP_DOWN.items():
        metric, point = found.pop(series)
        assert not metric.sum.is_monotonic and number(point) == each * ROUNDS, series
    for series, value in GAUGES.items():
        metric, point = found.pop(series)
        assert metric.WhichOneof("data") == "gauge" and number(point) == value, series
    assert {name for name, _ in found} == {"every.duration", "every.amounts", "every.latency"}


def test_integers_and_doubles_stay_what_they_are(sums):
    kinds = {series[0]: point.WhichOneof("value") for series, (metric, point) in own(sums.last(sums.tap)).items()
             if metric.WhichOneof("data") in ("sum", "gauge")}
    doubles = {name for name, kind in kinds.items() if kind == "as_double"}
    assert doubles == {"every.cost", "every.level", "every.temperature", "every.share"}


@pytest.mark.parametrize("place", ["tap", "behind"])
def test_differences_add_up_to_the_totals(deltas, place):
    totals, last_end = collections.Counter(), {}
    for request in getattr(deltas, place).received("/v1/metrics"):
        for metric, point in points(request.message):
            kind = metric.WhichOneof("data")
            if not metric.name.startswith("every.") or kind == "gauge":
                continue
            data, series = getattr(metric, kind), key(metric, point)
            if kind == "sum" and not data.is_monotonic:
                assert data.aggregation_temporality == AGGREGATION_TEMPORALITY_CUMULATIVE, series
                continue
            assert data.aggregation_temporality == AGGREGATION_TEMPORALITY_DELTA, series
            # Spans of time follow each other; a series without change may have been left out between.
            assert last_end.get(series, 0) <= point.start_time_unix_nano < point.time_unix_nano, series
            last_end[series] = point.time_unix_nano
            totals[series] += number(point) if kind == "sum" else point.count
    for series, each in COUNTERS.items():
        assert totals.pop(series, 0) == each * ROUNDS, series
    assert dict(totals) == {
        ("every.duration", (("step", "parse"),)): 4 * ROUNDS,
        ("every.duration", (("error.type", "Timeout"), ("step", "parse"))): ROUNDS,
        ("every.amounts", ()): 102 * ROUNDS,
        ("every.latency", ()): 50 * ROUNDS,
    }


def test_explicit_histograms_have_buckets_sum_and_extremes(sums):
    _, point = sums.last(sums.tap)["every.duration", (("step", "parse"),)]
    assert list(point.bucket_counts) == [ROUNDS, 2 * ROUNDS, ROUNDS]
    assert (point.count, point.sum, point.min, point.max) == (4 * ROUNDS, 5.3125 * ROUNDS, 0.0625, 4)


@pytest.mark.parametrize(
    "name, values, size",
    [("every.amounts", [-3, *range(0, 101)], 160), ("every.latency", list(range(1, 51)), 20)],
)
def test_exponential_histograms_hold_each_value_in_its_bucket(sums, name, values, size):
    _, point = sums.last(sums.tap)[name, ()]
    assert point.count == len(values) * ROUNDS and (point.min, point.max) == (min(values), max(values))
    assert point.zero_count == values.count(0) * ROUNDS
    assert len(point.positive.bucket_counts) <= size
    expected = collections.Counter()
    for value in values:
        if value > 0:
            # Powers of two are upper bounds of their buckets.
            exact = math.log2(value) * 2**point.scale
            expected[math.ceil(exact - 1e-9) - 1] += ROUNDS
    found = {
        point.positive.offset + place: count for place, count in enumerate(point.positive.bucket_counts) if count
    }
    assert found == dict(expected)
    # The scale is ideal: one finer would not fit.
    low, high = (math.ceil(math.log2(edge) * 2 ** (point.scale + 1) - 1e-9) - 1 for edge in
                 (min(v for v in values if v > 0), max(values)))
    assert high - low >= size


def test_exemplars_name_spans_that_were_exported(sums):
    spans = {(span.trace_id, span.span_id) for span in sums.tap.spans()}
    count = 0
    for request in sums.tap.received("/v1/metrics")[-1:]:
        for metric, point in points(request.message):
            for exemplar in getattr(point, "exemplars", []):
                assert (exemplar.trace_id, exemplar.span_id) in spans, metric.name
                count += 1
    assert count >= 8


def test_prometheus_stores_the_exemplars(sums):
    traces = {span.trace_id.hex() for span in sums.tap.spans()}
    labels = [exemplar["labels"] for series in sums.exemplars for exemplar in series["exemplars"]]
    assert len(labels) >= 4 and {found["trace_id"] for found in labels} <= traces
    for series in sums.exemplars:
        for exemplar in series["exemplars"]:
            if "le" in series["seriesLabels"]:
                assert float(exemplar["value"]) <= float(series["seriesLabels"]["le"])


def test_expositions_are_valid(run):
    assert exposition.parse(run.text).errors == []
    assert exposition.parse(run.openmetrics, openmetrics=True).errors == []


def test_prometheus_reads_exponential_histograms_at_powers_of_two(sums):
    found = {series["metric"]["le"]: float(series["value"][1]) for series in sums.scraped["every_amounts_bucket"]}
    assert found["+Inf"] == 102 * ROUNDS
    # Everything up to 64: -3, 0 and 1 to 64.
    assert found[min((le for le in found if float(le) == 64))] == 66 * ROUNDS


@pytest.mark.parametrize("expression", NATIVE)
def test_prometheus_reads_exponential_histograms_as_native_ones(sums, expression):
    assert sums.native[expression] == [NATIVE[expression]]


def test_native_histograms_give_quantiles_within_a_bucket(sums):
    """Of the values -3, 0 and 1 to 100; at schema 4 a bucket is 4.4 % wide."""
    for quantile, expected in [(0.5, 49), (0.9, 90), (0.99, 99)]:
        [found] = sums.quantiles[quantile]
        assert abs(found - expected) <= 0.05 * expected + 1, (quantile, found)


def test_native_histograms_have_their_exemplars(sums):
    traces = {span.trace_id.hex() for span in sums.tap.spans()}
    found = [exemplar for series in sums.native_exemplars for exemplar in series["exemplars"]]
    assert found and {exemplar["labels"]["trace_id"] for exemplar in found} <= traces


def test_prometheus_has_the_process_by_its_usual_names(sums):
    values = {
        name: float(series[0]["value"][1]) for name, series in sums.scraped.items() if name.startswith("process_")
    }
    assert len(values) == 6 and all(value > 0 for value in values.values()), values
    assert not [line for line in sums.text.splitlines() if line.startswith("process_cpu_time")]


def test_receivers_have_the_process_by_the_conventions(sums):
    names = {name for name, _ in sums.last(sums.tap) if name.startswith("process.")}
    assert {"process.cpu.time", "process.memory.usage", "process.memory.virtual", "process.thread.count",
            "process.unix.file_descriptor.count", "process.uptime"} <= names
    assert not {name for name, _ in sums.last(sums.tap) if name.startswith("process_")}
