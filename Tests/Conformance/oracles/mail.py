"""Oracles of the dashboards Fleet overview and Agent."""

from .oracle import (
    FINALS, Oracle, events, folded, gain, hard_bounces, level, merge, per_second, present, quantiles,
    replayed, replayed_quantile, requests, share,
)

DOMAIN = ("email_domain",)
AGENT = ("email_agent", "email_domain")
ROW = ("email_organization", "email_account", "email_domain", "email_agent")
DELIVERY = "email_delivery_duration_seconds"


def deliveries(seen) -> dict:
    return {(): sum(totals["delivery_durations"] for totals in seen.second.values())}


def bounces(by: tuple):
    """By class the totals say how many; the reasons are the collector's own, and must add up to that."""

    def count(seen):
        found = gain("email_bounces_total", by)(seen)
        for kind in ("hard", "soft"):
            wanted = sum(totals["bounces"].get(kind, 0) for totals in seen.second.values())
            place = by.index("email_bounce_class")
            assert sum(high for key, (_, high) in found.items() if key[place] == kind) == wanted
        return found

    return count


def silence(seen) -> dict:
    """Until the last event; the gauge does not move once it is quiet."""
    last = level("email_webhook_last_event_seconds", ("email_endpoint", "email_provider"))(seen)
    return {key: seen.times["after"] - high for key, (_, high) in last.items()}


def short_silence(seen) -> dict:
    # From the last event of the second run, which the queues' emptying and two scrapes followed.
    assert all(0 < value < seen.window() for value in silence(seen).values())
    return silence(seen)


FLEET = {
    ("Mail sent", "A"): Oracle((), events("sent")),
    ("Mail received", "A"): Oracle((), events("received")),
    ("Delivery rate", "A"): Oracle((), share(events("delivered"), events(FINALS))),
    ("Bounce rate", "A"): Oracle((), share(hard_bounces(), events(FINALS))),
    ("Complaint rate", "A"): Oracle((), share(events("complained"), events("delivered"))),
    ("Delivery time, 95 %", "A"): Oracle((), quantiles(0.95, DELIVERY, count=deliveries)),
    ("Events by kind", "A"): Oracle(("email_event",), per_second(events(None, ("email_event",)))),
    ("Busiest agents", "A"): Oracle(AGENT, per_second(events(("sent", "received"), AGENT)), top=10),
    ("Delivery rate by domain", "A"): Oracle(
        DOMAIN, share(events("delivered", DOMAIN), events(FINALS, DOMAIN))),
    ("Bounce and complaint rate by domain", "A"): Oracle(
        DOMAIN, share(hard_bounces(DOMAIN), events(FINALS, DOMAIN))),
    ("Bounce and complaint rate by domain", "B"): Oracle(
        DOMAIN, share(events("complained", DOMAIN), events("delivered", DOMAIN))),
    ("Bounces by reason", "A"): Oracle(
        ("email_bounce_class", "email_bounce_reason"),
        per_second(bounces(("email_bounce_class", "email_bounce_reason")))),
    ("Agents that bounce most", "A"): Oracle(
        AGENT, share(events("bounced", AGENT), events(FINALS, AGENT)), top=10),
    ("Delivery budget used", "A"): Oracle(
        DOMAIN, share(events(("bounced", "rejected", "failed"), DOMAIN), events(FINALS, DOMAIN), 1 / 0.03)),
    ("Mail held back", "A"): Oracle(
        ("email_event", "email_domain"),
        per_second(events(("deferred", "suppressed"), ("email_event", "email_domain")))),
    ("Delivery time", "A"): Oracle((), quantiles(0.5, DELIVERY, count=deliveries)),
    ("Delivery time", "B"): Oracle((), quantiles(0.95, DELIVERY, count=deliveries)),
    ("Delivery time", "C"): Oracle((), quantiles(0.99, DELIVERY, count=deliveries)),
    ("Delivery time by recipients' provider, 95 %", "A"): Oracle(
        ("email_recipient_provider",), quantiles(0.95, DELIVERY, ("email_recipient_provider",), deliveries)),
    ("Agents", "A"): Oracle(ROW, present(events("sent", ROW))),
    ("Agents", "B"): Oracle(ROW, present(events("received", ROW))),
    ("Agents", "C"): Oracle(ROW, share(events("delivered", ROW), events(FINALS, ROW))),
    ("Agents", "D"): Oracle(ROW, share(events("bounced", ROW), events(FINALS, ROW))),
    ("Agents", "E"): Oracle(ROW, share(events("complained", ROW), events("delivered", ROW))),
    ("Webhooks by answer", "A"): Oracle(("email_outcome",), per_second(requests(None, ("email_outcome",)))),
    ("Webhooks refused", "A"): Oracle(
        ("email_account", "email_provider", "email_outcome"),
        per_second(requests(
            ("unauthorized", "unknown_endpoint", "method_not_allowed", "too_large", "overloaded"),
            ("email_account", "email_provider", "email_outcome")))),
    # The run sends one webhook that is not JSON.
    ("Dead letters and repeats", "A"): Oracle(
        ("email_provider", "email_reason"),
        per_second(gain("email_dead_letters_total", ("email_provider", "email_reason")))),
    ("Dead letters and repeats", "B"): Oracle(
        ("email_provider",), per_second(folded(("duplicate",), ("email_provider",)))),
    # All is counted when it is quiet: the series is there, at 0.
    ("Age of the journal", "A"): Oracle(
        ("instance",), lambda seen: {(f"127.0.0.1:{seen.collector.scrape}",): 0}, may_be_zero=True),
    ("Silence of endpoints", "A"): Oracle(("email_endpoint", "email_provider"), short_silence),
    # One receiver is away in the second run, another takes no spans and not all log records.
    ("Exports that failed", "A"): Oracle(
        ("target", "outcome"),
        per_second(gain("postmeter_export_requests_total", ("target", "outcome"), outcome=("partial", "failed")))),
}

