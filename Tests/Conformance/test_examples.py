"""The services of Tests/Examples, as a user's own would be, seen from outside.

WebService is Hummingbird with its stock middleware; AgentService answers six mails through the mail hooks.
"""

import collections
import hashlib
import hmac
import re
import socket

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics_families
from prometheus_client.parser import text_string_to_metric_families as text_families

from peers import exposition
from peers.processes import wait_for
from peers.service import TRACE_KEY, Service, http
from peers.sink import attributes, empty_envelopes, unknown_fields

OPENMETRICS = "application/openmetrics-text; version=1.0.0"
TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
SAMPLED, UNSAMPLED = f"00-{TRACE}-{PARENT}-01", f"00-{TRACE}-{PARENT}-00"
GREETINGS, ORDERS = "/greetings/{name}", "/orders/{number}"

# What is asked of the web service: path, traceparent, answer, route.
REQUESTS = [
    *[("/greetings/ada", None, 200, GREETINGS)] * 3,
    *[("/greetings/ada", SAMPLED, 200, GREETINGS)] * 2,
    ("/greetings/ada", UNSAMPLED, 200, GREETINGS),
    ("/greetings/ada", f"00-{TRACE.upper()}-{PARENT}-01", 200, GREETINGS),
    ("/greetings/ada", f"00-{'0' * 32}-{PARENT}-01", 200, GREETINGS),
    ("/orders/7", None, 200, ORDERS),
    ("/orders/8", SAMPLED, 200, ORDERS),
    ("/orders/1234", None, 404, ORDERS),
    ("/broken", SAMPLED, 500, "/broken"),
    ("/nowhere", None, 404, None),
]


class Seen:
    """What a service told in all, once it has ended."""

    def __init__(self, service: Service, text: str, openmetrics: str):
        self.sink, self.text, self.openmetrics = service.sink, text, openmetrics
        self.samples = exposition.parse(text).samples
        self.spans = service.sink.spans()
        self.records = service.sink.log_records()
        self.points = {
            (name, pairs): point for (name, pairs), (_, point) in service.sink.last_points().items()
        }

    def figures(self, name: str, *labels: str) -> dict:
        """Samples of one name that are not 0, by the values of these labels."""
        return {
            tuple(dict(pairs).get(label) for label in labels): value
            for (sample, pairs), value in self.samples.items()
            if sample == name and value
        }

    def children(self, span: Span) -> list:
        return [other for other in self.spans if other.parent_span_id == span.span_id]


def expositions(service: Service) -> tuple[str, str]:
    return service.get_metrics(), service.get_metrics(OPENMETRICS)


@pytest.fixture(scope="module")
def web(tmp_path_factory):
    service = Service(tmp_path_factory.mktemp("web"), "WebService")
    try:
        wait_for("the web port", lambda: socket.socket().connect_ex(("127.0.0.1", service.port)) == 0)
        for path, parent, status, _ in REQUESTS:
            headers = {"traceparent": parent, "tracestate": "peer=1"} if parent else {}
            answer = http.request("GET", f"http://127.0.0.1:{service.port}{path}", headers=headers)
            assert answer.status == status, (path, answer.data)

        def is_counted():
            counted = exposition.parse(service.get_metrics()).samples.items()
            return sum(value for (name, _), value in counted if name == "hb_requests_total") == len(REQUESTS)

        # Hummingbird counts a request when its answer has been written, a little after it arrives here.
        wait_for("the count of requests", is_counted)
        texts = expositions(service)
        service.stop()
        yield Seen(service, *texts)
    finally:
        service.close()


@pytest.fixture(scope="module")
def agent(tmp_path_factory):
    service = Service(tmp_path_factory.mktemp("agent"), "AgentService")
    try:

        def is_done():
            counted = exposition.parse(service.get_metrics()).samples.items()
            return sum(value for (name, _), value in counted if name == "email_conversations_total") == 6

        wait_for("the fate of all mails", is_done)
        texts = expositions(service)
        service.stop()
        yield Seen(service, *texts)
    finally:
        service.close()


@pytest.fixture(params=["web", "agent"])
def any_service(request):
    return request.getfixturevalue(request.param)


