"""Oracles of the dashboards Webhooks and pipeline and Exporter health."""

from peers.observed import TROUBLE

from .mail import silence
from .oracle import (
    Oracle, folded, gain, level, per_second, quantiles, records, rejections, requests, share, within_buckets,
)

ACCOUNT = ("email_account", "email_provider")
INSTANCE = ("instance",)
SERVER = "http_server_request_duration_seconds"
HOOKS = {"http_route": "/hooks/{endpoint}"}
REFUSED = ("unauthorized", "unknown_endpoint", "method_not_allowed", "too_large", "overloaded")
# Nothing of this happens in a run on a disk that works: the series must be there, at 0.
QUIET = {"may_be_zero": True}


def here(value):
    """The one collector, with a value or its bounds."""
    return lambda seen: {(f"127.0.0.1:{seen.collector.scrape}",): value(seen) if callable(value) else value}


def answers(seen) -> dict:
    """All requests to endpoints, however they were answered."""
    return {(): sum(requests()(seen).values())}


def buckets(seen) -> dict:
    """Requests to endpoints that were answered within each bound."""
    found = gain(SERVER + "_bucket", ("le",), **HOOKS)(seen)
    assert max(found.values()) == (answers(seen)[()],) * 2
    # OpenMetrics writes bounds as numbers with a point, the text format without.
    return {(le if le == "+Inf" else str(float(le)),): value for (le,), value in found.items()}


def over(part, whole):
    """The bounds of a share whose parts have bounds."""

    def ratio(seen) -> dict:
        parts, wholes = part(seen), whole(seen)
        return {
            key: (parts.get(key, (0, 0))[0] / high, parts.get(key, (0, 0))[1] / max(low, 1e-9))
            for key, (low, high) in wholes.items()
            if high
        }

    return ratio


def uptime(seen) -> dict:
    [(_, started)] = seen.level("process_start_time_seconds").values()
    return here(seen.times["after"] - started)(seen)


def share_of_descriptors(seen) -> dict:
    [most] = {high for _, high in seen.level("process_max_fds").values()}
    # What is open changes with each connection: from the files that are always open up to one for each client.
    [(low, high)] = seen.level("process_open_fds").values()
    return here((0.5 * low / most, 2 * high / most))(seen)


def positions(seen) -> dict:
    return gain("postmeter_fold_position", INSTANCE)(seen)


