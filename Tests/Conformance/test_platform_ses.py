"""Amazon SES: messages of SNS, signed with Python's `cryptography`, and what the collector fetches and does not."""

import json
import time

import pytest

from peers.collector import Collector, configuration, http
from peers.processes import free_port
from peers.simulator import Simulation, add, difference
from peers.sns import CERTIFICATE, TOPIC, Sns, document, instant

OTHER_TOPIC = "arn:aws:sns:us-west-2:999999999999:mail"


def configured(hosts: list) -> dict:
    tree = configuration({"ses": "ses"})
    endpoint = tree["endpoints"][0]
    del endpoint["secret"]
    endpoint |= {"topics": [TOPIC], "trusted_hosts": hosts}
    return tree


class Stand:
    """A collector with an endpoint of SES, and the SNS that it trusts."""

    def __init__(self, folder):
        self.sns = Sns()
        self.collector = Collector(folder, configured([self.sns.host])).start()
        self.agents = 0

    def agent(self) -> str:
        self.agents += 1
        return f"agent-{self.agents:03}"

    def post(self, body: bytes, headers: dict | None = None):
        headers = {"Content-Type": "text/plain; charset=UTF-8", **(headers or {})}
        return http.request("POST", self.collector.hook("ses"), body=body, headers=headers)

    def events(self, agent: str) -> dict:
        self.collector.wait_folded()
        return self.collector.events().get(agent, {})

    def sum(self, name: str, **labels) -> int:
        self.collector.wait_folded()
        return int(sum(self.collector.figures(name, **labels).values()))

    def refusals(self) -> dict:
        counts: dict = {}
        for pairs, value in self.collector.figures("email_webhook_rejections_total").items():
            counts[dict(pairs)["email_reason"]] = int(value)
        return counts


@pytest.fixture(scope="module")
def stand(tmp_path_factory):
    stand = Stand(tmp_path_factory.mktemp("ses"))
    yield stand
    stand.sns.close()
    assert stand.collector.process.stop() == 0


def assert_problem(answer, status: int, *words: str) -> None:
    assert answer.status == status, answer.data
    text = json.loads(answer.data)["detail"].lower()
    assert all(word.lower() in text for word in words), text


TWO = ("one@example.com", "two@example.org")


@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize(
    "event, counts",
    [
        ("Send", {"sent": 2}), ("Delivery", {"delivered": 2}), ("Bounce", {"bounced": 2}),
        ("Complaint", {"complained": 1}), ("DeliveryDelay", {"deferred": 2}), ("Reject", {"rejected": 2}),
        ("Rendering Failure", {"failed": 2}), ("Open", {"opened": 1}), ("Click", {"clicked": 1}),
        ("Subscription", {"unsubscribed": 1}),
    ],
)
def test_each_event_of_a_configuration_set_is_counted_with_either_signature(stand, event, counts, version):
    agent = stand.agent()
    answer = stand.post(stand.sns.notification(document(event, agent, TWO), SignatureVersion=version))
    assert answer.status == 200, answer.data
    assert stand.events(agent) == counts


@pytest.mark.parametrize(
    "event, counts",
    [("Bounce", {"bounced": 2}), ("Complaint", {"complained": 1}), ("Delivery", {"delivered": 2}),
     ("Received", {"received": 1})],
)
def test_each_notification_of_an_identity_is_counted(stand, event, counts):
    agent = stand.agent()
    body = stand.sns.notification(document(event, agent, TWO, key="notificationType"), Subject=None)
    assert stand.post(body).status == 200
    assert stand.events(agent) == counts


def test_one_certificate_is_fetched_once(stand):
    for _ in range(3):
        assert stand.post(stand.sns.notification(document("Send", stand.agent()))).status == 200
    assert stand.sns.asked.count(CERTIFICATE) == 1


def test_a_message_that_comes_twice_is_a_duplicate_and_so_is_one_fact_told_twice(stand):
    agent = stand.agent()
    fact = document("Bounce", agent)
    before = stand.sum("email_webhook_events_total", email_outcome="duplicate")
    body = stand.sns.notification(fact)
    assert [stand.post(body).status for _ in range(2)] == [200, 200]
    # The notification of the identity beside the event of the configuration set: another message, the same bounce.
    told = {("notificationType" if key == "eventType" else key): value for key, value in fact.items()}
    assert stand.post(stand.sns.notification(told)).status == 200
    assert stand.events(agent) == {"bounced": 1}
    assert stand.sum("email_webhook_events_total", email_outcome="duplicate") - before == 2


def test_a_subscription_is_confirmed_at_the_trusted_host(stand):
    body = stand.sns.confirmation()
    assert stand.post(body).status == 200
    url = json.loads(body)["SubscribeURL"]
    assert [path for path in stand.sns.asked if "Confirm" in path] == [url.removeprefix(f"http://{stand.sns.host}")]
    stand.sns.status = 500
    try:
        assert_problem(stand.post(stand.sns.confirmation()), 503, "confirmation", "500")
    finally:
        stand.sns.status = 200
    asked = len(stand.sns.asked)
    assert stand.post(stand.sns.confirmation("UnsubscribeConfirmation")).status == 200
    assert len(stand.sns.asked) == asked


