"""An oracle: the answer that a query must give, computed from what is known of the run."""

import dataclasses
import math
import typing

import pytest

from peers.observed import ENDPOINTS, TROUBLE, Observed

FINALS = ("delivered", "bounced", "rejected", "failed")


@dataclasses.dataclass(frozen=True)
class Oracle:
    """`expected` gives a value, or the least and the most, by the values of `labels`.

    What is not in it must be 0 or not a number, as a share of nothing is. `top` is how many of the greatest, or with
    a minus of the least, are to be shown. `of` is whose scrapes the window is between.
    """

    labels: tuple
    expected: typing.Callable[[Observed], dict]
    top: int | None = None
    of: str = "postmeter"
    window: tuple = ("before", "after")
    may_be_zero: bool = False

    def check(self, seen: Observed, result: list) -> None:
        assert result, "no data"
        values = {}
        for series in result:
            metric = {name: value for name, value in series["metric"].items() if value and name != "__name__"}
            assert set(metric) <= set(self.labels), metric
            key = tuple(metric.get(label, "") for label in self.labels)
            assert key not in values
            values[key] = float(series["value"][1])
        expected = self.expected(seen)
        assert any(math.isfinite(value) for value in values.values()), values
        assert self.may_be_zero or any(values.values()), "all is 0"
        if self.top is None:
            missing = {key for key, value in expected.items() if value and not _is_zero(value)} - set(values)
            assert not missing, f"not shown: {missing}"
        else:
            self._check_top(values, expected)
        for key, value in values.items():
            if key not in expected:
                assert value == 0 or math.isnan(value), f"{key}: {value}, and nothing was to be there"
            elif isinstance(expected[key], tuple):
                least, most = expected[key]
                slack = 1e-9 * max(abs(least), abs(most))
                assert least - slack <= value <= most + slack, f"{key}: {value} is not in {expected[key]}"
            else:
                wanted = pytest.approx(expected[key], rel=1e-9, abs=1e-12)
                assert value == wanted, f"{key}: {expected[key]} expected"

    def _check_top(self, values: dict, expected: dict) -> None:
        ranked = sorted(expected.values(), reverse=self.top > 0)[: abs(self.top)]
        assert sorted(values.values(), reverse=self.top > 0) == pytest.approx(ranked, rel=1e-9, abs=1e-12)


def _is_zero(value) -> bool:
    return value == 0 or (isinstance(value, tuple) and value[0] <= 0)


# What the simulator did in the second run.


def rows(seen: Observed) -> list[dict]:
    """Counts of events with all their labels."""
    return [
        {
            "email_organization": "acme", "email_account": endpoint, "email_domain": f"{endpoint}.example",
            "email_agent": agent, "email_provider": endpoint, "email_event": event, "count": count,
        }
        for endpoint in ENDPOINTS
        for agent, counts in seen.second[endpoint]["events"].items()
        for event, count in counts.items()
    ]


def grouped(rows: list[dict], by: tuple) -> dict:
    found: dict = {}
    for row in rows:
        key = tuple(row[label] for label in by)
        found[key] = found.get(key, 0) + row["count"]
    return found


def events(kinds: tuple | str | None = None, by: tuple = ()) -> typing.Callable[[Observed], dict]:
    """How many events of these kinds the second run had, by labels."""
    kinds = (kinds,) if isinstance(kinds, str) else kinds

    def count(seen: Observed) -> dict:
        return grouped([row for row in rows(seen) if kinds is None or row["email_event"] in kinds], by)

    return count


def hard_bounces(by: tuple = ()) -> typing.Callable[[Observed], dict]:
    def count(seen: Observed) -> dict:
        return grouped(
            [
                {
                    "email_account": endpoint, "email_domain": f"{endpoint}.example",
                    "count": seen.second[endpoint]["bounces"].get("hard", 0),
                }
                for endpoint in ENDPOINTS
            ],
            by,
        )

    return count


