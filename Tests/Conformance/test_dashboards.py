"""Every query of the dashboards and rules, asked of a real Prometheus, answers what the simulator's totals say.

`peers/observed.py` is the run and `oracles/` the answers. Ranges begin and end at a scrape when all is quiet, so
`rate` and `increase` have nothing to extrapolate: totals and ratios are exact. What is empty in a healthy fleet the
run provokes (bad signatures, a body that is no JSON, a receiver that is away and one that refuses), or the series is
there at 0.
"""

import math
import re

import pytest

from oracles.machine import EXPORTER, WEBHOOKS
from oracles.mail import AGENTS, FLEET
from oracles.rules import RECORDS, SIDES
from peers.dashboards import FILES, board, expand, over, parts, queries, rules
from peers.observed import AGENTS as NAMES
from peers.observed import observe

ORACLES = {
    "fleet-overview": FLEET, "agent": AGENTS, "webhooks-and-pipeline": WEBHOOKS, "exporter-health": EXPORTER,
}
QUERIES = pytest.mark.parametrize("query", queries(), ids=str)
RULES = rules()


@pytest.fixture(scope="module")
def observed(tmp_path_factory):
    yield from observe(tmp_path_factory.mktemp("observed"))


def oracle_of(query):
    return ORACLES[query.board][query.title, query.ref]


def milliseconds(seconds: float) -> str:
    return f"{round(seconds * 1000)}ms"


def ask(seen, expression: str, oracle, **variables) -> list:
    """What Grafana gets for a panel when a window between two scrapes is looked at."""
    times = seen.times if oracle.of == "postmeter" else seen.replayed
    begin, end = (times[name] for name in oracle.window)
    text = expand(expression, milliseconds(end - begin), job=oracle.of, **variables)
    return seen.prometheus.query(text, end)


def test_every_query_has_its_oracle():
    asked = {query.key for query in queries()}
    answered = {(name, *key) for name, table in ORACLES.items() for key in table}
    assert asked == answered


@QUERIES
def test_the_query_answers_what_the_totals_say(observed, query):
    oracle = oracle_of(query)
    oracle.check(observed, ask(observed, query.expression, oracle))


# Plain rates of what stands still when it is quiet: mail, and not what the collector does by the clock.
RATES = [
    query for query in queries()
    if re.fullmatch(r"sum[^/]*\(rate\(email_[^/]*", query.expression) and oracle_of(query).of == "postmeter"
]


@pytest.mark.parametrize("query", RATES, ids=str)
def test_a_rate_is_right_within_a_scrape_wherever_the_window_begins(observed, query):
    """Grafana's windows begin and end between scrapes, which Prometheus fills up: by at most a scrape's worth."""
    oracle = oracle_of(query)
    begin, end = (observed.times[name] for name in oracle.window)
    exact = values(ask(observed, query.expression, oracle))
    for shift in (0.1, 0.25, 0.5):
        text = expand(query.expression, milliseconds(end - begin + 2 * shift), job="postmeter")
        wider = values(observed.prometheus.query(text, end + shift))
        assert wider == pytest.approx(exact, rel=2 * shift / (end - begin), abs=1e-9)


def values(result: list) -> dict:
    return {tuple(sorted(series["metric"].items())): float(series["value"][1]) for series in result}


@pytest.mark.parametrize(
    "query", [query for query in queries() if query.board in ("fleet-overview", "agent")], ids=str
)
def test_the_query_answers_for_one_agent(observed, query):
    oracle = oracle_of(query)
    chosen = {"organization": "acme", "account": "resend", "domain": "resend.example", "agent": "agent-002"}
    if oracle.of == "agents":
        chosen = {"organization": "acme", "account": "shop", "domain": "shop.example", "agent": "helpdesk"}
    result = ask(observed, query.expression, oracle, **chosen)
    assert result
    assert any(math.isfinite(float(series["value"][1])) for series in result)


def test_the_variables_offer_what_is_there(observed):
    expected = {
        "job": {"postmeter", "agents"},
        "instance": {f"127.0.0.1:{observed.collector.scrape}", f"127.0.0.1:{observed.replay.port}"},
        "organization": {"acme"},
        "account": {"resend", "agentmail", "shop"},
        "domain": {"resend.example", "agentmail.example", "shop.example"},
        "agent": {*NAMES, "helpdesk"},
        "target": {"good", "away", "picky", "default"},
    }
    collectors = {
        "job": {"postmeter"}, "instance": {f"127.0.0.1:{observed.collector.scrape}"},
        "account": {"resend", "agentmail"},
    }
    for file in FILES:
        for variable in board(file)["templating"]["list"]:
            if variable["type"] != "query":
                continue
            match = re.fullmatch(r"label_values\((.+), (\w+)\)", variable["query"]["query"])
            text = expand(f"count by ({match.group(2)}) ({match.group(1)})", "1m")
            result = observed.prometheus.query(text, observed.times["after"])
            offered = {series["metric"].get(match.group(2)) for series in result}
            wanted = expected[variable["name"]]
            if re.search("email_journal_depth|email_webhook_events", match.group(1)):
                wanted = collectors[variable["name"]]
            assert offered - {"_unknown"} == wanted, f"{file.stem}: {variable['name']}"