def test_nothing_is_fetched_for_a_topic_or_a_host_that_is_not_allowed(stand):
    stranger = Sns()
    try:
        agent = stand.agent()
        asked = len(stand.sns.asked)
        own = stand.sns.notification(document("Send", agent), TopicArn=OTHER_TOPIC)
        assert_problem(stand.post(own), 403, "topic")
        assert_problem(stand.post(stand.sns.confirmation(TopicArn=OTHER_TOPIC)), 403, "topic")
        # The right topic, and a key and a certificate of the stranger's own.
        assert_problem(stand.post(stranger.notification(document("Send", agent))), 403, "SigningCertURL")
        assert_problem(stand.post(stranger.confirmation()), 403, "SigningCertURL")
        away = stand.sns.confirmation(SubscribeURL=f"http://{stranger.host}/?Action=ConfirmSubscription")
        assert_problem(stand.post(away), 403, "SubscribeURL")
        forged = json.loads(stranger.notification(document("Send", agent)))
        forged["SigningCertURL"] = f"http://{stand.sns.host}{CERTIFICATE}"
        assert_problem(stand.post(json.dumps(forged).encode()), 403, "signature")
        assert stranger.asked == [] and len(stand.sns.asked) <= asked + 1
        assert stand.events(agent) == {}
        assert {"unknown_topic", "untrusted_url", "no_match"} <= set(stand.refusals())
    finally:
        stranger.close()


def test_a_changed_message_is_refused(stand):
    agent = stand.agent()
    body = stand.sns.notification(document("Send", agent))
    for key in ["Message", "MessageId", "Subject"]:
        changed = json.loads(body)
        changed[key] += " "
        assert_problem(stand.post(json.dumps(changed).encode()), 403, "signature")
    assert stand.post(body).status == 200
    assert stand.events(agent) == {"sent": 1}


@pytest.mark.parametrize("age, status", [(-6900, 200), (240, 200), (-7500, 503), (400, 503)])
def test_a_message_may_be_two_hours_old(stand, age, status):
    body = stand.sns.notification(document("Send", stand.agent()), Timestamp=instant(age))
    assert stand.post(body).status == status


def test_raw_delivery_is_refused_and_told_so(stand):
    raw = json.dumps(document("Send", stand.agent())).encode()
    assert_problem(stand.post(raw), 403, "raw message delivery")
    assert_problem(stand.post(b"{}", {"x-amz-sns-rawdelivery": "true"}), 403, "raw message delivery")


def test_a_signed_message_that_cannot_be_read_is_a_dead_letter_and_a_greeting_is_none(stand):
    before = stand.sum("email_dead_letters_total")
    for text in ["{", '{"eventType":"Invented"}', '{"eventType":"Bounce"}']:
        assert stand.post(stand.sns.notification(text)).status == 200
    greeting = "Successfully validated SNS topic for Amazon SES event publishing."
    assert stand.post(stand.sns.notification(greeting)).status == 200
    assert stand.sum("email_dead_letters_total") - before == 3
    for reason in ["malformed_json", "unknown_event", "missing_field"]:
        assert stand.sum("email_dead_letters_total", email_reason=reason) == 1


def test_the_simulator_s_totals_are_the_collector_s(tmp_path, request):
    port = free_port()
    tree = configured([f"127.0.0.1:{port}"])
    collector = Collector(tmp_path, tree)
    request.addfinalizer(lambda: collector.process.kill())
    collector.start()
    runs = []
    # Each run has a key and a certificate of its own, and a collector keeps the certificates that it fetched.
    for seed in (11, 12):
        simulation = Simulation(
            tmp_path, collector.hook("ses"), provider="ses", topic=TOPIC, certificate_port=port, agents=5, rate=0,
            duration=5, repeats=0.05, seed=seed,
        )
        runs.append(simulation.totals())
        assert f'trusted_hosts: ["127.0.0.1:{port}"]' in simulation.process.log.read_text()
    counted_keys = ["acknowledged", "others", "repeats", "events"]
    totals = add(*({key: run[key] for key in counted_keys} for run in runs))
    collector.wait_folded()
    assert difference(collector.events(email_provider="ses"), totals["events"]) == {}
    counts = {
        outcome: sum(collector.figures("email_webhook_events_total", email_outcome=outcome).values())
        for outcome in ["counted", "duplicate", "dead"]
    }
    counted = totals["acknowledged"] - totals["others"]
    assert counts["counted"] == counted and counts["dead"] == 0 and 0 < counts["duplicate"] <= totals["repeats"]
    assert collector.process.stop() == 0


@pytest.mark.parametrize(
    "change, words",
    [
        ({"topics": None}, ["endpoints[0].topics", "missing"]),
        ({"topics": ["mail"]}, ["endpoints[0].topics", "ARN"]),
        ({"trusted_hosts": ["http://a.example"]}, ["endpoints[0].trusted_hosts", "item 1"]),
        ({"secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}, ["endpoints[0].secret", "remove it"]),
    ],
)
def test_a_wrong_setting_is_named_at_the_start(tmp_path, request, change, words):
    tree = configured([])
    endpoint = tree["endpoints"][0] | change
    tree["endpoints"] = [{key: value for key, value in endpoint.items() if value is not None}]
    collector = Collector(tmp_path, tree).start(ready=False)
    request.addfinalizer(lambda: collector.process.kill())
    end = time.monotonic() + 30
    while collector.process.is_running and time.monotonic() < end:
        time.sleep(0.05)
    assert not collector.process.is_running
    log = collector.process.log.read_text()
    assert all(word in log for word in words), log
