"""Draws every panel of the dashboards from real data, to be looked at: not a test.

    .build/conformance/venv/bin/python -m pip install matplotlib
    cd Tests/Conformance && POSTMETER=../../.build/release/postmeter \\
        ../../.build/conformance/venv/bin/python render_dashboards.py FOLDER [seconds of traffic] [rate]

Traffic of the simulator runs for some minutes; one receiver is away for a third of it. One picture for each dashboard
goes to FOLDER. It is not Grafana, but shows what matters: whether there is data, how many series, their names and
units.
"""

import math
import pathlib
import re
import sys
import tempfile
import textwrap
import time

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

from peers.collector import Collector
from peers.dashboards import FILES, board, expand, panels
from peers.observed import AGENTS, ENDPOINTS, Receiver, Replay, settings, trouble
from peers.prometheus import Prometheus
from peers.simulator import Simulation

SUFFIXES = {"percentunit": "%", "s": "s", "cps": "/s", "reqps": "req/s", "ops": "ops/s", "currencyUSD": "$"}


def shown(value: float, unit: str) -> str:
    if math.isnan(value):
        return "–"
    if unit == "percentunit":
        return f"{value * 100:.3g} %"
    if unit == "bytes":
        for name in ("B", "KiB", "MiB", "GiB"):
            if abs(value) < 1024 or name == "GiB":
                return f"{value:.3g} {name}"
            value /= 1024
    if unit == "s" and 0 < abs(value) < 1:
        return f"{value * 1000:.3g} ms"
    return f"{value:,.4g} {SUFFIXES.get(unit, '')}".strip()


def legend(template: str, labels: dict) -> str:
    return re.sub(r"\{\{(\w+)\}\}", lambda m: labels.get(m.group(1), ""), template).strip() or "value"


def draw(axes, panel: dict, prometheus: Prometheus, begin: float, end: float) -> int:
    unit = panel["fieldConfig"]["defaults"]["unit"]
    axes.set_title(f"{panel['title']}  [{unit}]", fontsize=7, loc="left")
    count = 0
    lines = []
    for target in panel["targets"]:
        if target.get("instant"):
            text = expand(target["expr"], f"{round((end - begin) * 1000)}ms")
            result = [
                (legend(target["legendFormat"], one["metric"]) if panel["type"] != "table" else
                 "/".join(one["metric"].values()) + " " + target["legendFormat"], float(one["value"][1]))
                for one in prometheus.query(text, end)
            ]
            count += len(result)
            lines += [f"{name}: {shown(value, unit)}" for name, value in result[:12]]
            continue
        result = prometheus.query_range(expand(target["expr"], "15s"), begin, end, 2)
        count += len(result)
        for one in result:
            times = [float(point[0]) - begin for point in one["values"]]
            values = [float(point[1]) for point in one["values"]]
            axes.plot(times, values, linewidth=0.8, label=legend(target["legendFormat"], one["metric"]))
    if lines:
        axes.axis("off")
        axes.text(0, 0.95, "\n".join(lines), va="top", fontsize=14 if len(lines) == 1 else 5, transform=axes.transAxes)
    elif count:
        axes.tick_params(labelsize=5)
        axes.yaxis.set_major_formatter(lambda value, _: shown(value, unit))
        axes.legend(fontsize=4, loc="upper left", ncols=2 if count > 6 else 1)
        if panel["fieldConfig"]["defaults"].get("min") == 0:
            axes.set_ylim(bottom=0)
    else:
        axes.text(0.5, 0.5, "NO DATA", ha="center", color="red", transform=axes.transAxes)
    return count


def render(file: pathlib.Path, prometheus: Prometheus, begin: float, end: float, folder: pathlib.Path) -> None:
    places = [panel["gridPos"] for panel in panels(file)]
    height = max(place["y"] + place["h"] for place in places)
    figure = plt.figure(figsize=(16, height * 0.28))
    figure.suptitle(board(file)["title"], fontsize=10)
    for panel in panels(file):
        place = panel["gridPos"]
        left, width = place["x"] / 24, place["w"] / 24
        bottom, tall = 1 - (place["y"] + place["h"]) / height, place["h"] / height
        axes = figure.add_axes((
            0.03 + left * 0.97, bottom * 0.97 + 0.1 * tall, width * 0.97 - 0.035, tall * 0.97 * 0.7,
        ))
        count = draw(axes, panel, prometheus, begin, end)
        print(f"{file.stem}: {panel['title']}: {count} series" + ("" if count else "  <-- NO DATA"))
    figure.savefig(folder / f"{file.stem}.png", dpi=110)
    plt.close(figure)


def main(folder: pathlib.Path, seconds: int, rate: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    scratch = pathlib.Path(tempfile.mkdtemp())
    good, away, picky = Receiver(), Receiver(), Receiver()
    picky.is_picky = True
    collector = Collector(scratch, settings(good, away, picky)).start()
    replay = Replay(scratch)
    prometheus = Prometheus(scratch, collector.scrape, jobs={"agents": replay.port})
    try:
        begin = prometheus.last_scrape()
        runs = [
            Simulation(
                scratch, collector.hook(endpoint), provider=endpoint, domain=f"{endpoint}.example", seed=place,
                agents=len(AGENTS), rate=rate, duration=seconds, compress=12, bad_agent="agent-002", repeats=0.03,
            )
            for place, endpoint in enumerate(ENDPOINTS)
        ]
        for step in range(seconds):
            time.sleep(1)
            replay.factor += 1
            away.is_away = seconds / 3 < step < 2 * seconds / 3
            if step % 20 == 10:
                trouble(collector)
        for run in runs:
            run.totals()
        end = prometheus.last_scrape(prometheus.last_scrape())
        for file in FILES:
            render(file, prometheus, begin + 5, end, folder)
    finally:
        replay.close()
        for process in (prometheus.process, collector.process):
            process.stop()
        for receiver in (good, away, picky):
            receiver.close()


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(textwrap.dedent(__doc__))
    main(pathlib.Path(sys.argv[1]), *(int(one) for one in (sys.argv[2:4] + ["180", "50"][len(sys.argv[2:4]):])))