def test_the_notes_tell_of_a_version_and_of_no_restart(observed):
    for file in FILES:
        notes = {note["name"]: note["expr"] for note in board(file)["annotations"]["list"] if "expr" in note}
        # The run is younger than ten minutes, so its version is new.
        new = observed.prometheus.query(expand(notes["Version"], "1m", job="postmeter"), observed.times["after"])
        assert [series["metric"] for series in new] == [
            {"version": dict(labels)["version"]} for labels in observed.level("postmeter_build_info")
        ]
        restarts = expand(notes["Restarts"], "1m", job="postmeter")
        assert observed.prometheus.query(restarts, observed.times["after"]) == []
        compared = restarts.removesuffix(" > 0")
        assert [float(one["value"][1]) for one in observed.prometheus.query(compared, observed.times["after"])] == [0]


# Rules.


def of_the_collector(result: list) -> list:
    """Rules are of all jobs: leaves out what the replayed service has."""
    return [
        series for series in result
        if series["metric"].get("job") != "agents" and series["metric"].get("email_account") != "shop"
    ]


def base(record: str) -> str:
    return re.sub(r"(rate|increase)\d+[mhd]$", r"\1", record)


RECORDED = [rule for rule in RULES if "record" in rule]
ALERTS = [rule for rule in RULES if "alert" in rule]


def test_every_rule_has_its_oracle():
    assert {base(rule["record"]) for rule in RECORDED} == set(RECORDS)
    sides = {
        (rule["alert"], place)
        for rule in ALERTS
        for place, side in enumerate(parts(rule["expr"]))
        if not is_recorded(side) and "absent" not in side
    }
    assert sides == set(SIDES)


def is_recorded(side: str) -> bool:
    return re.search(r"\b\w+:\w+:\w+\b", side) is not None


@pytest.mark.parametrize("rule", RECORDED, ids=lambda rule: rule["record"])
def test_the_record_is_what_the_totals_say(observed, rule):
    """With the window of the run in place of its own, and as Prometheus recorded it with its own."""
    oracle = RECORDS[base(rule["record"])]
    begin, end = observed.times["before"], observed.times["after"]
    text = over(rule["expr"], milliseconds(end - begin))
    oracle.check(observed, of_the_collector(observed.prometheus.query(text, end)))
    recorded = of_the_collector(observed.prometheus.query(rule["record"], observed.times["drained"]))
    assert recorded and all(set(one["metric"]) - {"__name__"} <= set(oracle.labels) for one in recorded)
    assert any(math.isfinite(float(one["value"][1])) for one in recorded)


@pytest.mark.parametrize("name, place", sorted(SIDES), ids=str)
def test_what_an_alert_compares_is_what_the_totals_say(observed, name, place):
    rule = next(rule for rule in ALERTS if rule["alert"] == name)
    begin, end = observed.times["before"], observed.times["after"]
    text = over(parts(rule["expr"])[place], milliseconds(end - begin))
    SIDES[name, place].check(observed, of_the_collector(observed.prometheus.query(text, end)))


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_nothing_that_an_alert_compares_is_empty(observed, rule):
    for side in parts(rule["expr"]):
        if "absent" in side:
            # It is empty as long as what it misses is there.
            assert observed.prometheus.query(side, observed.times["after"]) == []
            side = re.fullmatch(r"absent\((.+)\)", side).group(1)
        assert observed.prometheus.query(side, observed.times["drained"]), side


def test_the_rules_are_healthy_and_what_fires_should(observed):
    states = observed.prometheus.rules()
    assert len(states) == len(RULES)
    assert [(rule["name"], rule["lastError"]) for rule in states if rule["health"] != "ok"] == []
    firing = [alert for rule in states for alert in rule.get("alerts", []) if alert["state"] == "firing"]
    # A webhook that is no JSON, and a receiver that takes no spans; all others ask for more, or for longer.
    assert {(alert["labels"]["alertname"], alert["labels"].get("email_account"), alert["labels"].get("target"))
            for alert in firing} == {
        ("PostmeterDeadLetters", "resend", None), ("PostmeterExportLoss", None, "picky"),
    }
    for alert in firing:
        assert not any("<" in text or "%!" in text for text in alert["annotations"].values()), alert