WEBHOOKS = {
    ("Webhooks accepted", "A"): Oracle((), requests(("accepted",))),
    ("Acceptance", "A"): Oracle((), share(requests(("accepted",)), requests(("accepted", "overloaded")))),
    ("Webhooks refused", "A"): Oracle((), requests(REFUSED)),
    ("Dead letters", "A"): Oracle((), folded(("dead",))),
    ("Answered within, 99 %", "A"): Oracle((), quantiles(0.99, SERVER, count=answers, **HOOKS)),
    ("Waiting on disk", "A"): Oracle((), lambda seen: {(): 0}, **QUIET),
    ("Requests by answer", "A"): Oracle(("email_outcome",), per_second(requests(None, ("email_outcome",)))),
    ("Accepted by account", "A"): Oracle(ACCOUNT, per_second(requests(("accepted",), ACCOUNT))),
    ("Refused by account", "A"): Oracle(
        ("email_account", "email_outcome"), per_second(requests(REFUSED, ("email_account", "email_outcome")))),
    ("Time to the answer", "A"): Oracle((), quantiles(0.5, SERVER, count=answers, **HOOKS)),
    ("Time to the answer", "B"): Oracle((), quantiles(0.95, SERVER, count=answers, **HOOKS)),
    ("Time to the answer", "C"): Oracle((), quantiles(0.99, SERVER, count=answers, **HOOKS)),
    ("Times to the answer", "A"): Oracle(("le",), per_second(buckets)),
    ("Requests by status", "A"): Oracle(
        ("http_request_method", "http_route", "http_response_status_code"),
        per_second(gain(
            SERVER + "_count", ("http_request_method", "http_route", "http_response_status_code")))),
    # No webhook was turned away with 503.
    ("Acceptance budget used", "A"): Oracle(
        ACCOUNT, share(requests(("overloaded",), ACCOUNT), requests(("accepted", "overloaded"), ACCOUNT), 1000),
        **QUIET),
    ("Lag of platforms, 95 %", "A"): Oracle(
        ("email_provider",),
        quantiles(0.95, "email_webhook_lag_seconds", ("email_provider",), folded(("counted",)))),
    ("Silence by endpoint", "A"): Oracle(("email_endpoint", "email_provider"), silence),
    ("Rejected for good, by reason", "A"): Oracle(
        (*ACCOUNT, "email_reason"), per_second(rejections((*ACCOUNT, "email_reason")))),
    # Outcomes come within seconds in the run, and the clock stands on no test's account.
    ("Mail without an outcome", "A"): Oracle(ACCOUNT, lambda seen: {}, **QUIET),
    ("Events skipped", "A"): Oracle(("email_endpoint", "email_provider"), lambda seen: {}, **QUIET),
    ("Signs of loops", "A"): Oracle(("email_account", "email_reason"), lambda seen: {}, **QUIET),
    ("Jump of the clock", "A"): Oracle(INSTANCE, here(0), **QUIET),
    ("Depth", "A"): Oracle(INSTANCE, here(0), **QUIET),
    ("Age", "A"): Oracle(INSTANCE, here(0), **QUIET),
    ("Size on disk", "A"): Oracle(INSTANCE, level("postmeter_journal_size_bytes", INSTANCE)),
    ("Time of fdatasync", "A"): Oracle((), within_buckets("postmeter_journal_sync_duration_seconds")),
    ("Time of fdatasync", "B"): Oracle((), within_buckets("postmeter_journal_sync_duration_seconds")),
    ("Time of fdatasync", "C"): Oracle((), within_buckets("postmeter_journal_sync_duration_seconds")),
    ("Syncs of the disk", "A"): Oracle(
        INSTANCE, per_second(gain("postmeter_journal_sync_duration_seconds_count", INSTANCE))),
    ("Webhooks of a sync", "A"): Oracle(
        INSTANCE,
        over(
            lambda seen: here((requests(("accepted",))(seen)[()],) * 2)(seen),
            gain("postmeter_journal_sync_duration_seconds_count", INSTANCE))),
    ("Refused by the journal", "A"): Oracle(("reason",), lambda seen: {}, **QUIET),
    ("Damage", "A"): Oracle(("kind",), lambda seen: {}, **QUIET),
    ("What became of webhooks", "A"): Oracle(("email_outcome",), per_second(folded(None, ("email_outcome",)))),
    ("Records folded", "A"): Oracle(INSTANCE, per_second(positions)),
    # Nothing waits when it is quiet.
    ("Time to catch up", "A"): Oracle(INSTANCE, here(0), **QUIET),
    ("Dead letters by reason", "A"): Oracle(
        ACCOUNT + ("email_reason",), per_second(gain("email_dead_letters_total", ACCOUNT + ("email_reason",)))),
    ("Repeats", "A"): Oracle(ACCOUNT, share(folded(("duplicate",), ACCOUNT), folded(None, ACCOUNT))),
    ("Time of a checkpoint", "A"): Oracle((), within_buckets("postmeter_fold_checkpoint_duration_seconds")),
    ("Time of a checkpoint", "B"): Oracle((), within_buckets("postmeter_fold_checkpoint_duration_seconds")),
    ("Time of a checkpoint", "C"): Oracle((), within_buckets("postmeter_fold_checkpoint_duration_seconds")),
    ("Checkpoints", "A"): Oracle(
        INSTANCE, per_second(gain("postmeter_fold_checkpoint_duration_seconds_count", INSTANCE))),
    ("Checkpoints", "B"): Oracle(INSTANCE, here(0), **QUIET),
    ("Processors", "A"): Oracle(INSTANCE, per_second(gain("process_cpu_seconds_total", INSTANCE))),
    ("Memory", "A"): Oracle(INSTANCE, level("process_resident_memory_bytes", INSTANCE, slack=0.1)),
    ("File descriptors", "A"): Oracle(INSTANCE, share_of_descriptors),
    ("Uptime", "A"): Oracle(INSTANCE, uptime),
}

TARGET = ("target", "signal")
REQUESTS = "postmeter_export_requests_total"
ITEMS = "postmeter_export_items_total"
SPOOL = "postmeter_spool_"
# What each signal of the target that is away may take of its limit.
PART = (64 << 20) // 3
BACK = ("after", "drained")


def taken(seen) -> dict:
    """What targets accepted; of spans and log records, by what the receivers got."""
    found = gain(ITEMS, TARGET, outcome="accepted")(seen)
    for signal in ("traces", "logs"):
        number = records(seen, "good", signal)[1]
        assert found["good", signal] == (number, number), signal
    # A span for each POST, and those that the simulator says.
    made = sum(sum(totals["spans"].values()) for totals in seen.second.values())
    made += answers(seen)[()] - TROUBLE["method_not_allowed"]
    assert records(seen, "good", "traces")[1] == made
    count, number = records(seen, "picky", "logs")
    assert found["picky", "logs"] == (number - count,) * 2
    return found


