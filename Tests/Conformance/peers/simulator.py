"""Runs of `postmeter simulate`, and the arithmetic of their totals."""

import json
import pathlib
import signal

from .collector import SECRET
from .processes import POSTMETER, Process

_runs = 0


class Simulation:
    """A run of the simulator that is under way."""

    def __init__(self, folder: pathlib.Path, target: str, secret: str = SECRET, **options):
        global _runs
        _runs += 1
        self.totals_file = folder / f"totals-{_runs}.json"
        command = [POSTMETER, "simulate", "--target", target, "--secret", secret, "--totals", self.totals_file]
        for name, value in options.items():
            command += [f"--{name.replace('_', '-')}", value]
        self.process = Process(command, folder / f"simulate-{_runs}.log")

    def totals(self, seconds: float = 120.0) -> dict:
        """Waits for its end and reads its totals; all webhooks must have been acknowledged."""
        code = self.process.child.wait(seconds)
        assert code == 0, f"the simulator ended with {code}\n{self.process.tail()}"
        totals = json.loads(self.totals_file.read_text())
        assert totals["unacknowledged"] == [], f"not acknowledged: {totals['unacknowledged'][:20]}"
        return totals

    def stop(self, seconds: float = 120.0) -> dict:
        """Ends it early, once what is under way is acknowledged."""
        self.process.signal(signal.SIGINT)
        return self.totals(seconds)


def add(*parts: dict) -> dict:
    """The sum of nested counts."""
    total: dict = {}
    for part in parts:
        for key, value in part.items():
            total[key] = add(total.get(key, {}), value) if isinstance(value, dict) else total.get(key, 0) + value
    return total


def by_event(events: dict) -> dict:
    """Counts by event over all agents."""
    return add(*events.values())


def difference(seen: dict, expected: dict) -> dict:
    """Where nested counts differ: {path: (seen, expected)}; empty when they are equal."""
    differences = {}
    for key in sorted(set(seen) | set(expected)):
        left, right = seen.get(key, {}), expected.get(key, {})
        if isinstance(left, dict) and isinstance(right, dict):
            for path, values in difference(left, right).items():
                differences[f"{key}/{path}"] = values
        elif left != right:
            differences[key] = (left or 0, right or 0)
    return differences
