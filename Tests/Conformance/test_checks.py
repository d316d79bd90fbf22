"""The checks themselves: what they must find, and what they must let pass."""

import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from peers import exposition
from peers.simulator import add, difference
from peers.sink import empty_envelopes, unknown_fields

TEXT = """\
# HELP mails_total Mails.
# TYPE mails_total counter
mails_total{agent="a\\"b\\\\c\\n",event="sent"} 3
mails_total{agent="x",event="sent"} 1.5e3
# TYPE lag_seconds histogram
lag_seconds_bucket{le="0.5"} 1
lag_seconds_bucket{le="1"} 2
lag_seconds_bucket{le="+Inf"} 2
lag_seconds_sum 0.75
lag_seconds_count 2
"""

OPENMETRICS = """\
# TYPE lag_seconds histogram
# UNIT lag_seconds seconds
# HELP lag_seconds Lag.
lag_seconds_bucket{le="0.5"} 1
lag_seconds_bucket{le="+Inf"} 2
lag_seconds_sum 0.75
lag_seconds_count 2
lag_seconds_created 1760000000.25
# TYPE mails counter
mails_total{agent="x"} 1 # {trace_id="a"} 1 2.5
mails_created{agent="x"} 1760000000.25
# EOF
"""


def test_a_good_text_has_no_errors_and_all_its_samples():
    read = exposition.parse(TEXT)
    assert read.errors == []
    assert read.samples[("mails_total", (("agent", 'a"b\\c\n'), ("event", "sent")))] == 3
    assert read.samples[("mails_total", (("agent", "x"), ("event", "sent")))] == 1500
    assert read.types == {"mails_total": "counter", "lag_seconds": "histogram"}


def test_a_good_openmetrics_text_has_no_errors():
    assert exposition.parse(OPENMETRICS, openmetrics=True).errors == []


@pytest.mark.parametrize(
    "old, new, complaint",
    [
        ('mails_total{agent="x",event="sent"} 1.5e3\n', 'mails_total{event="sent",agent="a\\"b\\\\c\\n"} 4\n', "second sample"),
        ("# TYPE mails_total counter\n", "", "no TYPE"),
        ("lag_seconds_sum 0.75\n", "", "no _sum"),
        ("lag_seconds_count 2\n", "lag_seconds_count 3\n", "_count is 3"),
        ('lag_seconds_bucket{le="1"} 2\n', 'lag_seconds_bucket{le="1"} 0\n', "fall"),
        ('lag_seconds_bucket{le="1"} 2\n', 'lag_seconds_bucket{le="0.1"} 1\n', "ascend"),
        ('lag_seconds_bucket{le="+Inf"} 2\n', "", "no bucket +Inf"),
        ("# TYPE lag_seconds", "# TYPE mails_total counter\n# TYPE lag_seconds", "second TYPE"),
        ("lag_seconds_count 2\n", 'lag_seconds_count 2\nmails_total{agent="z"} 1\n', "goes on after"),
        ("1.5e3", "-1", "is -1"),
        ("1.5e3", "many", "no number"),
        ('agent="x"', 'agent="x', "no sample|cannot be read"),
        ("lag_seconds_count 2\n", "lag_seconds_count 2", "no end"),
    ],
)
def test_a_text_that_breaks_a_rule_is_found(old, new, complaint):
    assert old in TEXT
    errors = exposition.parse(TEXT.replace(old, new)).errors
    assert any(part in error for error in errors for part in complaint.split("|")), errors


@pytest.mark.parametrize(
    "old, new, complaint",
    [
        ("# EOF\n", "", "EOF"),
        ("# TYPE mails counter", "\n# TYPE mails counter", "no sample: ''"),
        ("# TYPE mails counter", "# a comment\n# TYPE mails counter", "comment"),
        ("mails_total{", "mails{", "_total"),
        ('le="0.5"', 'le="1"', "canonical"),
        ("# UNIT lag_seconds seconds", "# UNIT lag_seconds minutes", "not the end"),
        ("# HELP lag_seconds Lag.\n", "", None),
        ("lag_seconds_count 2\n", "lag_seconds_count 2\n# HELP lag_seconds Lag.\n", "behind its samples"),
    ],
)
def test_an_openmetrics_text_that_breaks_a_rule_is_found(old, new, complaint):
    assert old in OPENMETRICS
    errors = exposition.parse(OPENMETRICS.replace(old, new), openmetrics=True).errors
    assert (errors == []) if complaint is None else any(complaint in error for error in errors), errors


def test_differences_are_named_with_both_values():
    seen = {"a": {"sent": 2, "bounced": 1}, "b": {"sent": 1}}
    expected = {"a": {"sent": 3, "bounced": 1}, "c": {"sent": 4}}
    assert difference(seen, expected) == {"a/sent": (2, 3), "b/sent": (1, 0), "c/sent": (0, 4)}
    assert difference(seen, seen) == {}
    assert add(seen, expected) == {"a": {"sent": 5, "bounced": 2}, "b": {"sent": 1}, "c": {"sent": 4}}


def test_unknown_fields_are_found_however_deep():
    message = ExportTraceServiceRequest()
    span = message.resource_spans.add().scope_spans.add().spans.add()
    span.name = "deliver"
    assert unknown_fields(message) == []
    # Field 99, a varint, in the span: lengths of the envelopes grow by three bytes each.
    body = bytes.fromhex("0a0e" "120c" "120a") + b"\x2a\x05alpha" + bytes.fromhex("98 06 01")
    found = unknown_fields(ExportTraceServiceRequest.FromString(body))
    assert len(found) == 1 and found[0].endswith("spans[0]: field 99"), found


def test_empty_envelopes_are_found():
    message = ExportMetricsServiceRequest()
    assert empty_envelopes(message) == ["ExportMetricsServiceRequest"]
    scope = message.resource_metrics.add().scope_metrics.add()
    assert empty_envelopes(message) == ["ScopeMetrics"]
    scope.metrics.add().name = "x"
    assert empty_envelopes(message) == []