def test_expositions_are_valid(any_service):
    assert exposition.parse(any_service.text).errors == []
    assert exposition.parse(any_service.openmetrics, openmetrics=True).errors == []
    # The official parsers raise on what they refuse.
    assert len(list(text_families(any_service.text))) > 5
    assert len(list(openmetrics_families(any_service.openmetrics))) > 5


def test_the_bytes_are_those_of_the_official_definitions(any_service):
    for path in ["/v1/metrics", "/v1/traces", "/v1/logs"]:
        assert any_service.sink.received(path), path
        for request in any_service.sink.received(path):
            assert unknown_fields(request.message) == [], path
            assert empty_envelopes(request.message) == [], path


def test_every_export_says_whose_it_is(any_service):
    for request in any_service.sink.requests:
        kind = {"/v1/metrics": "resource_metrics", "/v1/traces": "resource_spans", "/v1/logs": "resource_logs"}
        for holder in getattr(request.message, kind[request.path]):
            resource = attributes(holder.resource)
            assert resource["service.name"] in ("WebService", "AgentService")
            assert resource["deployment.environment.name"] == "test"


def test_no_span_came_twice(any_service):
    ids = collections.Counter((span.trace_id, span.span_id) for span in any_service.spans)
    assert [key for key, count in ids.items() if count > 1] == []


def requests_by_route() -> dict:
    return {
        (route or "NotFound", "GET", str(status)): float(count)
        for (route, status), count in collections.Counter(
            (route, status) for _, _, status, route in REQUESTS
        ).items()
    }


def test_the_stock_metrics_count_every_request(web):
    by_route = requests_by_route()
    labels = ["http_route", "http_request_method", "http_response_status_code"]
    assert web.figures("hb_requests_total", *labels) == by_route
    assert web.figures("hb_request_errors_total", "http_route", "http_request_method", "error_type") == {
        key: count for key, count in by_route.items() if key[2] != "200"
    }
    # Hummingbird times what it answers, not what it throws.
    answered = {key: count for key, count in by_route.items() if key[2] == "200"}
    assert web.figures("http_server_request_duration_seconds_count", *labels) == answered
    sums = web.figures("http_server_request_duration_seconds_sum", *labels)
    assert set(sums) == set(answered) and all(0 < seconds < 60 for seconds in sums.values())
    active = [value for (name, _), value in web.samples.items() if name == "http_server_active_requests"]
    assert active == [0]
    assert web.figures("orders_read_total") == {(): 3.0}


def test_the_stock_metrics_are_pushed_alike(web):
    keys = ["http.route", "http.request.method", "http.response.status_code"]
    counts = {
        tuple(dict(pairs)[key] for key in keys): float(point.as_int)
        for (name, pairs), point in web.points.items()
        if name == "hb.requests"
    }
    assert counts == requests_by_route()
    durations = {
        tuple(dict(pairs)[key] for key in keys): point
        for (name, pairs), point in web.points.items()
        if name == "http.server.request.duration" and point.count
    }
    assert {key: float(point.count) for key, point in durations.items()} == {
        key: count for key, count in requests_by_route().items() if key[2] == "200"
    }
    assert all(point.count == sum(point.bucket_counts) for point in durations.values())


def server_spans(web) -> list:
    return [span for span in web.spans if span.kind == Span.SPAN_KIND_SERVER]


def test_every_sampled_request_has_a_server_span(web):
    expected = collections.Counter(
        (route or "NotFound", status)
        for _, parent, status, route in REQUESTS
        if parent != UNSAMPLED
    )
    seen = collections.Counter(
        (span.name, attributes(span)["http.response.status_code"]) for span in server_spans(web)
    )
    assert seen == expected
    for span in server_spans(web):
        values = attributes(span)
        assert values["http.request.method"] == "GET"
        assert span.end_time_unix_nano > span.start_time_unix_nano
        failed = values["http.response.status_code"] >= 500
        assert (span.status.code == Status.STATUS_CODE_ERROR) == failed
        assert [event.name for event in span.events] == (
            ["exception"] if values["http.response.status_code"] >= 400 else []
        )


