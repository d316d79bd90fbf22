"""One of the services of Tests/Examples, between a scraper and a receiver of OTLP."""

import pathlib

import urllib3

from .processes import EXAMPLES, Process, free_port, wait_for
from .sink import Sink

TRACE_KEY = "0123456789abcdef0123456789abcdef"

http = urllib3.PoolManager(maxsize=4, retries=False, timeout=10)


class Service:
    """A running example, configured by OpenTelemetry's variables alone."""

    def __init__(self, folder: pathlib.Path, name: str, env: dict | None = None):
        self.name = name
        self.port, self.scrape = free_port(), free_port()
        self.sink = Sink()
        variables = {
            "PORT": str(self.port),
            "OTEL_SERVICE_NAME": name,
            "OTEL_RESOURCE_ATTRIBUTES": "deployment.environment.name=test",
            "OTEL_EXPORTER_OTLP_ENDPOINT": self.sink.url,
            "OTEL_METRICS_EXPORTER": "otlp,prometheus",
            "OTEL_EXPORTER_PROMETHEUS_PORT": str(self.scrape),
            "OTEL_METRIC_EXPORT_INTERVAL": "300",
            "OTEL_BSP_SCHEDULE_DELAY": "100",
            "OTEL_BLRP_SCHEDULE_DELAY": "100",
            "POSTMETER_TRACE_KEY": TRACE_KEY,
        }
        self.process = Process(
            [EXAMPLES / name], folder / f"{name}.log", cwd=folder, env={**variables, **(env or {})}
        )
        wait_for("the scrape port", self.get_metrics)

    def get_metrics(self, accept: str = "text/plain") -> str:
        """An exposition; empty while nobody answers."""
        assert self.process.is_running, f"{self.name} ended\n{self.process.tail()}"
        try:
            answer = http.request("GET", f"http://127.0.0.1:{self.scrape}/metrics", headers={"Accept": accept})
        except urllib3.exceptions.HTTPError:
            return ""
        assert answer.status == 200, answer.data[:300]
        return answer.data.decode()

    def stop(self) -> None:
        """Ends it as an orchestrator does; what it recorded last must have been pushed by then."""
        assert self.process.stop(15) == 0, self.process.tail()

    def close(self) -> None:
        self.process.kill()
        self.sink.close()
        assert self.sink.errors == []
