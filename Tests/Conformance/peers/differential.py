"""Records with OpenTelemetry's SDK for Python what Tests/Examples/Sources/Differential records with this library."""

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.metrics import Observation
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.metrics.view import (
    ExplicitBucketHistogramAggregation, ExponentialBucketHistogramAggregation, View,
)
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.trace import Link, NonRecordingSpan, SpanContext, SpanKind, Status, StatusCode, TraceFlags, TraceState

SCOPE = "differential"
START = 1_700_000_000_123_456_789

REMOTE = SpanContext(
    0x4BF92F3577B34DA6A3CE929D0E0E4736, 0x00F067AA0BA902B7, is_remote=True, trace_flags=TraceFlags(1),
    trace_state=TraceState([("peer", "1"), ("other", "a:b")]),
)
HERE = SpanContext(
    0x0123456789ABCDEFFEDCBA9876543210, 0x0102030405060708, is_remote=False, trace_flags=TraceFlags(1)
)
ATTRIBUTES = {
    "text": "ä and \U0001F4E8", "empty": "", "number": -(1 << 63), "ratio": 0.1, "yes": True, "no": False,
    "texts": ["a", ""], "numbers": [1, -1, 0], "ratios": [0.5, -0.0], "flags": [True, False],
}


def record(endpoint: str) -> None:
    """Records everything and sends it."""
    resource = Resource.create({"service.name": "Differential"})
    _record_metrics(endpoint, resource)
    _record_spans(endpoint, resource)
    _record_logs(endpoint, resource)


def _record_metrics(endpoint: str, resource: Resource) -> None:
    reader = PeriodicExportingMetricReader(OTLPMetricExporter(f"{endpoint}/v1/metrics"), export_interval_millis=3_600_000)
    views = [
        View(instrument_name="d.duration", aggregation=ExplicitBucketHistogramAggregation([0.1, 1])),
        View(instrument_name="d.amounts", aggregation=ExponentialBucketHistogramAggregation()),
        View(instrument_name="d.single", aggregation=ExponentialBucketHistogramAggregation()),
        View(instrument_name="d.latency", aggregation=ExponentialBucketHistogramAggregation(max_size=20)),
    ]
    provider = MeterProvider([reader], resource, views=views)
    meter = provider.get_meter(SCOPE, "1.2.3")
    requests = meter.create_counter("d.requests", "{request}", "Requests by outcome.")
    cost = meter.create_counter("d.cost", "{USD}")
    queue, level = meter.create_up_down_counter("d.queue"), meter.create_up_down_counter("d.level")
    temperature, size = meter.create_gauge("d.temperature", "Cel"), meter.create_gauge("d.size", "By")
    duration = meter.create_histogram("d.duration", "s")
    amounts, latency, single = (
        meter.create_histogram("d.amounts"), meter.create_histogram("d.latency", "ms"), meter.create_histogram("d.single")
    )
    meter.create_observable_counter("d.ticks", [lambda _: [Observation(40)]])
    meter.create_observable_up_down_counter("d.pending", [lambda _: [Observation(-4)]])
    meter.create_observable_gauge(
        "d.share", [lambda _: [Observation(0.25, {"disk": "a"}), Observation(0.75, {"disk": "b"})]], "1"
    )
    with trace.use_span(NonRecordingSpan(HERE)):
        requests.add(3, {"outcome": "ok", "http.route": "/things/{id}"})
        cost.add(1.25)
        temperature.set(21.5)
        for value in [0.0625, 0.5, 4.0]:
            duration.record(value, {"step": "parse"})
        single.record(3.5)
    requests.add(1, {"outcome": "error", "http.route": "/ä\"\\\n"})
    for value in [5, -2]:
        queue.add(value)
    for value in [2.5, -1.0]:
        level.add(value)
    size.set(7)
    for value in [0.1, 1.0, 1.0000001]:
        duration.record(value, {"step": "bounds"})
    for value in range(101):
        amounts.record(float(value))
    for value in range(1, 51):
        latency.record(float(value))
    provider.shutdown()


def _record_spans(endpoint: str, resource: Resource) -> None:
    provider = TracerProvider(resource=resource)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(f"{endpoint}/v1/traces")))
    tracer = provider.get_tracer(SCOPE)
    server = tracer.start_span(
        "GET /things/{id}", trace.set_span_in_context(NonRecordingSpan(REMOTE)), SpanKind.SERVER, ATTRIBUTES,
        [Link(HERE, ATTRIBUTES), Link(REMOTE)], START,
    )
    server.add_event("cache miss", ATTRIBUTES, START + 5)
    server.add_event("nothing to say", timestamp=START + 6)
    server.set_status(Status(StatusCode.ERROR, "it broke: ä"))
    for name, kind in [
        ("inside", SpanKind.INTERNAL), ("call", SpanKind.CLIENT), ("hand on", SpanKind.PRODUCER), ("take", SpanKind.CONSUMER)
    ]:
        child = tracer.start_span(name, trace.set_span_in_context(server), kind, start_time=START + 10)
        if kind is SpanKind.CLIENT:
            child.set_status(Status(StatusCode.OK))
        child.end(START + 20)
    server.end(START + 1_000_000_000)
    busy = tracer.start_span("busy", start_time=START)
    for number in range(130):
        busy.set_attribute(f"key.{number}", number)
        busy.add_event("event", timestamp=START + number)
        busy.add_link(HERE)
    busy.end(START + 500)
    provider.shutdown()


def _record_logs(endpoint: str, resource: Resource) -> None:
    provider = LoggerProvider(resource)
    provider.add_log_record_processor(BatchLogRecordProcessor(OTLPLogExporter(f"{endpoint}/v1/logs")))
    logger = provider.get_logger(SCOPE)
    here = trace.set_span_in_context(NonRecordingSpan(HERE))
    logger.emit(
        LogRecord(
            timestamp=START + 1, context=here, severity_number=SeverityNumber.WARN, severity_text="WARN",
            body="the disk is nearly full: ä", attributes=ATTRIBUTES, event_name="disk.full",
        )
    )
    for number, text in [
        (SeverityNumber.TRACE, "TRACE"), (SeverityNumber.DEBUG, "DEBUG"), (SeverityNumber.INFO, "INFO"),
        (SeverityNumber.ERROR, "ERROR"), (SeverityNumber.FATAL, "FATAL"),
    ]:
        logger.emit(
            LogRecord(timestamp=START + 2, severity_number=number, severity_text=text, body=f"said as {text}")
        )
    provider.shutdown()
