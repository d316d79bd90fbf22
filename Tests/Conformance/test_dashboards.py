"""Every panel of the dashboards has data on a real Prometheus, ratios are exact, and the JSON imports anywhere."""

import json
import math
import re

import pytest

from peers import prometheus
from peers.processes import ROOT
from peers.simulator import add, by_event

FOLDER = ROOT / "dashboards"
FILES = sorted(FOLDER.glob("*.json"))


def panels(file) -> list[dict]:
    found = []
    for panel in json.loads(file.read_text())["panels"]:
        found += [panel] + panel.get("panels", [])
    return [panel for panel in found if panel["type"] != "row"]


QUERIES = [
    pytest.param(target["expr"], panel, id=f"{file.stem}: {panel['title']} {target['refId']}")
    for file in FILES
    for panel in panels(file)
    for target in panel["targets"]
]


def expand(expression: str, stack, **variables) -> str:
    """Does what Grafana does to a query: variables, with all of everything chosen unless told otherwise.

    Ranges begin and end at a scrape when all was quiet, so `rate` and `increase` have nothing to extrapolate, and
    ratios of them are exact.
    """
    window = f"{round((stack.after - stack.before) * 1000)}ms"
    chosen = {"__rate_interval": window, "__range": window, "__interval": "1s", **variables}

    def value(match: re.Match) -> str:
        return chosen.get(match.group(1), ".+")

    return re.sub(r"\$\{?(\w+)\}?", value, expression)


def outcome(stack, expression: str, **variables) -> list:
    return stack.prometheus.query(expand(expression, stack, **variables), stack.after)


@pytest.mark.parametrize("expression, panel", QUERIES)
def test_the_panel_has_data(stack, expression, panel):
    assert "vector(" not in expression
    result = outcome(stack, expression)
    assert result, f"no data: {expand(expression, stack)}"
    values = [float(series["value"][1]) for series in result]
    assert all(math.isfinite(value) for value in values), f"{expand(expression, stack)}: {values}"


@pytest.mark.parametrize("expression, panel", QUERIES)
def test_the_panel_has_data_for_one_agent(stack, expression, panel):
    chosen = {"organization": "acme", "account": "resend", "domain": "resend.example", "agent": "agent-001"}
    assert outcome(stack, expression, **chosen), f"no data: {expand(expression, stack, **chosen)}"


def test_the_variables_offer_what_is_there(stack):
    expected = {
        "job": {"postmeter"},
        "instance": {f"127.0.0.1:{stack.collector.scrape}"},
        "organization": {"acme"},
        "account": {"resend", "agentmail"},
        "domain": {"resend.example", "agentmail.example"},
        "agent": {f"agent-{number:03}" for number in range(1, 31)},
    }
    for file in FILES:
        for variable in json.loads(file.read_text())["templating"]["list"]:
            if variable["type"] != "query":
                continue
            match = re.fullmatch(r"label_values\((.+), (\w+)\)", variable["query"]["query"])
            result = outcome(stack, f"count by ({match.group(2)}) ({match.group(1)})")
            offered = {series["metric"].get(match.group(2)) for series in result}
            assert offered == expected[variable["name"]], variable["name"]


def panel_value(stack, title: str, **variables) -> float:
    panel = next(panel for file in FILES for panel in panels(file) if panel["title"] == title)
    result = outcome(stack, panel["targets"][0]["expr"], **variables)
    assert len(result) == 1, f"{title}: {len(result)} series"
    return float(result[0]["value"][1])


@pytest.fixture(params=[None, "resend", "agentmail"])
def ledger(request, stack):
    """Events and bounces of the second run, in all or of one account, with the choice of variables for it."""
    chosen = [request.param] if request.param else ["resend", "agentmail"]
    events = by_event(add(*(stack.second[endpoint]["events"] for endpoint in chosen)))
    bounces = add(*(stack.second[endpoint]["bounces"] for endpoint in chosen))
    finals = sum(events.get(event, 0) for event in ("delivered", "bounced", "rejected", "failed"))
    variables = {"account": request.param} if request.param else {}
    return events, bounces, finals, variables


def test_volumes_equal_the_totals(stack, ledger):
    events, _, _, variables = ledger
    assert panel_value(stack, "Mail sent", **variables) == pytest.approx(events["sent"], rel=1e-9)
    assert panel_value(stack, "Mail received", **variables) == pytest.approx(events["received"], rel=1e-9)