def test_a_trace_goes_on_where_the_caller_left_it(web):
    continued = [span for span in server_spans(web) if span.parent_span_id]
    assert len(continued) == sum(parent == SAMPLED for _, parent, _, _ in REQUESTS)
    for span in continued:
        assert span.trace_id.hex() == TRACE and span.parent_span_id.hex() == PARENT
        assert span.trace_state == "peer=1"
        # Sampled, and known to have a parent in another process.
        assert span.flags & 0x1 and span.flags & 0x300 == 0x300
    roots = [span for span in server_spans(web) if not span.parent_span_id]
    assert len({span.trace_id for span in roots}) == len(roots)
    assert all(span.trace_id.hex() != TRACE for span in roots)


def test_spans_within_a_request_are_its_children(web):
    inner = [span for span in web.spans if span.name == "find order"]
    assert len(inner) == sum(route == ORDERS for _, _, _, route in REQUESTS)
    assert len(inner) + len(server_spans(web)) == len(web.spans)
    parents = {span.span_id: span for span in server_spans(web)}
    for span in inner:
        parent = parents[span.parent_span_id]
        assert span.trace_id == parent.trace_id and parent.name == ORDERS
        assert attributes(span)["order.number"] in (7, 8, 1234)
        assert parent.start_time_unix_nano <= span.start_time_unix_nano
        assert span.end_time_unix_nano <= parent.end_time_unix_nano


def test_log_records_name_their_request(web):
    spans = {span.span_id: span for span in web.spans}
    requests = [record for record in web.records if record.body.string_value == "Request"]
    assert len(requests) == len(REQUESTS)
    named = [record for record in requests if record.span_id in spans]
    assert len(named) == len(server_spans(web)) == len({record.span_id for record in named})
    for record in named:
        span = spans[record.span_id]
        assert record.trace_id == span.trace_id and span.kind == Span.SPAN_KIND_SERVER
        assert attributes(record)["hb.request.path"] == attributes(span)["url.path"]
        assert record.severity_text == "info" and record.severity_number == 9
        assert span.start_time_unix_nano <= record.time_unix_nano <= span.end_time_unix_nano
    # That of the request that its caller does not sample names a span that is not recorded.
    [other] = [record for record in requests if record.span_id not in spans]
    assert other.trace_id.hex() == TRACE and other.flags & 1 == 0
    found = [record for record in web.records if record.body.string_value == "order found"]
    assert [spans[record.span_id].name for record in found] == ["find order"] * 2


def test_every_mail_has_its_trace(agent):
    names = collections.Counter(span.name for span in agent.spans)
    assert names == {
        "message inbound": 6, "received agentmail": 6, "receive": 6, "process classify": 6,
        "process reply": 5, "invoke_agent helpdesk": 5, "execute_tool find_order": 3, "chat gpt-5-mini": 4,
        "send": 3,
    }
    roots = {span.trace_id.hex(): span for span in agent.spans if span.name == "message inbound"}
    key = TRACE_KEY.encode()
    assert set(roots) == {
        hmac.new(key, f"agentmail/shop/m-{number}".encode(), hashlib.sha256).hexdigest()[:32]
        for number in range(1, 7)
    }
    inside = {
        "received agentmail": {"message inbound"}, "receive": {"message inbound"},
        "process classify": {"message inbound"}, "process reply": {"message inbound"},
        "invoke_agent helpdesk": {"process reply"}, "execute_tool find_order": {"invoke_agent helpdesk"},
        "chat gpt-5-mini": {"invoke_agent helpdesk"}, "send": {"process reply"},
    }
    parents = {(span.trace_id, span.span_id): span for span in agent.spans}
    for span in agent.spans:
        if span.name != "message inbound":
            assert parents[(span.trace_id, span.parent_span_id)].name in inside[span.name], span.name


