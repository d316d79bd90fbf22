"""Child processes with a log file, free ports, and waiting for something to become true."""

import ctypes
import os
import pathlib
import signal
import socket
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]
PEERS = ROOT / ".build" / "conformance"
EXAMPLES = ROOT / ".build" / "examples" / "release"
POSTMETER = pathlib.Path(os.environ.get("POSTMETER", ROOT / ".build" / "release" / "postmeter")).resolve()

# Ports handed out in this run: the system may offer one again before its first taker listens on it.
_taken: set[int] = set()


def free_port() -> int:
    """A port of the loopback address that nobody listens on."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        if port not in _taken:
            _taken.add(port)
            return port


def wait_for(what: str, condition, seconds: float = 30.0, pause: float = 0.05):
    """Returns what `condition` returns once that is true; fails with the last falsy value after a time."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < end, f"{what} did not come about in {seconds} s; last: {value!r}"
        time.sleep(pause)


_LIBC = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1


def _end_with_the_parent() -> None:
    """Runs in the child: a test run that is killed leaves no process behind."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


class Process:
    """A child process that writes to a log file."""

    def __init__(self, command: list, log: pathlib.Path, cwd=None, env: dict | None = None):
        self.log = log
        self.command = [str(part) for part in command]
        with open(log, "ab") as output:
            self.child = subprocess.Popen(
                self.command, stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, cwd=cwd,
                env={**os.environ, **(env or {})}, preexec_fn=_end_with_the_parent,
            )

    @property
    def is_running(self) -> bool:
        return self.child.poll() is None

    def peak_memory(self) -> int:
        """The most bytes of memory that it has taken so far."""
        status = pathlib.Path(f"/proc/{self.child.pid}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) * 1_024

    def cpu_seconds(self) -> float:
        """The time of processors that it has taken so far."""
        fields = pathlib.Path(f"/proc/{self.child.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def signal(self, number: int) -> None:
        if self.is_running:
            self.child.send_signal(number)

    def kill(self) -> None:
        """Ends it as kill -9 does, and waits until it is gone."""
        self.signal(signal.SIGKILL)
        self.child.wait(10)

    def stop(self, seconds: float = 30.0) -> int:
        """Ends it cleanly, or fails when that takes longer."""
        self.signal(signal.SIGTERM)
        try:
            return self.child.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"{self.command[0]} did not end within {seconds} s of SIGTERM\n{self.tail()}")

    def tail(self, lines: int = 30) -> str:
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return "\n".join(text.splitlines()[-lines:])
