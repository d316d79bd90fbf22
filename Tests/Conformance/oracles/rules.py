"""Oracles of recording rules, by their names without a window, and of the sides of alerts' comparisons."""

from .machine import SPOOL, ago, lost, share_of_descriptors, silence
from .oracle import (
    FINALS, Oracle, events, folded, gain, hard_bounces, level, per_second, quantiles, requests, share,
)

DOMAIN = ("email_organization", "email_account", "email_domain")
AGENT = DOMAIN + ("email_agent",)
ACCOUNT = ("email_account", "email_provider")
INSTANCE = ("job", "instance")
SIGNAL = INSTANCE + ("target", "signal")
QUIET = {"may_be_zero": True}
UNDELIVERED = ("bounced", "rejected", "failed")
DELIVERY = "email_delivery_duration_seconds"
SERVER = "http_server_request_duration_seconds"


def with_instance(count):
    """Adds job and instance in front of the labels, or in place of an instance alone."""

    def placed(seen) -> dict:
        where = "postmeter", f"127.0.0.1:{seen.collector.scrape}"
        return {where + tuple(label for label in key if label not in where): v for key, v in count(seen).items()}

    return placed


def nothing(seen) -> dict:
    return with_instance(lambda _: {(): 0})(seen)


def deliveries(seen) -> dict:
    return {(): sum(totals["delivery_durations"] for totals in seen.second.values())}


def answers(seen) -> dict:
    return {(): sum(requests()(seen).values())}


def failed(seen) -> dict:
    """Failed exports as a share of all, where both have bounds."""
    parts = gain("postmeter_export_requests_total", SIGNAL, outcome="failed")(seen)
    wholes = gain("postmeter_export_requests_total", SIGNAL)(seen)
    return {
        key: (parts[key][0] / high, parts[key][1] / max(low, 1e-9)) for key, (low, high) in wholes.items() if high
    }


def used(seen) -> dict:
    held, limits = level(SPOOL + "bytes", SIGNAL)(seen), level(SPOOL + "limit_bytes", SIGNAL)(seen)
    return {key: (held[key][0] / high, held[key][1] / high) for key, (_, high) in limits.items() if key in held}


def predicted(seen) -> dict:
    """Four hours on, if it grew as it did in the window: far above what is there, and rising."""
    held = level(SPOOL + "bytes", SIGNAL)(seen)
    seconds = seen.window()
    return {key: (high, high + 1.6 * high / seconds * 14400) for key, (_, high) in held.items()}


RECORDS = {
    "domain:email_undelivered:ratio_rate": Oracle(
        DOMAIN, share(events(UNDELIVERED, DOMAIN), events(FINALS, DOMAIN))),
    "domain:email_outcomes:increase": Oracle(DOMAIN, events(FINALS, DOMAIN)),
    # No webhook was turned away.
    "account_provider:email_webhook_overloaded:ratio_rate": Oracle(
        ACCOUNT, share(requests(("overloaded",), ACCOUNT), requests(("accepted", "overloaded"), ACCOUNT)), **QUIET),
    "account_provider:email_webhook_requests:increase": Oracle(
        ACCOUNT, requests(("accepted", "overloaded"), ACCOUNT)),
    "domain:email_hard_bounces:ratio_rate": Oracle(
        DOMAIN[1:], share(hard_bounces(DOMAIN[1:]), events(FINALS, DOMAIN[1:]))),
    "domain:email_complaints:ratio_rate": Oracle(
        DOMAIN, share(events("complained", DOMAIN), events("delivered", DOMAIN))),
    "domain:email_delivered:increase": Oracle(DOMAIN, events("delivered", DOMAIN)),
    "agent:email_bounces:ratio_rate": Oracle(AGENT, share(events("bounced", AGENT), events(FINALS, AGENT))),
    "agent:email_outcomes:increase": Oracle(AGENT, events(FINALS, AGENT)),
    "agent:email_complaints:ratio_rate": Oracle(
        AGENT, share(events("complained", AGENT), events("delivered", AGENT))),
    "agent:email_delivered:increase": Oracle(AGENT, events("delivered", AGENT)),
    "job:http_server_request_duration_seconds:p99_rate": Oracle(
        ("job",), quantiles(0.99, SERVER, ("job",), answers, http_route="/hooks/{endpoint}")),
    "domain:email_delivery_duration_seconds:p95_rate": Oracle(
        DOMAIN[1:], quantiles(0.95, DELIVERY, DOMAIN[1:], deliveries)),
    "instance:email_webhook_events:rate": Oracle(INSTANCE, per_second(with_instance(folded()))),
    "account_provider:email_webhook_unauthorized:ratio_rate": Oracle(
        ACCOUNT, share(requests(("unauthorized",), ACCOUNT), requests(None, ACCOUNT))),
    "instance_target_signal:postmeter_export_failed:ratio_rate": Oracle(SIGNAL, failed),
    "instance_target_signal:postmeter_spool_used:ratio": Oracle(SIGNAL, used),
}

