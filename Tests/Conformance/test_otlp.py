"""A real OpenTelemetry collector takes the pushes and forwards them: metrics, spans and log records equal the totals."""

import collections

import pytest
from opentelemetry.proto.logs.v1.logs_pb2 import SEVERITY_NUMBER_ERROR, SEVERITY_NUMBER_INFO, SEVERITY_NUMBER_WARN
from opentelemetry.proto.metrics.v1.metrics_pb2 import AGGREGATION_TEMPORALITY_CUMULATIVE
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from peers.simulator import add, difference
from peers.sink import attributes, empty_envelopes, points, unknown_fields
from peers.wire import OTHER_ORDER, in_order

REQUEST = "POST /hooks/{endpoint}"
SEVERITIES = {
    **dict.fromkeys(["bounced", "complained", "failed", "rejected"], (SEVERITY_NUMBER_ERROR, "ERROR")),
    **dict.fromkeys(["deferred", "suppressed"], (SEVERITY_NUMBER_WARN, "WARN")),
}


@pytest.fixture(scope="module")
def spans(stack) -> list:
    return stack.sink.spans()


@pytest.fixture(scope="module")
def records(stack) -> list:
    """The log records of mail events."""
    return [record for record in stack.sink.log_records() if "email.event" in attributes(record)]


@pytest.fixture(scope="module")
def traces(spans) -> dict:
    """The spans of messages by trace id."""
    traces = collections.defaultdict(list)
    for span in spans:
        if span.name != REQUEST:
            traces[span.trace_id].append(span)
    return traces


def root_of(trace: list) -> Span:
    roots = [span for span in trace if span.name.startswith("message ")]
    assert len(roots) == 1, [span.name for span in trace]
    return roots[0]


