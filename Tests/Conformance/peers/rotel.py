"""The real OpenTelemetry collector of the tests: rotel, from PyPI."""

import pathlib
import socket

from .processes import PEERS, Process, free_port, wait_for


class Rotel:
    """A rotel that forwards metrics and traces to a sink over HTTP, as they come."""

    def __init__(self, folder: pathlib.Path, sink_url: str):
        agent = next((PEERS / "venv" / "lib").glob("python3*/site-packages/rotel/rotel-agent"))
        self.port, grpc = free_port(), free_port()
        self.process = Process(
            [
                agent, "start", "--disable-batching",
                "--otlp-http-endpoint", f"127.0.0.1:{self.port}", "--otlp-grpc-endpoint", f"127.0.0.1:{grpc}",
                "--exporter", "otlp", "--otlp-exporter-endpoint", sink_url, "--otlp-exporter-protocol", "http",
                "--pid-file", folder / "rotel.pid", "--log-file", folder / "rotel-agent.log",
            ],
            folder / "rotel.log",
        )
        wait_for("rotel", self._listens)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _listens(self) -> bool:
        assert self.process.is_running, self.process.tail()
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0
