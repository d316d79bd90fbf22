"""The real Prometheus, unpacked from Debian's package."""

import json
import pathlib
import subprocess
import time
import urllib.parse

import urllib3
import yaml

from .collector import http
from .processes import PEERS, Process, free_port, wait_for

BIN = PEERS / "prometheus" / "usr" / "bin"


class Prometheus:
    """A Prometheus that scrapes one target every second; `scrape` is more of the target's configuration.

    `jobs` are further targets, names to ports, and `rules` files of rules.
    """

    def __init__(
        self, folder: pathlib.Path, target_port: int, features: list[str] | None = None, scrape: dict | None = None,
        jobs: dict | None = None, rules: list[str] | None = None,
    ):
        self.port = free_port()
        folder.mkdir(exist_ok=True)
        file = folder / "prometheus.yml"
        file.write_text(
            yaml.safe_dump(
                {
                    "global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"},
                    "rule_files": rules or [],
                    "scrape_configs": [
                        {
                            "job_name": "postmeter",
                            "static_configs": [{"targets": [f"127.0.0.1:{target_port}"]}],
                            **(scrape or {}),
                        },
                        *(
                            {"job_name": name, "static_configs": [{"targets": [f"127.0.0.1:{port}"]}]}
                            for name, port in (jobs or {}).items()
                        ),
                    ],
                }
            )
        )
        self.process = Process(
            [
                BIN / "prometheus", f"--config.file={file}", f"--storage.tsdb.path={folder / 'prometheus'}",
                f"--web.listen-address=127.0.0.1:{self.port}", "--log.level=warn", "--query.lookback-delta=10s",
                *([f"--enable-feature={','.join(features)}"] if features else []),
            ],
            folder / "prometheus.log",
        )
        wait_for("Prometheus", self._is_ready)

    def _is_ready(self) -> bool:
        assert self.process.is_running, self.process.tail()
        try:
            return http.request("GET", f"http://127.0.0.1:{self.port}/-/ready").status == 200
        except urllib3.exceptions.HTTPError:
            return False

    def query(self, expression: str, time: float | None = None) -> list:
        """The result of an instant query: [{metric, value}] or a matrix's [{metric, values}]."""
        fields = {"query": expression, **({"time": f"{time:.3f}"} if time is not None else {})}
        answer = http.request(
            "POST", f"http://127.0.0.1:{self.port}/api/v1/query", body=urllib.parse.urlencode(fields),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )
        body = json.loads(answer.data)
        assert body["status"] == "success", f"{expression}: {body.get('error')}"
        assert not body.get("warnings"), f"{expression}: {body['warnings']}"
        return body["data"]["result"]

    def query_range(self, expression: str, start: float, end: float, step: float) -> list:
        """The result of a range query: [{metric, values}]."""
        fields = {"query": expression, "start": f"{start:.3f}", "end": f"{end:.3f}", "step": f"{step}"}
        answer = http.request(
            "POST", f"http://127.0.0.1:{self.port}/api/v1/query_range", body=urllib.parse.urlencode(fields),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )
        body = json.loads(answer.data)
        assert body["status"] == "success", f"{expression}: {body.get('error')}"
        return body["data"]["result"]

    def rules(self) -> list:
        """The rules as they were last evaluated: [{name, health, lastError, type, ...}]."""
        answer = http.request("GET", f"http://127.0.0.1:{self.port}/api/v1/rules")
        groups = json.loads(answer.data)["data"]["groups"]
        return [rule for group in groups for rule in group["rules"]]

    def value(self, expression: str, time: float | None = None) -> float:
        result = self.query(expression, time)
        assert len(result) == 1, f"{expression} returned {len(result)} series: {result[:3]}"
        return float(result[0]["value"][1])

    def exemplars(self, selector: str) -> list:
        """The exemplars that are stored of the last hour: [{seriesLabels, exemplars}]."""
        now = time.time()
        fields = {"query": selector, "start": f"{now - 3600:.3f}", "end": f"{now + 60:.3f}"}
        answer = http.request(
            "GET", f"http://127.0.0.1:{self.port}/api/v1/query_exemplars?{urllib.parse.urlencode(fields)}"
        )
        body = json.loads(answer.data)
        assert body["status"] == "success", body
        return body["data"]

    def last_scrape(self, after: float = 0) -> float:
        """The time of a scrape later than `after`; waits for one."""

        def scraped():
            result = self.query("timestamp(email_journal_depth)")
            times = [float(series["value"][1]) for series in result]
            return times and max(times) > after and max(times)

        return wait_for("a scrape", scraped)


def lint(text: bytes) -> str:
    """What `promtool check metrics` has to say about a text exposition; empty when all is well."""
    done = subprocess.run([BIN / "promtool", "check", "metrics"], input=text, capture_output=True, timeout=60)
    said = (done.stdout + done.stderr).decode()
    return said if done.returncode or said.strip() else ""


def check_configuration(path: pathlib.Path) -> str:
    """What `promtool check config` objects to; empty when nothing."""
    done = subprocess.run([BIN / "promtool", "check", "config", path], capture_output=True, timeout=60)
    return "" if done.returncode == 0 else (done.stdout + done.stderr).decode()
