"""What OpenTelemetry's SDK for Python makes of the same data is, field for field, the same meaning.

Ids that are drawn by chance, the times of recording and the names of the libraries are left out; everything else
must be equal. Differential of Tests/Examples records with this library, peers/differential.py with the other one.
"""

import collections

import pytest

from peers import differential
from peers.processes import wait_for
from peers.service import Service
from peers.sink import Sink, points

NAMES = [
    "d.requests", "d.cost", "d.queue", "d.level", "d.temperature", "d.size", "d.duration", "d.amounts", "d.latency",
    "d.single", "d.ticks", "d.pending", "d.share",
]
SPANS = ["GET /things/{id}", "inside", "call", "hand on", "take", "busy"]
# Bits 8 and 9: whether it is known that the parent is of another process, and whether it is.
REMOTE_BITS = 0x300


def value(any_value) -> tuple:
    """A value with its type; floats as text, since -0.0 equals 0.0."""
    kind = any_value.WhichOneof("value")
    content = getattr(any_value, kind) if kind else None
    if kind == "array_value":
        return kind, tuple(value(item) for item in content.values)
    return kind, repr(content) if kind == "double_value" else content


def attributes(holder) -> dict:
    found = {pair.key: value(pair.value) for pair in holder.attributes}
    assert len(found) == len(holder.attributes), "a key is there twice"
    return found


def number(point) -> tuple:
    kind = point.WhichOneof("value")
    return kind, getattr(point, kind)


def exemplars(point) -> list:
    return sorted(
        (number(exemplar), exemplar.trace_id.hex(), exemplar.span_id.hex(), len(exemplar.filtered_attributes))
        for exemplar in point.exemplars
        if exemplar.time_unix_nano > 0
    )


def buckets(side) -> dict:
    """Counts by index; empty buckets at the ends are a matter of taste."""
    return {side.offset + place: count for place, count in enumerate(side.bucket_counts) if count}


def optional(message, *names) -> dict:
    return {name: repr(getattr(message, name)) if message.HasField(name) else None for name in names}


def meaning_of_point(kind: str, point) -> dict:
    # Exemplars of gauges and the trace state of links have tests of their own below.
    meaning = {"exemplars": exemplars(point) if kind != "gauge" else [], "flags": point.flags}
    assert point.time_unix_nano > 0
    if kind != "gauge":
        assert 0 < point.start_time_unix_nano <= point.time_unix_nano
    if kind in ("sum", "gauge"):
        return {**meaning, "value": number(point)}
    meaning |= {"count": point.count, **optional(point, "sum", "min", "max")}
    if kind == "histogram":
        return {**meaning, "bounds": list(point.explicit_bounds), "buckets": list(point.bucket_counts)}
    return {
        **meaning, "scale": point.scale, "zero": (point.zero_count, point.zero_threshold),
        "positive": buckets(point.positive), "negative": buckets(point.negative),
    }


def meaning_of_metric(metric) -> dict:
    kind = metric.WhichOneof("data")
    data = getattr(metric, kind)
    return {
        "description": metric.description, "unit": metric.unit, "kind": kind,
        "temporality": getattr(data, "aggregation_temporality", None), "monotonic": getattr(data, "is_monotonic", None),
        "points": {
            tuple(sorted(attributes(point).items())): meaning_of_point(kind, point) for point in data.data_points
        },
    }


def meaning_of_span(span, names: dict) -> dict:
    is_busy = span.name == "busy"
    events = [(event.name, event.time_unix_nano, attributes(event), event.dropped_attributes_count) for event in span.events]
    links = [
        (link.trace_id.hex(), link.span_id.hex(), attributes(link), link.dropped_attributes_count,
         link.flags & REMOTE_BITS)
        for link in span.links
    ]
    own = attributes(span)
    return {
        "kind": span.kind, "state": span.trace_state, "flags": span.flags & REMOTE_BITS,
        "trace": None if is_busy else span.trace_id.hex(), "parent": names.get(span.parent_span_id, span.parent_span_id.hex()),
        "start": span.start_time_unix_nano, "end": span.end_time_unix_nano,
        "status": (span.status.code, span.status.message),
        # Past a limit one library keeps the first and the other the last; how many is the same.
        "attributes": len(own) if is_busy else own, "events": len(events) if is_busy else events,
        "links": len(links) if is_busy else links,
        "dropped": (span.dropped_attributes_count, span.dropped_events_count, span.dropped_links_count),
    }