def rejected(seen) -> dict:
    """The picky one rejects a log record of every request."""
    return {("picky",): records(seen, "picky", "logs")[0]}


def lost(by: tuple = ()):
    """What one receiver refused: all spans that it got."""

    def count(seen) -> dict:
        number = records(seen, "picky", "traces")[1]
        return {tuple({"target": "picky", "signal": "traces", "reason": "refused"}[name] for name in by): number}

    return count


def ten_losses(seen) -> dict:
    """One, and nine of the many that are 0."""
    zeros = {(str(place), "", ""): 0 for place in range(9)}
    return {**lost(TARGET + ("reason",))(seen), **zeros}


def ago(seen) -> dict:
    last = seen.level("postmeter_export_last_accepted_seconds")
    found = {}
    for labels, (low, high) in last.items():
        own = dict(labels)
        now = seen.times["after"]
        found[own["target"], own["signal"]] = (now - high - 0.001, now - low + 0.001)
    # The last that the one that is away took was before the outage.
    assert found["away", "metrics"][1] > 0.5 * seen.window()
    return {key: (max(low, -1.5), high) for key, (low, high) in found.items()}


def longest_ago(seen) -> dict:
    found = ago(seen)
    return {(): (max(low for low, _ in found.values()), max(high for _, high in found.values()))}


def used(by: tuple):
    def ratio(seen) -> dict:
        held, limits = level(SPOOL + "bytes", TARGET)(seen), level(SPOOL + "limit_bytes", TARGET)(seen)
        for signal in ("metrics", "traces", "logs"):
            assert limits["away", signal] == (PART, PART) and held["away", signal][0] > 0, signal
        found = {
            key: (held[key][0] / high, held[key][1] / high) for key, (_, high) in limits.items() if key in held
        }
        return found if by else {(): max(found.values())}

    return ratio


def until_full(seen) -> dict:
    """The spool grew in the window, from nothing; how soon it is full follows from a straight line through it."""
    # A line through a step is at most half as steep again as the line from end to end, and it is rising.
    steepest, flattest = 1.6 / seen.window(), 0.05 / seen.window()
    return {
        key: ((PART - high) / (steepest * high), (PART - low) / (flattest * low))
        for key, (low, high) in level(SPOOL + "bytes", TARGET)(seen).items()
        if low
    }


def spooled(seen) -> dict:
    """Spans and log records of the second run, all of which the receiver that is away must get in the end."""
    found = level(SPOOL + "items", TARGET)(seen)
    for signal in ("traces", "logs"):
        number = records(seen, "good", signal)[1]
        assert found["away", signal] == (number, number)
        # More log records came of the collector's own when the receiver was back.
        got = records(seen, "away", signal, ("before", "drained"))[1]
        assert got == number if signal == "traces" else got >= number
    return found


def written(seen) -> dict:
    found = {("written", *key): value for key, value in gain(SPOOL + "written_total", TARGET)(seen).items()}
    for signal in ("traces", "logs"):
        assert found["written", "away", signal] == (records(seen, "good", signal)[1],) * 2
    return {key[1:]: value for key, value in found.items()}


def drained(seen) -> dict:
    """Once the receiver is back it gets what had been kept, all of it."""
    found = gain(SPOOL + "drained_total", TARGET, BACK)(seen)
    for signal in ("traces", "logs"):
        least, most = found["away", signal]
        assert records(seen, "good", signal)[1] <= least and most <= records(seen, "away", signal, BACK)[1]
    return found


def made(name: str, signal: str):
    """What was recorded is what a receiver got that takes all."""

    def count(seen) -> dict:
        number = records(seen, "good", signal)[1]
        assert gain(name)(seen)[()] == (number, number)
        return {(): number}

    return count


def scrapes(seen) -> dict:
    """Prometheus scrapes once a second; the test itself a few times more, as is_still does."""
    found = gain("postmeter_scrape_duration_seconds_count", ("format",))(seen)
    assert max(high for _, high in found.values()) >= seen.window() / 2
    return found


