"""`postmeter check` and `postmeter.yaml`: the documented file is good, and the console shows what would be pushed."""

import base64
import json
import os
import pathlib
import re
import subprocess

import pytest
from google.protobuf import json_format
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from peers.collector import SECRET, Collector, configuration, http
from peers.processes import POSTMETER, wait_for
from peers.sink import empty_envelopes
from peers.webhooks import resend_body, signed

DOCUMENTATION = pathlib.Path(__file__).parents[2] / "Sources" / "Postmeter" / "Postmeter.docc"
VARIABLES = {"VENDOR_KEY": "hidden-key", "RESEND_SECRET": SECRET, "TRACE_KEY": "0123456789abcdef"}
REQUESTS = {
    "resourceMetrics": ExportMetricsServiceRequest,
    "resourceSpans": ExportTraceServiceRequest,
    "resourceLogs": ExportLogsServiceRequest,
}


def check(folder: pathlib.Path, text: str, **variables: str) -> subprocess.CompletedProcess:
    """`postmeter check` on a file with this text."""
    file = folder / "postmeter.yaml"
    file.write_text(text)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    return subprocess.run(
        [POSTMETER, "check", "--config", file], capture_output=True, text=True, timeout=30, cwd=folder,
        env={**environment, **VARIABLES, **variables},
    )


def documented() -> str:
    """The file with everything in it, as the documentation has it."""
    page = (DOCUMENTATION / "Configuration.md").read_text()
    return re.search(r"## A file with everything in it\n\n```yaml\n(.*?)```", page, re.DOTALL).group(1)


def test_the_documented_file_is_good_and_no_secret_is_shown(tmp_path):
    run = check(tmp_path, documented())
    assert run.returncode == 0, run.stderr
    assert "warning" not in run.stdout
    assert "vendor (metrics, traces, logs) at https://otlp.example.com with authorization" in run.stdout
    assert "near (metrics, traces) at http://127.0.0.1:4318 traces to http://127.0.0.1:4319/v1/traces" in run.stdout
    assert "hidden-key" not in run.stdout + run.stderr


def test_the_documented_file_names_every_key(tmp_path):
    page = (DOCUMENTATION / "Configuration.md").read_text()
    for key in re.findall(r"^ *(?:- )?(?:\{ )?([a-z_]+):", documented(), re.MULTILINE):
        in_fleet = key in ("id", "organizations", "accounts", "autoprovision", "name")
        assert in_fleet or re.search(rf"[`.]{key}[`.]", page), key


@pytest.mark.parametrize(
    "old, new, complaint",
    [
        ("compression: gzip", "compression: zstd", "otlp[0].compression: 'zstd' is none of gzip, none"),
        ("  - name: near\n", "  - name: vendor\n", "otlp[1].name: 'vendor' stands twice; rename one"),
        ("created: false", "create: false", "scrape.create: unknown key"),
        ('admin: "127.0.0.1:4381"', 'admin: "0.0.0.0:4381"', "listen.admin: '0.0.0.0:4381' can be reached from outside"),
        (
            '{ address: "127.0.0.1:9464" }', '{ web_config_file: ./no-such-file.yml }',
            "listen.scrape.web_config_file: ./no-such-file.yml",
        ),
    ],
)
def test_a_bad_file_is_refused_with_the_place_and_the_fix(tmp_path, old, new, complaint):
    text = documented()
    assert old in text
    run = check(tmp_path, text.replace(old, new))
    assert run.returncode != 0
    assert complaint in run.stderr, run.stderr
    assert "hidden-key" not in run.stdout + run.stderr


def test_files_that_are_missing_and_variables_that_are_bad_are_warnings(tmp_path):
    text = documented().replace("spool: off", "spool: off\n    tls: { ca_file: ./no-such-ca.pem }")
    run = check(tmp_path, text, OTEL_BSP_SCHEDULE_DELAY="soon", OTEL_CONFIG_FILE="/otel.yaml")
    assert run.returncode == 0, run.stderr
    assert "warning: otlp (near): './no-such-ca.pem' cannot be read" in run.stdout
    assert "warning: OTEL_BSP_SCHEDULE_DELAY 'soon' is ignored" in run.stdout
    assert "warning: OTEL_CONFIG_FILE '/otel.yaml' is ignored" in run.stdout


def ids_as_base64(value):
    """OTLP's JSON with ids as JSON of protobuf has bytes."""
    if isinstance(value, list):
        return [ids_as_base64(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        key: base64.b64encode(bytes.fromhex(one)).decode() if key in ("traceId", "spanId", "parentSpanId") else ids_as_base64(one)
        for key, one in value.items()
    }


def test_the_console_shows_every_signal_as_json_of_otlp(tmp_path):
    tree = configuration({"support": "resend"})
    tree |= {"console": True, "logs": {"events": "all"}}
    collector = Collector(tmp_path, tree).start()
    try:
        for mail in range(3):
            body = json.dumps(resend_body(mail=f"mail-{mail}")).encode()
            answer = http.request("POST", collector.hook("support"), body=body, headers=signed(body, prefix="svix"))
            assert answer.status == 200, answer.data
        collector.wait_folded()
    finally:
        assert collector.process.stop() == 0
    shown = {key: [] for key in REQUESTS}
    for line in collector.process.log.read_text().splitlines():
        if line.startswith('{"resource'):
            (key, _), = json.loads(line).items()
            # Unknown names and values of the wrong type are errors.
            message = json_format.ParseDict(ids_as_base64(json.loads(line)), REQUESTS[key]())
            assert empty_envelopes(message) == []
            shown[key].append(message)
    metrics = [
        metric
        for message in shown["resourceMetrics"]
        for scope in message.resource_metrics[0].scope_metrics
        for metric in scope.metrics
    ]
    events = [metric for metric in metrics if metric.name == "email.events"][-1]
    assert sum(point.as_int for point in events.sum.data_points) == 3
    spans = [
        span for message in shown["resourceSpans"] for scope in message.resource_spans[0].scope_spans for span in scope.spans
    ]
    assert sum(span.name == "sent resend" for span in spans) == 3
    assert all(len(span.trace_id) == 16 and len(span.span_id) == 8 for span in spans)
    records = [
        record for message in shown["resourceLogs"] for scope in message.resource_logs[0].scope_logs for record in scope.log_records
    ]
    sent = [record for record in records if record.event_name == "email.sent"]
    assert {record.trace_id for record in sent} == {span.trace_id for span in spans if span.name == "sent resend"}