def meaning_of_log(record) -> dict:
    assert record.observed_time_unix_nano > 0
    return {
        "time": record.time_unix_nano, "severity": (record.severity_number, record.severity_text),
        "body": value(record.body), "event": record.event_name, "attributes": attributes(record),
        "trace": record.trace_id.hex(), "span": record.span_id.hex(), "flags": record.flags,
        "dropped": record.dropped_attributes_count,
    }


class Side:
    """What one library sent."""

    def __init__(self, sink: Sink):
        self.metrics = {}
        self.scopes = {}
        for request in sink.received("/v1/metrics"):
            for resource in request.message.resource_metrics:
                for scope in resource.scope_metrics:
                    for metric in scope.metrics:
                        if metric.name in NAMES:
                            self.metrics[metric.name] = meaning_of_metric(metric)
                            self.scopes[metric.name] = (scope.scope.name, scope.scope.version)
        spans = sink.spans()
        self.link_states = [
            link.trace_state for span in spans if span.name == SPANS[0] for link in span.links
        ]
        self.gauge_exemplars = sum(
            len(point.exemplars)
            for request in sink.received("/v1/metrics")
            for metric, point in points(request.message)
            if metric.WhichOneof("data") == "gauge"
        )
        names = {span.span_id: span.name for span in spans}
        assert len(names) == len(spans)
        self.spans = {span.name: meaning_of_span(span, names) for span in spans}
        records = [
            record
            for request in sink.received("/v1/logs")
            for resource in request.message.resource_logs
            for scope in resource.scope_logs
            for record in scope.log_records
            if scope.scope.name == differential.SCOPE
        ]
        self.logs = {record.severity_text: meaning_of_log(record) for record in records}
        self.counts = collections.Counter(spans=len(spans), logs=len(records))
        self.resources = [
            attributes(resource.resource)
            for request in sink.requests
            for resource in [
                *getattr(request.message, "resource_metrics", []), *getattr(request.message, "resource_spans", []),
                *getattr(request.message, "resource_logs", []),
            ]
        ]


@pytest.fixture(scope="module")
def sides(tmp_path_factory) -> tuple[Side, Side]:
    """This library's and the other one's."""
    service = Service(tmp_path_factory.mktemp("differential"), "Differential", env={"OTEL_RESOURCE_ATTRIBUTES": ""})
    try:
        wait_for("all signals", lambda: len({request.path for request in service.sink.requests}) == 3)
        service.stop()
        ours = Side(service.sink)
    finally:
        service.close()
    sink = Sink()
    try:
        differential.record(sink.url)
        theirs = Side(sink)
    finally:
        sink.close()
    assert sink.errors == []
    return ours, theirs


@pytest.mark.parametrize("name", NAMES)
def test_a_metric_means_the_same(sides, name):
    ours, theirs = sides
    assert ours.metrics[name] == theirs.metrics[name]
    assert ours.scopes[name] == theirs.scopes[name] == (differential.SCOPE, "1.2.3")


@pytest.mark.parametrize("name", SPANS)
def test_a_span_means_the_same(sides, name):
    ours, theirs = sides
    assert ours.spans[name] == theirs.spans[name]


@pytest.mark.parametrize("severity", ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"])
def test_a_log_record_means_the_same(sides, severity):
    ours, theirs = sides
    assert ours.logs[severity] == theirs.logs[severity]


def test_gauges_have_no_exemplars_here(sides):
    """The one thing that the other library has more: see Instruments.md."""
    ours, theirs = sides
    assert ours.gauge_exemplars == 0 and theirs.gauge_exemplars == 1


def test_links_keep_the_trace_state_here(sides):
    """The one thing that this library has more."""
    ours, theirs = sides
    assert ours.link_states == ["", "peer=1,other=a:b"]
    assert theirs.link_states == ["", ""]


def test_there_is_nothing_more(sides):
    ours, theirs = sides
    assert ours.counts == theirs.counts == {"spans": len(SPANS), "logs": 6}


def test_the_resource_says_who_it_is(sides):
    """One resource for all signals, with what every SDK must say of itself."""
    for side in sides:
        assert len({repr(sorted(resource.items())) for resource in side.resources}) == 1
        resource = side.resources[0]
        assert resource["service.name"] == ("string_value", "Differential")
        needed = {"telemetry.sdk.name", "telemetry.sdk.language", "telemetry.sdk.version", "service.instance.id"}
        assert needed <= set(resource)