def requests(outcomes: tuple | None = None, by: tuple = ()) -> typing.Callable[[Observed], dict]:
    """How many requests of webhooks were answered how in the second run."""
    def count(seen: Observed) -> dict:
        found = [
            row(endpoint, "accepted", seen.second[endpoint]["http"]["requests"]) for endpoint in ENDPOINTS
        ]
        found += [
            row("resend", "accepted", TROUBLE["dead"]), row("resend", "unauthorized", TROUBLE["unauthorized"]),
            row("resend", "method_not_allowed", TROUBLE["method_not_allowed"]),
            row("_unknown", "unknown_endpoint", TROUBLE["unknown_endpoint"]),
        ]
        return grouped([one for one in found if outcomes is None or one["email_outcome"] in outcomes], by)

    def row(endpoint: str, outcome: str, number: int) -> dict:
        return {
            "email_account": endpoint, "email_provider": endpoint, "email_outcome": outcome, "count": number,
        }

    return count


def rejections(by: tuple = ()) -> typing.Callable[[Observed], dict]:
    """How many requests were answered with 4xx in the second run: those of no use, by their reason."""
    def count(seen: Observed) -> dict:
        found = [
            {"email_account": account, "email_provider": account, "email_reason": reason, "count": TROUBLE[outcome]}
            for account, outcome, reason in (
                ("resend", "unauthorized", "no_match"),
                ("resend", "method_not_allowed", "method_not_allowed"),
                ("_unknown", "unknown_endpoint", "unknown_endpoint"),
            )
        ]
        return grouped(found, by)

    return count


def folded(outcomes: tuple | None = None, by: tuple = ()) -> typing.Callable[[Observed], dict]:
    """What the fold made of the webhooks of the second run."""
    def count(seen: Observed) -> dict:
        found = []
        for endpoint in ENDPOINTS:
            totals = seen.second[endpoint]
            made = {
                "counted": totals["acknowledged"], "ignored": totals["others"], "duplicate": totals["repeats"],
                "dead": TROUBLE["dead"] if endpoint == "resend" else 0,
            }
            found += [
                {"email_account": endpoint, "email_provider": endpoint, "email_outcome": outcome, "count": number}
                for outcome, number in made.items()
            ]
        return grouped([one for one in found if outcomes is None or one["email_outcome"] in outcomes], by)

    return count


# Arithmetic.


def per_second(count, window: tuple = ("before", "after"), of: str = "postmeter"):
    def rate(seen: Observed) -> dict:
        times = seen.times if of == "postmeter" else seen.replayed
        seconds = round(times[window[1]] - times[window[0]], 3)
        return {
            key: tuple(part / seconds for part in value) if isinstance(value, tuple) else value / seconds
            for key, value in count(seen).items()
        }

    return rate


def share(part, whole, factor: float = 1.0):
    """The one over the other, where there is some of the other."""

    def ratio(seen: Observed) -> dict:
        parts, wholes = part(seen), whole(seen)
        return {key: factor * parts.get(key, 0) / value for key, value in wholes.items() if value}

    return ratio


def present(count):
    """What is more than 0."""
    return lambda seen: {key: value for key, value in count(seen).items() if value}


def merge(*counts):
    return lambda seen: {key: value for count in counts for key, value in count(seen).items()}


# The collector's own samples.


def _sum(found: dict, by: tuple, where: dict, extra: dict) -> dict:
    total: dict = {}
    for labels, (least, most) in found.items():
        own = {**extra, **dict(labels)}
        if all(own.get(name, "") in ([v] if isinstance(v, str) else v) for name, v in where.items()):
            key = tuple(own.get(label, "") for label in by)
            low, high = total.get(key, (0.0, 0.0))
            total[key] = (low + least, high + most)
    return total


def _extra(seen: Observed) -> dict:
    return {"instance": f"127.0.0.1:{seen.collector.scrape}", "job": "postmeter"}


def gain(name: str, by: tuple = (), window: tuple = ("before", "after"), **where):
    """The least and the most that a counter can have gained, from the samples around the scrapes."""
    return lambda seen: _sum(seen.gain(name, *window), by, where, _extra(seen))


def level(name: str, by: tuple = (), at: str = "after", slack: float = 0.0, **where):
    """The bounds of a level at a scrape, from the samples around it; `slack` is a share of it."""

    def bounds(seen: Observed) -> dict:
        total = _sum(seen.level(name, at), by, where, _extra(seen))
        return {key: (low * (1 - slack), high * (1 + slack)) for key, (low, high) in total.items()}

    return bounds