NOT_TAKEN = Oracle(INSTANCE, here((0, 50)), **QUIET)
EXPORTER = {
    ("Exports accepted, share", "A"): Oracle((), over(gain(REQUESTS, outcome="accepted"), gain(REQUESTS))),
    ("Items accepted", "A"): Oracle((), gain(ITEMS, outcome="accepted")),
    ("Lost", "A"): Oracle((), lost()),
    # The recorders have room for this run.
    ("Not recorded", "A"): Oracle((), lambda seen: {(): 0}, **QUIET),
    ("Last accepted", "A"): Oracle((), longest_ago),
    ("Spool used", "A"): Oracle((), used(())),
    ("Exports by outcome", "A"): Oracle(
        ("target", "outcome"), per_second(gain(REQUESTS, ("target", "outcome")))),
    ("Exports accepted", "A"): Oracle(
        TARGET, over(gain(REQUESTS, TARGET, outcome="accepted"), gain(REQUESTS, TARGET))),
    ("Tries again", "A"): Oracle(TARGET, per_second(gain("postmeter_export_retries_total", TARGET))),
    ("Time of an export, 95 %", "A"): Oracle(TARGET, within_buckets("postmeter_export_duration_seconds", TARGET)),
    ("Items", "A"): Oracle(TARGET, per_second(taken)),
    ("Items", "B"): Oracle(("target",), per_second(rejected)),
    ("Items of an export", "A"): Oracle(
        TARGET, over(gain(ITEMS, TARGET, outcome="accepted"), gain(REQUESTS, TARGET, outcome="accepted"))),
    ("Since the last accepted", "A"): Oracle(TARGET, ago),
    ("Loss", "A"): Oracle(TARGET, per_second(lost(TARGET))),
    ("Loss by reason", "A"): Oracle(TARGET + ("reason",), ten_losses, top=10),
    ("Bytes", "A"): Oracle(TARGET, level(SPOOL + "bytes", TARGET)),
    ("Used", "A"): Oracle(TARGET, used(TARGET)),
    ("Age of the oldest", "A"): Oracle(TARGET, level(SPOOL + "age_seconds", TARGET)),
    ("Items on disk", "A"): Oracle(TARGET, spooled),
    ("Written and drained", "A"): Oracle(TARGET, per_second(written)),
    ("Written and drained", "B"): Oracle(TARGET, per_second(drained, BACK), window=BACK),
    ("Time until full", "A"): Oracle(TARGET, until_full),
    ("Points thinned", "A"): Oracle(("target",), per_second(gain(SPOOL + "thinned_total", ("target",))), **QUIET),
    ("Spans that wait", "A"): NOT_TAKEN,
    ("Spans that wait", "B"): Oracle(("target",), level("postmeter_spans_queued", ("target",)), **QUIET),
    ("Log records that wait", "A"): NOT_TAKEN,
    ("Log records that wait", "B"): Oracle(("target",), level("postmeter_logs_queued", ("target",)), **QUIET),
    ("Spans and log records made", "A"): Oracle((), per_second(made("postmeter_spans_ended_total", "traces"))),
    ("Spans and log records made", "B"): Oracle((), per_second(made("postmeter_logs_recorded_total", "logs"))),
    ("Spans and log records made", "C"): Oracle((), lambda seen: {(): 0}, **QUIET),
    ("Spans and log records made", "D"): Oracle((), lambda seen: {(): 0}, **QUIET),
    ("Spans and log records made", "E"): Oracle((), lambda seen: {(): 0}, **QUIET),
    ("Time of a scrape, 95 %", "A"): Oracle(
        ("format",), within_buckets("postmeter_scrape_duration_seconds", ("format",))),
    ("Scrapes", "A"): Oracle(("format",), per_second(scrapes)),
    ("Scrapes", "B"): Oracle((), lambda seen: {(): 0}, **QUIET),
    # A scrape that took longer than the timeout of a second would have failed.
    ("Scrapes as Prometheus sees them", "A"): Oracle(INSTANCE, here((1e-6, 1.0))),
    ("Samples of a scrape", "A"): Oracle(
        INSTANCE, lambda seen: here(tuple(sorted(len(part) for part in seen.samples["after"])))(seen)),
    ("Series", "A"): Oracle(INSTANCE, level("postmeter_series", INSTANCE)),
    ("Instruments", "A"): Oracle(INSTANCE, level("postmeter_families", INSTANCE)),
    ("Overflow", "A"): Oracle(INSTANCE, here(0), **QUIET),
    ("Overflow", "B"): Oracle(INSTANCE, here(0), **QUIET),
    ("Measurements refused", "A"): Oracle(INSTANCE, here(0), **QUIET),
    ("Measurements refused", "B"): Oracle(INSTANCE, here(0), **QUIET),
    ("Series removed", "A"): Oracle(INSTANCE, here(0), **QUIET),
    ("Series removed", "B"): Oracle(INSTANCE, here(0), **QUIET),
    ("Version", "A"): Oracle(("version",), level("postmeter_build_info", ("version",))),
    ("Processors", "A"): WEBHOOKS["Processors", "A"],
    ("Memory", "A"): WEBHOOKS["Memory", "A"],
}
