"""All platforms followed at once: a collector with the endpoints of their pages, and what came of their webhooks."""

import dataclasses
import json
import os
import subprocess
import time

from peers.collector import Collector, http
from peers.processes import POSTMETER, wait_for
from peers.rotel import Rotel
from peers.sink import Sink, attributes

from .afterdraft import Afterdraft
from .agentmail import AgentMail
from .mailgun import Mailgun
from .platform import ACCOUNT, DOMAIN, ORGANIZATION, Platform, Webhook
from .postmark import Postmark
from .resend import Resend
from .sendgrid import SendGrid
from .ses import AmazonSES

COMMON = {"email_organization", "email_account", "email_domain", "email_agent", "email_provider", "email_endpoint"}
FIGURES = {
    "email_events_total", "email_bounces_total", "email_webhook_events_total", "email_webhook_requests_total",
    "email_webhook_rejections_total", "email_dead_letters_total", "email_delivery_duration_seconds_count",
    "email_delivery_duration_seconds_sum", "email_conversations_total", "email_loop_detected_total",
}


@dataclasses.dataclass
class Followed:
    """A collector that has taken everything, and what it answered to the webhooks of each platform: those that are
    genuine, and those that are not, beside what has to be answered."""

    collector: Collector
    platforms: dict
    sink: Sink
    accepted: dict
    refused: dict
    samples: dict
    letters: dict
    checked: str

    def figures(self, platform: Platform) -> dict:
        """The figures of a platform or its agent that the platform tells of, without zeros."""
        found: dict = {}
        for (name, pairs), value in self.samples.items():
            labels = dict(pairs)
            own = labels.get("email_provider") == platform.name or labels.get("email_agent") == platform.name
            if name not in FIGURES or not own or not value:
                continue
            assert labels["email_account"] == ACCOUNT, labels
            values = tuple(
                value for key, value in labels.items() if key not in COMMON and not key.startswith("otel_scope_")
            )
            found.setdefault(name, {})[values[0] if len(values) == 1 else values] = value
        return found


def command(collector: Collector, *arguments) -> str:
    done = subprocess.run(
        [POSTMETER, *map(str, arguments), "--config", collector.file], cwd=collector.folder,
        env={**os.environ, **collector.env}, capture_output=True, text=True, timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def fleet(agents: list) -> dict:
    """A fleet as the README has it."""
    agents = [{"id": name, "addresses": [f"{name}@{DOMAIN}"]} for name in agents]
    account = {"id": ACCOUNT, "autoprovision": False, "domains": [{"name": DOMAIN, "agents": agents}]}
    return {"organizations": [{"id": ORGANIZATION, "accounts": [account]}]}


def configured(platforms: dict, otlp: str) -> dict:
    """The endpoints of all pages, with an agent for each."""
    return {
        "otlp": {"endpoint": otlp, "interval": "1s"},
        "logs": {"events": "all"},
        "endpoints": [platform.configured() for platform in platforms.values()],
        "fleet": fleet(list(platforms)),
        "trace_key": "${TRACE_KEY}",
    }


def post(collector: Collector, platform: Platform, webhook: Webhook):
    return http.request("POST", collector.hook(platform.endpoint), body=webhook.body, headers=webhook.headers)


def wait_for_telemetry(sink: Sink, platforms: dict, requests: int, after: float) -> None:
    """Waits until the spans of all mails and requests, the log records of all events and their figures came through."""
    steps = [step.name for platform in platforms.values() for mail in platform.mails for step in mail.steps]
    events = sum(not name.startswith("message ") and name != "deliver" for name in steps)
    wait_for(f"{len(steps) + requests} spans", lambda: len(sink.spans()) >= len(steps) + requests)
    records = lambda: sum("email.event" in attributes(record) for record in sink.log_records())
    wait_for(f"{events} log records", lambda: records() >= events)
    wait_for("a push of metrics", lambda: sink.last_push() > after)


def follow(folder):
    """Yields what came of it all; the processes run until then."""
    platforms = {
        platform.name: platform
        for platform in [Resend(), AgentMail(), AmazonSES(), SendGrid(), Mailgun(), Postmark(), Afterdraft()]
    }
    sink = Sink()
    rotel = Rotel(folder, sink.url)
    environment = {key: value for platform in platforms.values() for key, value in platform.environment.items()}
    collector = Collector(folder, configured(platforms, rotel.url), env=environment)
    try:
        checked = command(collector, "check")
        collector.start()
        accepted, refused = {}, {}
        for name, platform in platforms.items():
            genuine = [*platform.life(), platform.broken()]
            accepted[name] = [post(collector, platform, webhook) for webhook in genuine]
            refused[name] = [(one, post(collector, platform, one.webhook)) for one in platform.refusals()]
        collector.wait_folded()
        samples = collector.samples()
        requests = sum(len(answers) for answers in [*accepted.values(), *refused.values()])
        wait_for_telemetry(sink, platforms, requests, time.time())
        wait_for("the letters", lambda: len(command(collector, "deadletters", "ls").splitlines()) == len(platforms))
        lines = [json.loads(line) for line in command(collector, "deadletters", "ls", "--json").splitlines()]
        letters = {line["endpoint"]: line for line in lines}
        yield Followed(collector, platforms, sink, accepted, refused, samples, letters, checked)
    finally:
        platforms["ses"].sns.close()
        for process in [collector.process, rotel.process]:
            if process and process.is_running:
                process.stop()
        sink.close()
        assert sink.errors == []
