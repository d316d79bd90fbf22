"""What is told of a platform: its webhooks, and the figures, spans and answers that they must lead to."""

import dataclasses
import datetime
import pathlib
import re
import time

import yaml

DOCUMENTATION = pathlib.Path(__file__).resolve().parents[3] / "Sources" / "Postmeter" / "Postmeter.docc"
ORGANIZATION, ACCOUNT, DOMAIN = "acme", "support", "support.acme.example"
# When the lives of all mails begin; what happens is told in seconds from here.
START = int(time.time()) - 600

OUTBOUND, INBOUND = "message outbound", "message inbound"


def moment(seconds: float) -> datetime.datetime:
    """A time of a mail's life."""
    return datetime.datetime.fromtimestamp(START, datetime.timezone.utc) + datetime.timedelta(seconds=seconds)


def instant(seconds: float) -> str:
    """The same as most platforms write it, with milliseconds."""
    return moment(seconds).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclasses.dataclass
class Webhook:
    """A request of a platform."""

    body: bytes
    headers: dict = dataclasses.field(default_factory=dict)


@dataclasses.dataclass
class Refusal:
    """A request that is not genuine, and what is answered to it: the page of the platform has these words."""

    webhook: Webhook
    status: int
    reason: str
    words: str


@dataclasses.dataclass
class Step:
    """A span of a mail's trace, in seconds from the start; what it says of recipients, bounces and details."""

    name: str
    begin: float | None
    end: float | None = None
    recipient: str | None = None
    bounce: tuple | None = None
    detail: str | None = None


@dataclasses.dataclass
class Mail:
    """A mail by the platform's id of it, with the spans of its trace, its root first."""

    id: str
    steps: list[Step]
    conversation: str | None = None
    # The id of the mail that it answers.
    answers: str | None = None


class Platform:
    """A platform, with an agent of its own name."""

    name: str
    page: str
    # What the endpoint on the page takes from the environment, and what it needs more in a test.
    environment: dict = {}
    more: dict = {}
    # What the endpoint must not have, and what the check says of it.
    wrong: tuple[dict, str]
    # The figures by metric and by the values of the labels that are not in common.
    figures: dict
    mails: list[Mail]
    # Whom the broken webhook is about.
    known: str
    # Why the broken webhook is a dead letter, and a word of what is said about it.
    dead: tuple[str, str]

    @property
    def endpoint(self) -> str:
        return f"acme-{self.name}"

    @property
    def text(self) -> str:
        """The platform's page, with its lines joined."""
        return " ".join((DOCUMENTATION / self.page).read_text().split())

    def configured(self) -> dict:
        """The endpoint, as it is pasted from the platform's page."""
        text = (DOCUMENTATION / self.page).read_text()
        for block in re.findall(r"^[ ]*```yaml\n(.*?)^[ ]*```", text, re.MULTILINE | re.DOTALL):
            tree = yaml.safe_load(block)
            endpoints = tree.get("endpoints", []) if isinstance(tree, dict) else []
            for endpoint in endpoints:
                if endpoint["id"] == self.endpoint:
                    return {**endpoint, **self.more}
        raise AssertionError(f"{self.page} has no endpoint {self.endpoint}")

    def life(self) -> list[Webhook]:
        """What is sent of the mails of `mails`."""
        raise NotImplementedError

    def broken(self) -> Webhook:
        """A genuine webhook whose body cannot be read."""
        raise NotImplementedError

    def refusals(self) -> list[Refusal]:
        """Webhooks with a wrong secret, without one, and what else the page tells of."""
        raise NotImplementedError