EVENT_OF_AGENT = ("email_agent", "email_domain", "email_event")
WORK = {"of": "agents"}


def from_0_on(seen) -> dict:
    """Every agent has both series, from 0 on."""
    agents = events(None, AGENT)(seen)
    return {(agent, domain, kind): 0 for agent, domain in agents for kind in ("deferred", "suppressed")}


def hooks(name: str, by: tuple = (), **where):
    """What the replayed service did, a second."""
    return Oracle(by, per_second(replayed(name, by, **where), of="agents"), of="agents")


def hook_times(q: float, name: str, by: tuple = ()) -> Oracle:
    return Oracle(by, replayed_quantile(q, name, by), of="agents")


CONVERSATIONS = "email_conversations_total"
COST = "email_llm_cost_total"
MODEL = ("gen_ai_request_model",)
FATE = ("delivered", "bounced", "rejected", "failed", "suppressed")
REACTIONS = ("opened", "clicked", "replied", "complained", "unsubscribed")

AGENTS = {
    ("Sent", "A"): Oracle((), events("sent")),
    ("Received", "A"): Oracle((), events("received")),
    ("Delivered, share", "A"): Oracle((), share(events("delivered"), events(FINALS))),
    ("Bounced, share", "A"): Oracle((), share(events("bounced"), events(FINALS))),
    ("Complaints, share", "A"): Oracle((), share(events("complained"), events("delivered"))),
    # The example says what its calls cost.
    ("Cost of models", "A"): Oracle((), replayed(COST), **WORK),
    ("Events of the agents", "A"): Oracle(("email_event",), per_second(events(None, ("email_event",)))),
    ("Sent and received by agent", "A"): Oracle(
        EVENT_OF_AGENT, per_second(events(("sent", "received"), EVENT_OF_AGENT)), top=10),
    ("Fate of what was sent", "A"): Oracle(("email_event",), per_second(events(FATE, ("email_event",)))),
    ("What recipients did", "A"): Oracle(("email_event",), per_second(events(REACTIONS, ("email_event",)))),
    ("Delivery rate by agent", "A"): Oracle(
        AGENT, share(events("delivered", AGENT), events(FINALS, AGENT)), top=-10),
    ("Bounce rate by agent", "A"): Oracle(AGENT, share(events("bounced", AGENT), events(FINALS, AGENT)), top=10),
    ("Complaint rate by agent", "A"): Oracle(
        AGENT, share(events("complained", AGENT), events("delivered", AGENT)), top=10),
    ("Bounces of the agents' domains by reason", "A"): FLEET["Bounces by reason", "A"],
    ("Delivery time of the agents' domains", "A"): FLEET["Delivery time", "A"],
    ("Delivery time of the agents' domains", "B"): FLEET["Delivery time", "B"],
    ("Delivery time of the agents' domains", "C"): FLEET["Delivery time", "C"],
    ("Deferred and suppressed by agent", "A"): Oracle(
        EVENT_OF_AGENT,
        per_second(merge(from_0_on, events(("deferred", "suppressed"), EVENT_OF_AGENT))), top=10),
    ("Conversations by fate", "A"): hooks(CONVERSATIONS, ("email_outcome",)),
    ("Answered, share", "A"): Oracle(
        (), share(replayed(CONVERSATIONS, email_outcome="answered"), replayed(CONVERSATIONS)), **WORK),
    ("Escalated, share", "A"): Oracle(
        (), share(replayed(CONVERSATIONS, email_outcome="escalated"), replayed(CONVERSATIONS)), **WORK),
    ("Steps of processing, 95 %", "A"): hook_times(0.95, "email_processing_duration_seconds", ("email_step",)),
    ("Steps of processing", "A"): hooks("email_processing_duration_seconds_count", ("email_step", "error_type")),
    ("Cost by model", "A"): hooks(COST, MODEL),
    ("Cost of a conversation", "A"): Oracle((), share(replayed(COST), replayed(CONVERSATIONS)), **WORK),
    ("Tokens", "A"): Oracle((), replayed("gen_ai_client_token_usage_sum"), **WORK),
    ("Tokens by model", "A"): hooks("gen_ai_client_token_usage_sum", MODEL + ("gen_ai_token_type",)),
    ("Calls of models, 95 %", "A"): hook_times(0.95, "gen_ai_client_operation_duration_seconds", MODEL),
    ("Calls of models", "A"): hooks("gen_ai_client_operation_duration_seconds_count", MODEL + ("error_type",)),
    ("Runs of agents, 95 %", "A"): hook_times(0.95, "gen_ai_invoke_agent_duration_seconds", ("email_account",)),
    ("Calls of tools, 95 %", "A"): hook_times(
        0.95, "gen_ai_execute_tool_duration_seconds", ("gen_ai_tool_name",)),
    ("Calls of tools", "A"): hooks(
        "gen_ai_execute_tool_duration_seconds_count", ("gen_ai_tool_name", "error_type")),
    ("Hand-over to platforms", "A"): hooks(
        "messaging_client_sent_messages_total", ("messaging_system", "error_type")),
    ("Hand-over to platforms", "B"): hooks(
        "messaging_client_consumed_messages_total", ("messaging_system", "error_type")),
    ("Calls of platforms, 95 %", "A"): hook_times(
        0.95, "messaging_client_operation_duration_seconds", ("messaging_operation_name",)),
    ("Processing of a mail", "A"): hook_times(0.5, "messaging_process_duration_seconds"),
    ("Processing of a mail", "B"): hook_times(0.95, "messaging_process_duration_seconds"),
    ("Processing of a mail", "C"): hook_times(0.99, "messaging_process_duration_seconds"),
}