def test_the_figures_of_the_agent_are_those_of_its_mails(agent):
    assert agent.figures("email_conversations_total", "email_agent", "email_outcome") == {
        ("helpdesk", "answered"): 2, ("helpdesk", "escalated"): 1, ("helpdesk", "abandoned"): 1,
        ("helpdesk", "failed"): 2,
    }
    assert agent.figures("email_events_total", "email_event") == {("received",): 6}
    assert agent.figures("email_processing_duration_seconds_count", "email_step", "error_type") == {
        ("classify", None): 6, ("reply", None): 4, ("reply", "OrderNotFound"): 1,
    }
    assert agent.figures("messaging_client_sent_messages_total", "error_type") == {
        (None,): 2, ("suppressed",): 1,
    }
    assert agent.figures("messaging_client_consumed_messages_total", "error_type") == {(None,): 6}
    assert agent.figures("email_response_duration_seconds_count", "email_account", "email_domain") == {
        ("shop", "shop.example"): 2,
    }
    assert agent.figures("gen_ai_client_token_usage_sum", "gen_ai_token_type") == {
        ("input",): 1_600, ("output",): 200,
    }
    assert agent.figures("gen_ai_client_operation_duration_seconds_count", "gen_ai_request_model") == {
        ("gpt-5-mini",): 4,
    }
    assert agent.figures("gen_ai_invoke_agent_duration_seconds_count", "email_account", "error_type") == {
        ("shop", None): 4, ("shop", "OrderNotFound"): 1,
    }
    assert agent.figures("gen_ai_execute_tool_duration_seconds_count", "gen_ai_tool_name", "error_type") == {
        ("find_order", None): 2, ("find_order", "OrderNotFound"): 1,
    }
    assert agent.figures("email_llm_cost_total", "gen_ai_request_model") == {("gpt-5-mini",): 1.0}


def test_what_is_absent_is_not_pushed_as_empty(agent):
    empty = [key for key in agent.points if "" in dict(key[1]).values()]
    assert empty == []


def test_a_span_lasts_as_long_as_its_histogram_says(agent):
    spans = [span for span in agent.spans if span.name.startswith("chat ")]
    total = sum(span.end_time_unix_nano - span.start_time_unix_nano for span in spans) / 1e9
    [seconds] = agent.figures("gen_ai_client_operation_duration_seconds_sum").values()
    # Spans are dated to the nanosecond by a line that is redrawn as the wall clock drifts.
    assert seconds == pytest.approx(total, abs=1e-4)


def test_errors_and_refusals_are_on_their_spans_alone(agent):
    failed = collections.Counter(
        (span.name, attributes(span)["error.type"])
        for span in agent.spans
        if span.status.code == Status.STATUS_CODE_ERROR
    )
    assert failed == {
        ("execute_tool find_order", "OrderNotFound"): 1, ("invoke_agent helpdesk", "OrderNotFound"): 1,
        ("process reply", "OrderNotFound"): 1, ("send", "suppressed"): 1,
    }
    assert all("error.type" not in attributes(span) for span in agent.spans if span.status.code == 0)
    outcomes = collections.Counter(attributes(span)["email.event"] for span in agent.spans if span.name == "send")
    assert outcomes == {"accepted": 2, "suppressed": 1}


def test_log_records_name_the_work_they_come_from(agent):
    spans = {span.span_id: span for span in agent.spans}
    said = {
        record.body.string_value: spans[record.span_id].name if record.span_id else None
        for record in agent.records
        if record.body.string_value in (
            "answered", "handed to a human", "mail not answered", "the platform did not take the answer"
        )
    }
    assert said == {
        "answered": "send", "handed to a human": "process reply", "mail not answered": None,
        "the platform did not take the answer": "send",
    }
    [failed] = [record for record in agent.records if record.body.string_value == "mail not answered"]
    assert attributes(failed)["exception.type"].endswith("Platform.OrderNotFound")
    assert failed.severity_text == "error" and failed.severity_number == 17


def test_no_address_leaves_the_process(agent):
    for request in agent.sink.requests:
        assert b"@example.com" not in request.body, request.path
    recipients = [attributes(span)["email.recipient"] for span in agent.spans if span.name == "send"]
    assert all(re.fullmatch(r"[0-9a-f]{16}", word) for word in recipients), recipients
    [words] = [attributes(span)["email.detail"] for span in agent.spans if "email.detail" in attributes(span)]
    assert words == "550 [address] is on the suppression list"