# What an alert compares, beside what is recorded; by the alert and the place of the side.
SIDES = {
    ("PostmeterDown", 0): Oracle(INSTANCE, with_instance(lambda seen: {(): 1})),
    ("PostmeterRestarting", 0): Oracle(INSTANCE, nothing, **QUIET),
    ("PostmeterFileDescriptors", 0): Oracle(INSTANCE, with_instance(share_of_descriptors)),
    ("PostmeterJournalRefusing", 0): Oracle(INSTANCE + ("reason",), lambda seen: {}, **QUIET),
    ("PostmeterJournalOld", 0): Oracle(INSTANCE, nothing, **QUIET),
    ("PostmeterJournalDeep", 0): Oracle(INSTANCE, nothing, **QUIET),
    # Between what it was in the run and 0 at its end.
    ("PostmeterFoldBehind", 0): Oracle(INSTANCE, with_instance(lambda seen: {(): (-1000.0, 1000.0)}), **QUIET),
    ("PostmeterFoldBehind", 1): Oracle(INSTANCE, nothing, **QUIET),
    ("PostmeterFoldStuck", 0): Oracle(INSTANCE, gain("postmeter_fold_position", INSTANCE)),
    ("PostmeterFoldStuck", 1): Oracle(INSTANCE, nothing, **QUIET),
    ("PostmeterCheckpointsFailing", 0): Oracle(INSTANCE, nothing, **QUIET),
    ("PostmeterJournalDamaged", 0): Oracle(INSTANCE + ("kind",), lambda seen: {}, **QUIET),
    ("PostmeterDeadLetters", 0): Oracle(ACCOUNT, folded(("dead",), ACCOUNT)),
    ("PostmeterWebhookSilence", 0): Oracle(("email_endpoint", "email_provider"), silence),
    ("PostmeterWebhookSilence", 1): Oracle(("email_endpoint", "email_provider"), silence),
    ("PostmeterUnauthorizedSurge", 1): Oracle(ACCOUNT, requests(("unauthorized",), ACCOUNT)),
    ("PostmeterWebhookTooLarge", 0): Oracle(ACCOUNT, lambda seen: {}, **QUIET),
    ("PostmeterOutcomesMissing", 0): Oracle(ACCOUNT, lambda seen: {}, **QUIET),
    ("PostmeterOutcomesMissing", 1): Oracle(ACCOUNT, lambda seen: {}, **QUIET),
    ("PostmeterEventsSkipped", 0): Oracle(("email_endpoint", "email_provider"), nothing, **QUIET),
    ("PostmeterMailLoop", 0): Oracle(AGENT[1:], lambda seen: {}, **QUIET),
    ("PostmeterClockJumped", 0): Oracle(INSTANCE, nothing, **QUIET),
    ("PostmeterExportStalled", 0): Oracle(
        SIGNAL, with_instance(lambda seen: {key: value for key, value in ago(seen).items() if key[1] == "metrics"})),
    ("PostmeterExportStalled", 1): Oracle(
        SIGNAL, level("postmeter_export_requests_total", SIGNAL, signal="metrics")),
    ("PostmeterExportStalled", 2): Oracle(
        SIGNAL, level("postmeter_export_last_accepted_seconds", SIGNAL, signal="metrics")),
    ("PostmeterSpoolFilling", 0): Oracle(SIGNAL, predicted),
    ("PostmeterSpoolFilling", 1): Oracle(SIGNAL, level(SPOOL + "limit_bytes", SIGNAL)),
    ("PostmeterSpoolOld", 0): Oracle(SIGNAL, level(SPOOL + "age_seconds", SIGNAL)),
    ("PostmeterExportLoss", 0): Oracle(
        SIGNAL + ("reason",), with_instance(lost(("target", "signal", "reason")))),
    ("PostmeterSpansDropped", 0): Oracle(INSTANCE, nothing, **QUIET),
    ("PostmeterLogRecordsDropped", 0): Oracle(INSTANCE, nothing, **QUIET),
    ("PostmeterCardinalityOverflow", 0): Oracle(INSTANCE, nothing, **QUIET),
    ("PostmeterSeriesExhausted", 0): Oracle(INSTANCE, nothing, **QUIET),
    ("PostmeterScrapeSlow", 0): Oracle(INSTANCE, with_instance(lambda seen: {(): (1e-6, 1.0)})),
    ("PostmeterScrapesRefused", 0): Oracle(INSTANCE, nothing, **QUIET),
}
