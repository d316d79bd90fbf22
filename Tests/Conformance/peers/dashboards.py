"""The dashboards and rules of `dashboards/`, as Grafana and Prometheus read them."""

import dataclasses
import json
import pathlib
import re

import yaml

from .processes import ROOT

FOLDER = ROOT / "dashboards"
FILES = sorted(FOLDER.glob("*.json"))
RULES = [FOLDER / "prometheus" / "recording-rules.yml", FOLDER / "prometheus" / "alerting-rules.yml"]
# What stands for the place where somebody serves the runbooks.
RUNBOOKS = "https://postmeter.example/runbooks/"


@dataclasses.dataclass(frozen=True)
class Query:
    """One query of a panel."""

    board: str
    title: str
    ref: str
    expression: str

    @property
    def key(self) -> tuple:
        return self.board, self.title, self.ref

    def __str__(self) -> str:
        return f"{self.board}: {self.title} {self.ref}"


def board(file: pathlib.Path) -> dict:
    return json.loads(file.read_text())


def panels(file: pathlib.Path) -> list[dict]:
    """The panels of a dashboard without its rows, those within a collapsed row included."""
    found = []
    for panel in board(file)["panels"]:
        found += [panel] + panel.get("panels", [])
    return [panel for panel in found if panel["type"] != "row"]


def queries() -> list[Query]:
    return [
        Query(file.stem, panel["title"], target["refId"], target["expr"])
        for file in FILES
        for panel in panels(file)
        for target in panel["targets"]
    ]


def rules() -> list[dict]:
    """All recording and alerting rules."""
    return [
        rule
        for file in RULES
        for group in yaml.safe_load(file.read_text())["groups"]
        for rule in group["rules"]
    ]


def expand(expression: str, window: str, **variables) -> str:
    """Does what Grafana does to a query: variables, with all of everything chosen unless told otherwise."""
    chosen = {"__rate_interval": window, "__range": window, "__interval": "1s", **variables}

    def value(match: re.Match) -> str:
        return chosen.get(match.group(1), ".+")

    return re.sub(r"\$\{?(\w+)\}?", value, expression)


def over(expression: str, window: str) -> str:
    """An expression of a rule with one range instead of each of its own."""
    return re.sub(r"\[\w+\]", f"[{window}]", expression)


def parts(expression: str) -> list[str]:
    """The sides of the comparisons of an alert, which are what it compares: `a > 1 and b > 2` has a and b."""
    sides = []
    for condition in re.split(r"\n(?:and|or|unless)\b(?: on \([^)]*\))?", expression):
        comparison = re.split(r"\n?\s+(?:==|>=|<=|!=|>|<)(?: on \([^)]*\))?\s+", condition.strip())
        sides += [side.strip() for side in comparison if not re.fullmatch(r"[\d.() *]+", side.strip())]
    return sides
