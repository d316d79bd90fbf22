"""Receivers of OTLP over HTTP that keep and check what they get."""

import dataclasses
import gzip
import http.server
import threading

import urllib3
from google.protobuf.unknown_fields import UnknownFieldSet
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import (
    ExportLogsServiceRequest,
    ExportLogsServiceResponse,
)
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
    ExportMetricsServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

MESSAGES = {
    "/v1/metrics": (ExportMetricsServiceRequest, ExportMetricsServiceResponse),
    "/v1/traces": (ExportTraceServiceRequest, ExportTraceServiceResponse),
    "/v1/logs": (ExportLogsServiceRequest, ExportLogsServiceResponse),
}


@dataclasses.dataclass
class Received:
    """One request: its path, its headers by lower-case name, its body uncompressed, and what that holds."""

    path: str
    headers: dict
    body: bytes
    message: object


class Sink:
    """Answers OTLP requests with success and keeps them; with `forward`, sends their bytes on unchanged."""

    def __init__(self, forward: str | None = None):
        self.forward = forward
        self.requests: list[Received] = []
        self.errors: list[str] = []
        self.is_frozen = False
        self.lock = threading.Lock()
        self.pool = urllib3.PoolManager(maxsize=4, retries=False, timeout=20)
        sink = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                status, answer = sink.take(self.path, headers, body)
                self.send_response(status)
                self.send_header("Content-Type", "application/x-protobuf")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def take(self, path: str, headers: dict, sent: bytes) -> tuple[int, bytes]:
        if path not in MESSAGES:
            self.errors.append(f"a request to {path}")
            return 404, b""
        body = gzip.decompress(sent) if headers.get("content-encoding") == "gzip" else sent
        request_type, response_type = MESSAGES[path]
        try:
            message = request_type.FromString(body)
        except Exception as error:  # whatever the decoder raises is a finding, not a crash of this thread
            self.errors.append(f"{path}: {len(body)} bytes cannot be decoded: {error}")
            return 400, b""
        if headers.get("content-type") != "application/x-protobuf":
            self.errors.append(f"{path}: Content-Type is {headers.get('Content-Type')}")
        with self.lock:
            if not self.is_frozen:
                self.requests.append(Received(path, headers, body, message))
        if self.forward:
            kept = {key: headers[key] for key in ("content-type", "content-encoding") if key in headers}
            answer = self.pool.request("POST", self.forward + path, body=sent, headers=kept)
            return answer.status, answer.data
        return 200, response_type().SerializeToString()

    def freeze(self) -> None:
        """Keeps nothing of what comes from now on, so that all tests look at the same."""
        with self.lock:
            self.is_frozen = True

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def received(self, path: str) -> list[Received]:
        with self.lock:
            return [request for request in self.requests if request.path == path]

    def spans(self) -> list:
        """All spans."""
        return [
            span
            for request in self.received("/v1/traces")
            for resource in request.message.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]

    def log_records(self) -> list:
        """All log records."""
        return [
            record
            for request in self.received("/v1/logs")
            for resource in request.message.resource_logs
            for scope in resource.scope_logs
            for record in scope.log_records
        ]

    def last_points(self) -> dict:
        """The data points of the last push: {(metric name, attributes): (metric, point)}."""
        requests = self.received("/v1/metrics")
        return {
            (metric.name, tuple(sorted(attributes(point).items()))): (metric, point)
            for metric, point in points(requests[-1].message if requests else None)
        }

    def last_push(self) -> float:
        """The time of the last push of metrics, in seconds since the Unix epoch; 0 before the first."""
        requests = self.received("/v1/metrics")
        last = requests[-1].message if requests else None
        return max((point.time_unix_nano for _, point in points(last)), default=0) / 1e9


def points(message):
    """The data points of a push, each with its metric."""
    for resource in message.resource_metrics if message else []:
        for scope in resource.scope_metrics:
            for metric in scope.metrics:
                for point in getattr(metric, metric.WhichOneof("data")).data_points:
                    yield metric, point


def attributes(holder) -> dict:
    """The attributes of a message as a dictionary of plain values."""
    return {pair.key: getattr(pair.value, pair.value.WhichOneof("value")) for pair in holder.attributes}


def unknown_fields(message, path: str = "") -> list[str]:
    """The places of fields that the official definitions do not have."""
    path = path or type(message).__name__
    found = [f"{path}: field {field.field_number}" for field in UnknownFieldSet(message)]
    for field, value in message.ListFields():
        if field.type != field.TYPE_MESSAGE:
            continue
        items = [value] if hasattr(value, "ListFields") else value
        for place, item in enumerate(items):
            found += unknown_fields(item, f"{path}.{field.name}[{place}]")
    return found


def empty_envelopes(message) -> list[str]:
    """The envelopes that hold nothing, which senders should not send."""
    found = []
    resources = _held(message, "resource_metrics", "resource_spans", "resource_logs")
    if not resources:
        return [type(message).__name__]
    for resource in resources:
        scopes = _held(resource, "scope_metrics", "scope_spans", "scope_logs")
        if not scopes:
            found.append(type(resource).__name__)
        for scope in scopes:
            if not _held(scope, "metrics", "spans", "log_records"):
                found.append(type(scope).__name__)
    return found


def _held(message, *names):
    """What the first of these fields that is there and not empty holds."""
    return next((held for name in names if (held := getattr(message, name, None))), [])