def test_ratios_equal_those_of_the_totals(stack, ledger):
    events, bounces, finals, variables = ledger
    seen = {
        title: panel_value(stack, title, **variables)
        for title in ("Delivery rate", "Bounce rate", "Complaint rate")
    }
    expected = {
        "Delivery rate": events["delivered"] / finals,
        "Bounce rate": bounces["hard"] / finals,
        "Complaint rate": events["complained"] / events["delivered"],
    }
    assert seen == {title: pytest.approx(value, rel=1e-9) for title, value in expected.items()}


def test_the_agent_that_bounces_most_is_the_bad_one(stack):
    panel = next(panel for file in FILES for panel in panels(file) if panel["title"] == "Agents that bounce most")
    result = outcome(stack, panel["targets"][0]["expr"], account="resend")
    seen = {series["metric"]["email_agent"]: float(series["value"][1]) for series in result}
    events = stack.second["resend"]["events"]
    expected = {}
    for agent, counts in events.items():
        finals = sum(counts.get(event, 0) for event in ("delivered", "bounced", "rejected", "failed"))
        expected[agent] = counts.get("bounced", 0) / finals if finals else 0
    assert max(seen, key=seen.get) == max(expected, key=expected.get) == "agent-002"
    assert seen == {agent: pytest.approx(expected[agent], rel=1e-9) for agent in seen}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_dashboard_imports_anywhere(file):
    text = file.read_text()
    dashboard = json.loads(text)
    assert dashboard["id"] is None and re.fullmatch(r"[a-z0-9-]{1,40}", dashboard["uid"])
    assert "__inputs" not in dashboard and "__requires" not in dashboard
    sources = [one for one in dashboard["templating"]["list"] if one["type"] == "datasource"]
    assert [(one["name"], one["label"], one["query"]) for one in sources] == [
        ("datasource", "Data source", "prometheus")
    ]
    for variable in dashboard["templating"]["list"]:
        if variable["type"] == "query":
            assert variable["datasource"]["uid"] == "$datasource", variable["name"]
            assert variable["includeAll"] and variable["multi"] and variable["allValue"] == ".+", variable["name"]
            assert variable["refresh"] == 2, variable["name"]
    names = {one["name"] for one in dashboard["templating"]["list"]}
    assert {"organization", "account", "domain", "agent"} <= names


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_panel_says_what_it_shows(file):
    titles = [panel["title"] for panel in panels(file)]
    assert len(set(titles)) == len(titles)
    ids = [panel["id"] for panel in json.loads(file.read_text())["panels"]]
    assert len(set(ids)) == len(ids)
    for panel in panels(file):
        title = panel["title"]
        assert title and len(panel["description"]) > 20, title
        assert panel["fieldConfig"]["defaults"]["unit"], title
        assert panel["targets"], title
        assert panel["datasource"]["uid"] == "$datasource", title
        for target in panel["targets"]:
            assert target["datasource"]["uid"] == "$datasource", title
            assert 'job=~"$job"' in target["expr"] and 'instance=~"$instance"' in target["expr"], title
            for function, window in re.findall(r"(rate|increase)\([^\[]*\[([^\]]+)\]", target["expr"]):
                assert window == {"rate": "$__rate_interval", "increase": "$__range"}[function], title
            # A counter that is shown as it stands shows when a process started, not what happened.
            bare = re.sub(r"(rate|increase)\([^)]*\)", "", target["expr"])
            assert not re.search(r"_(total|bucket|count|sum)\b", bare), title


def test_the_panels_do_not_overlap():
    for file in FILES:
        taken: dict = {}
        for panel in json.loads(file.read_text())["panels"]:
            place = panel["gridPos"]
            assert place["x"] + place["w"] <= 24, panel["title"]
            for x in range(place["x"], place["x"] + place["w"]):
                for y in range(place["y"], place["y"] + place["h"]):
                    assert (x, y) not in taken, f"{panel['title']} lies over {taken.get((x, y))}"
                    taken[(x, y)] = panel["title"]


def test_the_configuration_of_prometheus_is_valid():
    assert prometheus.check_configuration(FOLDER / "prometheus" / "prometheus.yml") == ""
