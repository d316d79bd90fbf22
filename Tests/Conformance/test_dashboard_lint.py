"""The rules of Grafana's dashboard-linter, and what else holds dashboards, rules and runbooks together.

Of its 17 rules two are about LogQL (target-logql, target-logql-auto) and hold of themselves: no dashboard has a data
source of logs, which `test_there_is_one_data_source` shows. The other fifteen stand here under their names.
"""

import collections
import re
import subprocess

import pytest
import yaml

from peers import prometheus
from peers.dashboards import FILES, FOLDER, RULES, RUNBOOKS, board, panels, rules
from peers.processes import ROOT

EACH = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
COUNTER = re.compile(r"\b\w+_(?:total|bucket|count|sum)\b")


def variables(file) -> dict:
    return {one["name"]: one for one in board(file)["templating"]["list"]}


def annotations(file) -> list[dict]:
    return [one for one in board(file)["annotations"]["list"] if "expr" in one]


def expressions(file) -> list[str]:
    return [target["expr"] for panel in panels(file) for target in panel["targets"]]


def is_valid(expression: str, tmp_path) -> str:
    """What Prometheus' parser objects to; empty when nothing."""
    rule = {"groups": [{"name": "one", "rules": [{"record": "one", "expr": expression}]}]}
    (tmp_path / "rule.yml").write_text(yaml.safe_dump(rule))
    done = subprocess.run(
        [prometheus.BIN / "promtool", "check", "rules", tmp_path / "rule.yml"], capture_output=True, text=True
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


def filled(expression: str) -> str:
    return re.sub(r"\$\{?(\w+)\}?", lambda m: "5m" if m.group(1).startswith("__") else ".+", expression)


# The rules of dashboard-linter.


@EACH
def test_there_is_one_data_source(file):
    """template-datasource-rule; target-logql-rule and target-logql-auto-rule find nothing."""
    sources = [one for one in variables(file).values() if one["type"] == "datasource"]
    assert [(one["name"], one["label"], one["query"]) for one in sources] == [
        ("datasource", "Data source", "prometheus")
    ]


@EACH
@pytest.mark.parametrize("name, label", [("job", "Job"), ("instance", "Instance")])
def test_job_and_instance_can_be_chosen(file, name, label):
    """template-job-rule, template-instance-rule."""
    variable = variables(file)[name]
    assert variable["type"] == "query" and variable["label"] == label
    assert variable["datasource"] == {"type": "prometheus", "uid": "$datasource"}
    assert variable["multi"] and variable["includeAll"] and variable["allValue"] == ".+"


@EACH
def test_variables_are_labels_of_series(file, tmp_path):
    """template-label-promql-rule."""
    for variable in variables(file).values():
        if variable["type"] == "query":
            query = variable["query"]["query"]
            match = re.fullmatch(r"label_values\((.+), (\w+)\)", query)
            assert match and variable["definition"] == query, query
            assert is_valid(filled(match.group(1)), tmp_path) == ""


@EACH
def test_variables_follow_the_time(file):
    """template-on-time-change-reload-rule."""
    for variable in variables(file).values():
        assert variable["type"] == "datasource" or variable["refresh"] == 2, variable["name"]


@EACH
def test_panels_take_the_chosen_data_source(file):
    """panel-datasource-rule."""
    for panel in panels(file):
        for holder in [panel, *panel["targets"]]:
            assert holder["datasource"] == {"type": "prometheus", "uid": "$datasource"}, panel["title"]


@EACH
def test_panels_have_a_title_and_a_description(file):
    """panel-title-description-rule."""
    for panel in panels(file):
        assert panel["title"] and len(panel["description"]) > 20, panel["title"]
        assert panel["description"].endswith("."), panel["title"]


@EACH
def test_panels_have_a_unit(file):
    """panel-units-rule."""
    known = {
        "short", "s", "percentunit", "cps", "reqps", "ops", "bytes", "currencyUSD",
    }
    for panel in panels(file):
        assert panel["fieldConfig"]["defaults"]["unit"] in known, panel["title"]


@EACH
def test_panels_have_queries(file):
    """panel-no-targets-rule."""
    for panel in panels(file):
        assert panel["targets"], panel["title"]
        refs = [target["refId"] for target in panel["targets"]]
        assert len(set(refs)) == len(refs) and all(target["expr"] for target in panel["targets"]), panel["title"]


@EACH
def test_queries_are_valid(file, tmp_path):
    """target-promql-rule; all of a file in one go, then one by one to name what is wrong."""
    wrong = expressions(file) + [note["expr"] for note in annotations(file)]
    records = [{"record": f"r{place}", "expr": filled(one)} for place, one in enumerate(wrong)]
    (tmp_path / "all.yml").write_text(yaml.safe_dump({"groups": [{"name": "all", "rules": records}]}))
    done = subprocess.run([prometheus.BIN / "promtool", "check", "rules", tmp_path / "all.yml"], capture_output=True)
    if done.returncode:
        assert [said for one in wrong if (said := is_valid(filled(one), tmp_path))] == []


@EACH
def test_rates_are_over_the_interval_that_fits(file):
    """target-rate-interval-rule; what is over the whole time chosen is an increase, or a quantile of one."""
    for panel in panels(file):
        for target in panel["targets"]:
            for function, window in re.findall(r"(\w+)\([^\[()]*\[([^\]]+)\]", target["expr"]):
                wanted = "$__range" if function == "increase" else "$__rate_interval"
                assert window == wanted, f"{panel['title']}: {function} over {window}"
                assert function != "increase" or target.get("instant"), panel["title"]


@EACH
def test_queries_are_of_the_chosen_job_and_instance(file):
    """target-job-rule, target-instance-rule: in every selector."""
    for expression in expressions(file) + [note["expr"] for note in annotations(file)]:
        selectors = re.findall(r"\b[a-z_]\w*\{([^}]*(?:\{endpoint\}[^}]*)?)\}", expression)
        assert selectors, expression
        for selector in selectors:
            assert 'job=~"$job"' in selector and 'instance=~"$instance"' in selector, expression


@EACH
def test_counters_are_shown_as_what_they_gained(file):
    """target-counter-agg-rule: a counter as it stands shows when a process started, not what happened."""
    for expression in expressions(file):
        bare = re.sub(r"\b(?:rate|increase)\([^\[]*\[[^\]]*\]\)", "", expression)
        assert not COUNTER.search(bare), expression
        assert "irate(" not in expression


@EACH
def test_nobody_can_edit_what_is_provisioned(file):
    """uneditable-dashboard-rule."""
    assert board(file)["editable"] is False


# What else makes a dashboard easy to import and to use.


@EACH
def test_it_imports_anywhere(file):
    """No `__inputs`, which break provisioning from files, and an id that Grafana gives."""
    dashboard = board(file)
    assert dashboard["id"] is None and re.fullmatch(r"[a-z0-9-]{1,40}", dashboard["uid"])
    assert "__inputs" not in dashboard and "__requires" not in dashboard
    assert "${DS_" not in file.read_text()
    assert dashboard["title"].startswith("Postmeter / ") and "postmeter" in dashboard["tags"]


def test_names_are_unique():
    for part in ("uid", "title"):
        counts = collections.Counter(board(file)[part] for file in FILES)
        assert max(counts.values()) == 1, counts


@EACH
def test_panels_are_told_apart(file):
    titles = collections.Counter(panel["title"] for panel in panels(file))
    ids = collections.Counter(panel["id"] for panel in board(file)["panels"])
    assert max(titles.values()) == 1 and max(ids.values()) == 1, (titles, ids)


@EACH
def test_panels_do_not_overlap(file):
    taken: dict = {}
    for panel in board(file)["panels"]:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24, panel["title"]
        for x in range(place["x"], place["x"] + place["w"]):
            for y in range(place["y"], place["y"] + place["h"]):
                assert (x, y) not in taken, f"{panel['title']} lies over {taken.get((x, y))}"
                taken[(x, y)] = panel["title"]


@EACH
def test_all_variables_are_used_and_known(file):
    text = "\n".join(expressions(file))
    names = set(variables(file))
    used = set(re.findall(r"\$\{?(\w+)\}?", text)) - {"__rate_interval", "__range"}
    assert used == names - {"datasource"}


@EACH
def test_there_are_notes_of_versions_and_restarts(file):
    assert [note["name"] for note in annotations(file)] == ["Version", "Restarts"]
    for note in annotations(file):
        assert note["datasource"]["uid"] == "$datasource" and note["enable"]


def links(file) -> list[str]:
    found = [link["url"] for link in board(file)["links"]]
    for panel in panels(file):
        for override in panel["fieldConfig"]["overrides"]:
            for kept in override["properties"]:
                if kept["id"] == "links":
                    found += [link["url"] for link in kept["value"]]
    return found


def assert_resolves(url: str) -> None:
    """A link to a dashboard names one, with panels and variables that it has; one to a page names a page."""
    if url.startswith(RUNBOOKS):
        assert (FOLDER / "runbooks" / url.removeprefix(RUNBOOKS)).is_file(), url
        return
    match = re.fullmatch(r"/d/([a-z0-9-]+)(?:\?(.*))?", url)
    assert match, url
    file = next((file for file in FILES if board(file)["uid"] == match.group(1)), None)
    assert file, url
    for part in (match.group(2) or "").split("&"):
        key, _, value = part.partition("=")
        if key == "viewPanel":
            assert int(value) in {panel["id"] for panel in panels(file)}, url
        elif key.startswith("var-"):
            assert key.removeprefix("var-") in variables(file), url
        elif own := re.fullmatch(r"\$\{(\w+):queryparam\}", key):
            assert own.group(1) in variables(file), url
        else:
            assert key in ("", "${__url_time_range}"), url


@EACH
def test_links_resolve(file):
    found = links(file)
    others = {board(other)["uid"] for other in FILES} - {board(file)["uid"]}
    assert {f"/d/{uid}" for uid in others} | {RUNBOOKS + "README.md"} <= set(found)
    for url in found:
        assert_resolves(url)


@EACH
def test_times_that_have_exemplars_show_them(file):
    for panel in panels(file):
        for target in panel["targets"]:
            shows = "_duration_seconds_bucket" in target["expr"] and "postmeter_" not in target["expr"]
            if panel["type"] in ("timeseries", "heatmap"):
                assert bool(target.get("exemplar")) == shows, panel["title"]


# Rules and runbooks.


ALERTS = [rule for rule in rules() if "alert" in rule]
RECORDS = [rule for rule in rules() if "record" in rule]


def test_the_rules_are_valid():
    done = subprocess.run([prometheus.BIN / "promtool", "check", "rules", *RULES], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_records_are_named_by_level_metric_and_operations():
    names = [rule["record"] for rule in RECORDS]
    assert len(set(names)) == len(names)
    for name in names:
        assert re.fullmatch(r"[a-z_]+:[a-z_]+:[a-z0-9_]+", name), name


def test_alerts_rest_on_records_that_there_are():
    names = {rule["record"] for rule in RECORDS}
    used = set()
    for rule in rules():
        used |= set(re.findall(r"\b[a-z_]+:[a-z_]+:[a-z0-9_]+\b", rule["expr"]))
    assert used <= names
    for_people = {
        "job:http_server_request_duration_seconds:p99_rate5m", "instance:email_webhook_events:rate5m",
        "domain:email_delivery_duration_seconds:p95_rate1h",
    }
    assert names - used == for_people


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_the_alert_says_what_to_do(rule):
    assert re.fullmatch(r"Postmeter[A-Za-z]+", rule["alert"])
    assert rule["labels"]["severity"] in ("critical", "warning")
    notes = rule["annotations"]
    assert set(notes) == {"summary", "description", "runbook_url", "dashboard_url"}
    assert len(notes["summary"]) < 120 and notes["summary"].endswith((".", "}}."))
    assert len(notes["description"]) > 40
    assert notes["runbook_url"] == f"{RUNBOOKS}{rule['alert']}.md"
    assert_resolves(notes["runbook_url"])
    assert_resolves(re.sub(r"\{\{[^}]*\}\}", "x", notes["dashboard_url"]))


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.get("alert") or rule["record"])
def test_no_rule_makes_series_up(rule):
    """`or vector(0)` would turn what is not there into a figure."""
    assert "vector(" not in rule["expr"]


@pytest.mark.parametrize("alert, allowed", [
    ("PostmeterDeliveryBudgetBurn", "0.03"), ("PostmeterWebhookBudgetBurn", "0.001"),
])
def test_budgets_burn_over_two_windows_each(alert, allowed):
    found = [
        (rule["labels"]["long"], rule["labels"]["short"], float(factor), rule["labels"]["severity"], rule["for"])
        for rule in ALERTS
        if rule["alert"] == alert
        for factor in {re.search(rf"\(([\d.]+) \* {allowed}\)", rule["expr"]).group(1)}
    ]
    assert found == [
        ("1h", "5m", 14.4, "critical", "2m"), ("6h", "30m", 6.0, "critical", "15m"),
        ("1d", "2h", 3.0, "warning", "1h"), ("3d", "6h", 1.0, "warning", "3h"),
    ]
    for rule in ALERTS:
        if rule["alert"] == alert:
            long, short = rule["labels"]["long"], rule["labels"]["short"]
            assert re.findall(r"ratio_rate(\w+)", rule["expr"]) == [long, short]
            # Little mail says nothing.
            assert re.search(rf":increase{long} >= \d+", rule["expr"])


def test_every_alert_has_its_page_and_every_page_its_alert():
    pages = {page.stem: page.read_text() for page in (FOLDER / "runbooks").glob("*.md")}
    index = pages.pop("README")
    names = {rule["alert"] for rule in ALERTS}
    assert set(pages) == names
    assert set(re.findall(r"\]\((\w+)\.md\)", index)) == names
    for name, text in pages.items():
        assert text.startswith(f"# {name}\n")
        assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Meaning", "Impact", "First look", "Fix"], name
        assert set(re.findall(r"\bPostmeter[A-Z]\w+", text)) <= names, name


def test_the_pages_name_panels_that_there_are():
    titles = {panel["title"] for file in FILES for panel in panels(file)} | {
        item["title"] for file in FILES for item in board(file)["panels"]
    }
    for page in (FOLDER / "runbooks").glob("Postmeter*.md"):
        for named in re.findall(r"(?<!\*)\*([^*\n]+)\*(?!\*)", page.read_text()):
            assert named in titles, f"{page.stem}: {named}"


def test_the_pages_name_keys_and_variables_that_there_are():
    """Keys of postmeter.yaml stand there with their section; the page on the file has them all, as another test sees."""
    folder = ROOT / "Sources" / "Postmeter" / "Postmeter.docc"
    known = "".join((folder / name).read_text() for name in ("Configuration.md", "ServiceTelemetry.md"))
    # In the tables, keys of a listener and of a target stand as they do in its mapping.
    known = known.replace("`listen.*.", "`listen.scrape.")
    for page in (FOLDER / "runbooks").glob("Postmeter*.md"):
        text = page.read_text()
        keys = re.findall(r"`((?:otlp|spans|logs|scrape|journal|listen)\.[a-z_.]+)(?::[^`]*)?`", text)
        for named in keys + re.findall(r"\bOTEL_[A-Z_]+", text):
            assert f"`{named.removeprefix('otlp.')}`" in known, f"{page.stem}: {named}"


@pytest.mark.parametrize("page", ["PostmeterSpoolNearLimit", "PostmeterSpoolOld"])
def test_what_is_thrown_away_is_named_by_its_target(page):
    """Anything less would be about other targets, or another folder."""
    [line] = re.findall(r".*`postmeter spool drop[^`]*`.*", (FOLDER / "runbooks" / f"{page}.md").read_text())
    assert "stop the collector, then `postmeter spool drop --config postmeter.yaml --target NAME`" in line


TESTS = sorted((FOLDER / "prometheus" / "tests").glob("*.yml"))


@pytest.mark.parametrize("file", TESTS, ids=lambda file: file.stem)
def test_alerts_fire_and_do_not_fire(file):
    done = subprocess.run(
        [prometheus.BIN / "promtool", "test", "rules", file], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_alert_is_tested_both_ways():
    fires, quiet = set(), set()
    for file in TESTS:
        for test in yaml.safe_load(file.read_text())["tests"]:
            for check in test["alert_rule_test"]:
                (fires if check["exp_alerts"] else quiet).add(check["alertname"])
    names = {rule["alert"] for rule in ALERTS}
    assert fires == names and quiet == names


# Configurations of the tools around.


def test_the_configuration_of_prometheus_is_valid():
    assert prometheus.check_configuration(FOLDER / "prometheus" / "prometheus.yml") == ""
    tree = yaml.safe_load((FOLDER / "prometheus" / "prometheus.yml").read_text())
    assert [job["job_name"] for job in tree["scrape_configs"]] == ["postmeter"]
    assert set(tree["rule_files"]) == {file.name for file in RULES}


def test_the_variants_in_its_comments_are_valid(tmp_path):
    """What is commented out is what somebody will use: TLS, basic authentication, services, an alertmanager, and an
    OpenTelemetry Collector in place of scrapes."""
    text = (FOLDER / "prometheus" / "prometheus.yml").read_text()
    head, _, body = text.partition("global:")
    lines = []
    for line in ("global:" + body).splitlines():
        taken = re.fullmatch(r"(\s*)# (\s*(?:-? ?[a-z_]+:.*|- \S.*))", line)
        lines.append(taken.group(1) + taken.group(2) if taken else line)
    text = "\n".join(lines)
    # The files that it names are not on this machine.
    text = re.sub(r"/etc/prometheus/[\w.-]+", str(tmp_path / "file"), text)
    (tmp_path / "file").write_text("")
    for file in RULES:
        (tmp_path / file.name).write_text(file.read_text())
    (tmp_path / "prometheus.yml").write_text(text)
    tree = yaml.safe_load(text)
    jobs = {job["job_name"]: job for job in tree["scrape_configs"]}
    assert list(jobs) == ["postmeter", "agents", "otel-collector"]
    # Else the job and the instance of who pushed would be lost.
    assert jobs["otel-collector"]["honor_labels"] is True
    [shown] = jobs["otel-collector"]["static_configs"]
    collector = yaml.safe_load((FOLDER / "collector" / "otel-collector.yaml").read_text())
    assert shown["targets"] == [collector["exporters"]["prometheus"]["endpoint"]]
    job = jobs["postmeter"]
    assert job["scheme"] == "https" and job["basic_auth"]["username"] and job["tls_config"]["ca_file"]
    said = subprocess.run(
        [prometheus.BIN / "promtool", "check", "config", "--syntax-only", tmp_path / "prometheus.yml"],
        capture_output=True, text=True,
    )
    assert said.returncode == 0, said.stdout + said.stderr


def test_grafana_is_provisioned_with_sources_and_dashboards():
    folder = FOLDER / "grafana" / "provisioning"
    tree = yaml.safe_load((folder / "datasources" / "postmeter.yaml").read_text())
    assert tree["apiVersion"] == 1
    sources = {source["uid"]: source for source in tree["datasources"]}
    metrics = next(source for source in sources.values() if source["type"] == "prometheus")
    [destination] = metrics["jsonData"]["exemplarTraceIdDestinations"]
    # The name is that of the exemplars' label.
    assert destination["name"] == "trace_id"
    traces = sources[destination["datasourceUid"]]
    assert traces["type"] == "tempo"
    assert traces["jsonData"]["tracesToMetrics"]["datasourceUid"] == metrics["uid"]
    scrape = yaml.safe_load((FOLDER / "prometheus" / "prometheus.yml").read_text())
    assert metrics["jsonData"]["timeInterval"] == scrape["global"]["scrape_interval"]

    tree = yaml.safe_load((folder / "dashboards" / "postmeter.yaml").read_text())
    assert tree["apiVersion"] == 1
    [provider] = tree["providers"]
    assert provider["type"] == "file" and provider["options"]["path"].startswith("/")
    assert provider["allowUiUpdates"] is False


def test_the_pipelines_of_the_collector_are_whole():
    """The shape of the configuration of an OpenTelemetry Collector: all that pipelines name is there and used."""
    tree = yaml.safe_load((FOLDER / "collector" / "otel-collector.yaml").read_text())
    assert set(tree) == {"receivers", "processors", "exporters", "service"}
    pipelines = tree["service"]["pipelines"]
    assert set(pipelines) == {"metrics", "traces", "logs"}
    for kind in ("receivers", "processors", "exporters"):
        used = {name for pipeline in pipelines.values() for name in pipeline[kind]}
        assert used == set(tree[kind]), kind
    # First what guards the memory, and batches after it.
    assert all(pipeline["processors"] == ["memory_limiter", "batch"] for pipeline in pipelines.values())
    http = tree["receivers"]["otlp"]["protocols"]["http"]
    assert http["endpoint"] == "127.0.0.1:4318" and http["max_request_body_size"] >= 4 << 20
    # Postmeter speaks OTLP over HTTP alone.
    assert set(tree["receivers"]["otlp"]["protocols"]) == {"http"}