@pytest.mark.parametrize("place", ["tap", "sink"])
def test_the_bytes_are_those_of_the_official_definitions(stack, place):
    """Looked at before (`tap`) and behind (`sink`) the real collector."""
    sink = getattr(stack, place)
    metrics = sink.received("/v1/metrics")
    # The pushes of metrics are much alike, and looking into every field of each takes its time.
    assert sink.received("/v1/logs")
    for request in sink.received("/v1/traces") + sink.received("/v1/logs") + metrics[:1] + metrics[len(metrics) // 2 :][:1] + metrics[-1:]:
        assert unknown_fields(request.message) == []
        assert empty_envelopes(request.message) == []
        again = request.message.SerializeToString()
        ordered, others = in_order(request.body, request.message.DESCRIPTOR)
        assert again == ordered, request.path
        assert type(request.message).FromString(again) == request.message, request.path
        # Of our own these may have their fields in another order; spans, sums and gauges are written in order.
        assert others <= (OTHER_ORDER if place == "tap" else set()), request.path


def test_the_real_collector_forwards_what_was_pushed(stack):
    assert all(stack.sink.received(path) for path in ["/v1/metrics", "/v1/traces", "/v1/logs"])
    pushed = sum(len(request.message.resource_spans[0].scope_spans) for request in stack.tap.received("/v1/traces"))
    assert pushed > 0
    assert {request.headers.get("content-encoding") for request in stack.tap.requests} == {"gzip"}
    agents = {request.headers.get("user-agent", "") for request in stack.tap.requests}
    assert all("OTel-OTLP-Exporter" in agent for agent in agents), agents


@pytest.mark.parametrize("endpoint", ["resend", "agentmail"])
def test_event_points_equal_the_totals(stack, endpoint):
    seen: dict = {}
    for (name, pairs), (_, point) in stack.sink.last_points().items():
        labels = dict(pairs)
        if name == "email.events" and labels["email.account"] == endpoint and point.as_int:
            own = seen.setdefault(labels["email.agent"], {})
            own[labels["email.event"]] = own.get(labels["email.event"], 0) + point.as_int
    assert difference(seen, stack.totals[endpoint]["events"]) == {}


def test_counters_are_monotonic_cumulative_sums_with_one_start(stack):
    starts = collections.defaultdict(set)
    values: dict = {}
    for request in stack.sink.received("/v1/metrics"):
        for metric, point in points(request.message):
            kind = metric.WhichOneof("data")
            if not metric.name.startswith("email.") or kind not in ("sum", "histogram"):
                continue
            temporality = getattr(metric, kind).aggregation_temporality
            assert temporality == AGGREGATION_TEMPORALITY_CUMULATIVE, metric.name
            assert kind == "histogram" or metric.sum.is_monotonic, metric.name
            starts[metric.name].add(point.start_time_unix_nano)
            key = (metric.name, tuple(sorted(attributes(point).items())))
            value = point.count if kind == "histogram" else point.as_int or point.as_double
            assert value >= values.get(key, 0), f"{key} fell from {values.get(key)} to {value}"
            values[key] = value
    assert values
    assert {name: len(times) for name, times in starts.items() if len(times) != 1} == {}


def test_histogram_counts_are_those_of_their_buckets(stack):
    count = 0
    for (name, _), (metric, point) in stack.sink.last_points().items():
        if metric.HasField("histogram"):
            assert point.count == sum(point.bucket_counts), name
            assert len(point.bucket_counts) == len(point.explicit_bounds) + 1, name
            count += 1
    assert count > 0


def test_spans_by_name_equal_the_totals(stack, spans):
    expected = add(*(totals["spans"] for totals in stack.totals.values()))
    names = collections.Counter(span.name for span in spans)
    assert names.pop(REQUEST) == stack.requests
    assert difference(dict(names), expected) == {}


def test_no_span_came_twice(spans):
    ids = collections.Counter((span.trace_id, span.span_id) for span in spans)
    assert [key for key, count in ids.items() if count > 1] == []


def test_the_spans_of_a_message_are_one_trace_under_its_root(traces):
    for trace in traces.values():
        root = root_of(trace)
        assert root.parent_span_id == b"" and root.kind == Span.SPAN_KIND_INTERNAL
        assert root.start_time_unix_nano == root.end_time_unix_nano
        for span in trace:
            assert len(span.trace_id) == 16 and len(span.span_id) == 8
            if span is not root:
                assert span.parent_span_id == root.span_id, span.name
            if span.name == "deliver":
                assert span.kind == Span.SPAN_KIND_CLIENT
            elif span is not root:
                assert span.kind == Span.SPAN_KIND_CONSUMER, span.name


def test_events_of_one_message_share_its_trace(stack, traces):
    """A trace holds one message: at most one sending and one outcome, and events that can follow each other."""
    for trace in traces.values():
        names = collections.Counter(span.name.split(" ")[0] for span in trace)
        assert names["sent"] <= 1 and names["delivered"] + names["bounced"] <= 1 and names["deliver"] <= 1
        begun = names["sent"] + names["accepted"] > 0
        assert (names["deliver"] == 1) == (begun and names["delivered"] + names["bounced"] > 0), dict(names)
        if root_of(trace).name == "message inbound":
            assert set(names) == {"message", "received"}, dict(names)


def test_the_deliver_span_lasts_from_the_beginning_to_the_outcome(traces):
    count = 0
    for trace in traces.values():
        spans = {span.name.split(" ")[0]: span for span in trace}
        if "deliver" not in spans:
            continue
        outcome = spans.get("delivered") or spans["bounced"]
        begun = [spans[name].start_time_unix_nano for name in ("accepted", "sent") if name in spans]
        deliver = spans["deliver"]
        # State keeps times to the microsecond.
        assert min(abs(deliver.start_time_unix_nano - time) for time in begun) < 1_000
        assert abs(deliver.end_time_unix_nano - outcome.start_time_unix_nano) < 1_000
        assert deliver.end_time_unix_nano > deliver.start_time_unix_nano
        count += 1
    assert count > 1_000


def test_every_event_links_the_request_that_brought_it(spans, traces):
    requests = {(span.trace_id, span.span_id) for span in spans if span.name == REQUEST}
    linked = set()
    for trace in traces.values():
        for span in trace:
            if span.kind != Span.SPAN_KIND_CONSUMER:
                continue
            links = {(link.trace_id, link.span_id) for link in span.links} & requests
            assert len(links) == 1, span.name
            linked |= links
    events = sum(span.kind == Span.SPAN_KIND_CONSUMER for trace in traces.values() for span in trace)
    assert len(linked) == events


def test_a_reply_links_the_root_of_the_mail_that_it_answers(stack, traces):
    roots = {(span.trace_id, span.span_id) for trace in traces.values() for span in trace if span.name.startswith("message ")}
    linking = [
        root for root in map(root_of, traces.values()) if root.name == "message inbound" and root.links
    ]
    expected = add(*(totals["links"] for totals in stack.totals.values()))
    assert len(linking) == expected["message inbound"]
    strange = [
        link for root in linking for link in root.links if (link.trace_id, link.span_id) not in roots
    ]
    assert strange == []


def test_log_records_by_event_equal_the_totals(stack, records):
    """One for each span of an event; an event of several recipients is one."""
    expected = add(*(totals["spans"] for totals in stack.totals.values()))
    expected = {name: count for name, count in expected.items() if name != "deliver" and not name.startswith("message ")}
    kinds = (attributes(record) for record in records)
    seen = collections.Counter(f"{labels['email.event']} {labels['email.provider']}" for labels in kinds)
    assert difference(dict(seen), expected) == {}


def test_no_log_record_came_twice(records):
    ids = collections.Counter(attributes(record)["log.record.uid"] for record in records)
    assert [key for key, count in ids.items() if count > 1] == []


def test_a_log_record_points_at_the_span_of_its_event(records, spans):
    by_id = {(span.trace_id, span.span_id): span for span in spans}
    for record in records:
        span = by_id[record.trace_id, record.span_id]
        labels = attributes(record)
        assert span.name == f"{labels['email.event']} {labels['email.provider']}"
        assert abs(span.start_time_unix_nano - record.time_unix_nano) < 1_000
        assert record.flags & 1


def test_a_log_record_is_named_by_its_event(stack):
    for record in stack.sink.log_records():
        event = attributes(record).get("email.event")
        assert record.event_name == (f"email.{event}" if event else "")


def test_a_log_record_says_how_grave_it_is(records):
    for record in records:
        event = attributes(record)["email.event"]
        expected = SEVERITIES.get(event, (SEVERITY_NUMBER_INFO, "INFO"))
        assert (record.severity_number, record.severity_text) == expected, event
        assert record.body.string_value and record.observed_time_unix_nano > 0


def test_no_address_is_in_the_clear(stack):
    for record in stack.sink.log_records():
        labels = attributes(record)
        assert "@" not in str(labels.get("email.recipient", ""))
        assert "email.event" not in labels or "@" not in record.body.string_value, record.body
    for span in stack.sink.spans():
        recipient = attributes(span).get("email.recipient", "")
        assert "@" not in recipient, f"{span.name}: {recipient}"
    for (name, pairs), _ in stack.sink.last_points().items():
        assert not any("@" in str(value) for _, value in pairs), f"{name}{dict(pairs)}"


def test_nothing_was_lost_on_the_way_out(stack):
    lost = {key: value for key, value in stack.collector.samples().items() if key[0] == "postmeter_export_lost_total"}
    assert {key: value for key, value in lost.items() if value} == {}
