"""The real Prometheus scrapes a running collector: its figures are the simulator's totals."""

import gzip

import prometheus_client.openmetrics.parser
import pytest

from peers import exposition, families, prometheus
from peers.collector import OPENMETRICS, http
from peers.simulator import difference


@pytest.mark.parametrize("endpoint", ["resend", "agentmail"])
def test_events_by_agent_equal_the_totals(stack, endpoint):
    result = stack.prometheus.query(
        f'sum by (email_agent, email_event) (email_events_total{{email_account="{endpoint}"}})', stack.after
    )
    seen: dict = {}
    for series in result:
        if float(series["value"][1]):
            labels = series["metric"]
            seen.setdefault(labels["email_agent"], {})[labels["email_event"]] = int(series["value"][1])
    assert difference(seen, stack.totals[endpoint]["events"]) == {}


@pytest.mark.parametrize("endpoint", ["resend", "agentmail"])
def test_identity_labels_are_those_of_the_fleet(stack, endpoint):
    result = stack.prometheus.query(
        "count by (email_organization, email_domain, email_provider) "
        f'(email_events_total{{email_account="{endpoint}"}})', stack.after,
    )
    labels = [series["metric"] for series in result]
    assert labels == [
        {"email_organization": "acme", "email_domain": f"{endpoint}.example", "email_provider": endpoint}
    ]


@pytest.mark.parametrize("endpoint", ["resend", "agentmail"])
def test_bounces_by_class_equal_the_totals(stack, endpoint):
    result = stack.prometheus.query(
        f'sum by (email_bounce_class) (email_bounces_total{{email_account="{endpoint}"}})', stack.after
    )
    seen = {series["metric"]["email_bounce_class"]: int(series["value"][1]) for series in result}
    assert difference(seen, stack.totals[endpoint]["bounces"]) == {}


@pytest.mark.parametrize("endpoint", ["resend", "agentmail"])
def test_delivery_durations_are_as_many_as_the_totals_say(stack, endpoint):
    count = stack.prometheus.value(
        f'sum(email_delivery_duration_seconds_count{{email_account="{endpoint}"}})', stack.after
    )
    assert int(count) == stack.totals[endpoint]["delivery_durations"]


@pytest.mark.parametrize("endpoint", ["resend", "agentmail"])
def test_what_the_fold_made_of_webhooks_equals_the_totals(stack, endpoint):
    result = stack.prometheus.query(
        f'sum by (email_outcome) (email_webhook_events_total{{email_account="{endpoint}"}})', stack.after
    )
    seen = {series["metric"]["email_outcome"]: int(series["value"][1]) for series in result}
    totals = stack.totals[endpoint]
    # Repeats of a webhook about no mail are not events, so they are not known as repeats.
    mail = totals["acknowledged"] - totals["others"]
    assert seen.get("counted") == mail
    assert 0 <= totals["repeats"] - seen.get("duplicate", 0) <= totals["others"], (seen, totals["repeats"])
    assert seen.get("dead", 0) == (2 if endpoint == "resend" else 0)


def test_requests_by_answer_equal_what_was_sent(stack):
    result = stack.prometheus.query("sum by (email_outcome) (email_webhook_requests_total)", stack.after)
    seen = {series["metric"]["email_outcome"]: int(series["value"][1]) for series in result}
    assert seen.get("accepted") == stack.requests - 2
    assert seen.get("unauthorized") == 2


def test_the_series_of_configured_agents_begin_at_0(stack):
    """So that the first event of an agent is an increase that `rate` can see."""
    series = stack.prometheus.query('email_events_total{email_account="resend"}[1h]')
    agents = {one["metric"]["email_agent"] for one in series}
    assert len(agents) == 30
    late = [one["metric"] for one in series if float(one["values"][0][1]) != 0]
    assert late == []


def test_promtool_has_nothing_to_say(stack):
    assert prometheus.lint(stack.collector.get_metrics()) == ""


# What Prometheus 3 asks for, as it stands in its documentation of content negotiation.
PROMETHEUS_3 = (
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,"
    "application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,"
    "text/plain;version=0.0.4;q=0.2,*/*;q=0.1"
)
PROTOBUF = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited"


@pytest.mark.parametrize("accept", ["text/plain;version=0.0.4", "text/plain;version=1.0.0", OPENMETRICS, PROMETHEUS_3])
def test_the_exposition_keeps_every_rule_of_its_form(stack, accept):
    text = stack.collector.get_metrics(accept).decode()
    read = exposition.parse(text, openmetrics="openmetrics" in accept)
    assert read.errors == []
    assert len(read.samples) > 500