def quantile_of(buckets: list[tuple[float, float]], q: float) -> float:
    """The quantile of cumulative buckets as Prometheus defines it: linear within the bucket that has it."""
    buckets = sorted(buckets)
    total = buckets[-1][1]
    if not total:
        return math.nan
    rank = q * total
    place = next(i for i, (_, count) in enumerate(buckets) if count >= rank)
    if place == len(buckets) - 1:
        return buckets[-2][0]
    end, count = buckets[place]
    start, below = (0.0, 0.0) if place == 0 else buckets[place - 1]
    return start + (end - start) * (rank - below) / (count - below) if count > below else end


def quantiles(q: float, name: str, by: tuple = (), count=None, window: tuple = ("before", "after"), **where):
    """The quantile of a histogram that stands still at the scrapes; `count` is how many values the totals say."""

    def compute(seen: Observed) -> dict:
        groups: dict = {}
        for labels, (low, high) in seen.gain(name + "_bucket", *window).items():
            own = {**_extra(seen), **dict(labels)}
            if all(own.get(key) == value for key, value in where.items()):
                assert low == high, labels
                bucket = groups.setdefault(tuple(own.get(label, "") for label in by), {})
                bound = float(own["le"])
                bucket[bound] = bucket.get(bound, 0) + high
        values = {key: quantile_of(list(bucket.items()), q) for key, bucket in groups.items()}
        if count is not None:
            assert sum(bucket[math.inf] for bucket in groups.values()) == sum(count(seen).values())
        return {key: value for key, value in values.items() if not math.isnan(value)}

    return compute


def within_buckets(name: str, by: tuple = (), window: tuple = ("before", "after"), **where):
    """The bounds of any quantile of a histogram that goes on: from 0 to the end of the last bucket that gained."""

    def bounds(seen: Observed) -> dict:
        ends: dict = {}
        for labels, (low, high) in seen.gain(name + "_bucket", *window).items():
            own = {**_extra(seen), **dict(labels)}
            if all(own.get(key) == value for key, value in where.items()):
                ends.setdefault(tuple(own.get(label, "") for label in by), []).append((float(own["le"]), high))
        found = {}
        for key, buckets in ends.items():
            total = max(high for _, high in buckets)
            reached = [end for end, high in sorted(buckets) if high >= total]
            finite = [end for end, _ in sorted(buckets) if math.isfinite(end)]
            if total:
                found[key] = (0.0, reached[0] if math.isfinite(reached[0]) else finite[-1])
        return found

    return bounds


# What receivers got.


def records(seen: Observed, target: str, signal: str, window: tuple = ("before", "after")) -> tuple[int, int]:
    """How many requests of a signal a receiver got between two scrapes, and how many items they held."""
    path = f"/v1/{signal}"
    earlier, later = (
        [request for request in seen.requests[at][target] if request.path == path] for at in window
    )
    new = later[len(earlier):]
    return len(new), sum(map(items, new))


def items(request) -> int:
    message = request.message
    if request.path == "/v1/traces":
        return sum(len(scope.spans) for one in message.resource_spans for scope in one.scope_spans)
    if request.path == "/v1/logs":
        return sum(len(scope.log_records) for one in message.resource_logs for scope in one.scope_logs)
    return sum(
        len(getattr(metric, metric.WhichOneof("data")).data_points)
        for one in message.resource_metrics
        for scope in one.scope_metrics
        for metric in scope.metrics
    )


# What the replayed service did.


def replayed(name: str, by: tuple = (), **where):
    """What a counter of the replay gained: all that it had."""

    def count(seen: Observed) -> dict:
        total: dict = {}
        for (sample, labels), value in seen.replay.samples.items():
            own = dict(labels)
            if sample == name and all(own.get(key, "") == wanted for key, wanted in where.items()):
                key = tuple(own.get(label, "") for label in by)
                total[key] = total.get(key, 0) + value
        return total

    return count


def replayed_quantile(q: float, name: str, by: tuple = ()):
    def compute(seen: Observed) -> dict:
        groups: dict = {}
        for (sample, labels), value in seen.replay.samples.items():
            own = dict(labels)
            if sample == name + "_bucket":
                bucket = groups.setdefault(tuple(own.get(label, "") for label in by), {})
                bucket[float(own["le"])] = bucket.get(float(own["le"]), 0) + value
        return {key: quantile_of(list(bucket.items()), q) for key, bucket in groups.items()}

    return compute
