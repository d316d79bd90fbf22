"""What a receiver was sent and what it said to that, and what must follow for each span and log record."""

import collections
import dataclasses
import enum
import threading

from .sink import attributes, points


class Verdict(enum.Enum):
    """What an answer means for what the request held."""

    # Accepted, and the sender was told so.
    TAKEN = "taken"
    # Accepted, and the answer to it was lost or cut short: the sender has to send it again.
    UNANSWERED = "unanswered"
    # Accepted, with an answer that is too long or is none: the sender must not try again, and counts it lost.
    UNREADABLE = "unreadable"
    # Not accepted, and not to be sent again: the sender counts it lost.
    REFUSED = "refused"
    # Not accepted for now: the sender tries again.
    AWAY = "away"


@dataclasses.dataclass
class Entry:
    """A request and what was done with it."""

    path: str
    headers: dict
    behaviour: str
    verdict: Verdict
    began: float
    ended: float = 0.0
    message: object = None

    def end(self, message, time: float) -> None:
        self.message, self.ended = message, time

    @property
    def is_delivered(self) -> bool:
        return self.message is not None and self.verdict not in (Verdict.REFUSED, Verdict.AWAY)

    @property
    def records(self) -> list:
        """The spans and log records in it."""
        resources = getattr(self.message, "resource_spans", None) or getattr(self.message, "resource_logs", None) or []
        scopes = [scope for resource in resources for scope in _first(resource, "scope_spans", "scope_logs")]
        return [record for scope in scopes for record in _first(scope, "spans", "log_records")]

    @property
    def items(self) -> int:
        """The number of data points, spans or log records in it."""
        if self.path == "/v1/metrics":
            return sum(1 for _ in points(self.message))
        return len(self.records)


def _first(holder, *names):
    return next((held for name in names if (held := getattr(holder, name, None))), [])


def identity(record) -> tuple:
    """What tells a span or a log record from all others."""
    if hasattr(record, "event_name"):
        return "log", attributes(record).get("log.record.uid") or record.SerializeToString()
    return "span", record.trace_id, record.span_id


class Ledger:
    """The entries in order of arrival."""

    def __init__(self):
        self.lock = threading.Lock()
        self._entries: list[Entry] = []

    def add(self, entry: Entry) -> None:
        with self.lock:
            self._entries.append(entry)

    @property
    def entries(self) -> list[Entry]:
        with self.lock:
            return list(self._entries)

    def of(self, path: str) -> list[Entry]:
        return [entry for entry in self.entries if entry.path == path]

    def deliveries(self, path: str) -> dict:
        """The entries that delivered each record, by its identity."""
        found = collections.defaultdict(list)
        for entry in self.of(path):
            if entry.is_delivered:
                for record in entry.records:
                    found[identity(record)].append(entry)
        return found

    def records(self, path: str) -> list:
        """Each record that was delivered, once."""
        found = {}
        for entry in self.of(path):
            if entry.is_delivered:
                for record in entry.records:
                    found.setdefault(identity(record), record)
        return list(found.values())

    def unjustified_repeats(self, path: str) -> list[str]:
        """Records that came again although an answer to them had come through."""
        return [
            f"{key[0]} {key[-1].hex() if isinstance(key[-1], bytes) else key[-1]}: "
            + ", ".join(entry.behaviour for entry in entries)
            for key, entries in self.deliveries(path).items()
            if any(entry.verdict is not Verdict.UNANSWERED for entry in entries[:-1])
        ]

    def expected_losses(self, path: str) -> int:
        """How many items the sender must have counted as lost: those to which a final answer was given."""
        return sum(
            entry.items for entry in self.of(path) if entry.verdict in (Verdict.REFUSED, Verdict.UNREADABLE)
        )

    def last_points(self) -> dict:
        """The points of the last push of metrics that was accepted: {(name, attributes): (metric, point)}."""
        pushes = [entry for entry in self.of("/v1/metrics") if entry.is_delivered]
        return {
            (metric.name, tuple(sorted(attributes(point).items()))): (metric, point)
            for entry in pushes[-1:]
            for metric, point in points(entry.message)
        }