def test_the_official_parser_reads_the_openmetrics_form_and_finds_the_same(stack):
    text = stack.collector.get_metrics(OPENMETRICS).decode()
    families = list(prometheus_client.openmetrics.parser.text_string_to_metric_families(text))
    seen = {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }
    assert seen == exposition.parse(text, openmetrics=True).samples


def steady(samples: dict) -> dict:
    """The samples of mail and webhooks, which stand still while nothing comes in; bounds as numbers."""
    return {
        (name, tuple((key, str(float(value)) if key == "le" else value) for key, value in pairs)): value
        for (name, pairs), value in samples.items()
        if name.startswith(("email_events", "email_bounces", "email_delivery", "email_webhook_events", "target_info"))
    }


def test_all_forms_show_the_same(stack):
    text = steady(exposition.parse(stack.collector.get_metrics().decode()).samples)
    assert len(text) > 300
    for accept in [OPENMETRICS, PROMETHEUS_3]:
        assert steady(exposition.parse(stack.collector.get_metrics(accept).decode(), openmetrics=True).samples) == text
    protobuf = families.parse(stack.collector.get_metrics(PROTOBUF))
    assert protobuf.errors == []
    assert steady(protobuf.samples) == text


def test_who_may_be_sent_any_name_is_sent_those_that_dashboards_know(stack):
    """The names have nothing left to escape, so `escaping=allow-utf-8` changes none."""
    text = stack.collector.get_metrics(PROMETHEUS_3).decode()
    assert '{"' not in text
    assert "email_events_total" in {name for name, _ in exposition.parse(text, openmetrics=True).samples}


def test_each_sample_says_which_scope_recorded_it(stack):
    without = [
        name for name, pairs in stack.collector.samples()
        if name != "target_info" and not dict(pairs).get("otel_scope_name")
    ]
    assert without == []


@pytest.mark.parametrize("accept", ["text/plain", OPENMETRICS, PROTOBUF])
def test_an_answer_is_compressed_for_who_reads_it_and_head_has_no_body(stack, accept):
    url = f"http://127.0.0.1:{stack.collector.scrape}/metrics"
    headers = {"Accept": accept, "Accept-Encoding": "gzip"}
    packed = http.request("GET", url, headers=headers, decode_content=False)
    assert packed.headers["Content-Encoding"] == "gzip"
    body = gzip.decompress(packed.data)
    assert len(packed.data) < len(body) / 3
    plain = http.request("GET", url, headers={**headers, "Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers
    head = http.request("HEAD", url, headers=headers)
    assert (head.status, head.data) == (200, b"")
    for answer in (plain, head):
        assert answer.headers["Content-Type"] == packed.headers["Content-Type"]
        assert answer.headers["Vary"] == "Accept, Accept-Encoding"


@pytest.mark.parametrize(
    "accept, expected",
    [
        (PROMETHEUS_3, "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=allow-utf-8"),
        (f"{PROTOBUF},{OPENMETRICS};q=0.8", f"{PROTOBUF.replace(';', '; ')}; escaping=underscores"),
        ("application/openmetrics-text;version=0.0.1", "application/openmetrics-text; version=0.0.1"),
        ("text/plain;version=1.0.0;escaping=other", "text/plain; version=1.0.0; charset=utf-8; escaping=underscores"),
        ("text/plain;version=0.0.4", "text/plain; version=0.0.4"),
        ("application/openmetrics-text;version=1.0.0", "application/openmetrics-text; version=1.0.0"),
        (
            "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
            "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
            "application/openmetrics-text; version=1.0.0",
        ),
        ("text/plain;q=0.9,application/openmetrics-text;version=1.0.0;q=0.2", "text/plain; version=0.0.4"),
        ("image/png", "text/plain; version=0.0.4"),
    ],
)
def test_the_form_is_the_one_that_is_asked_for(stack, accept, expected):
    url = f"http://127.0.0.1:{stack.collector.scrape}/metrics"
    answer = http.request("GET", url, headers={"Accept": accept})
    assert answer.headers["Content-Type"].startswith(expected)


def test_resource_attributes_are_in_target_info_alone(stack):
    infos = [pairs for name, pairs in stack.collector.samples() if name == "target_info"]
    assert len(infos) == 1
    labels = dict(infos[0])
    assert labels["service_name"] and labels["service_instance_id"]
    others = {key for name, pairs in stack.collector.samples() if name != "target_info" for key, _ in pairs}
    assert not others & {"service_name", "service_instance_id"}
