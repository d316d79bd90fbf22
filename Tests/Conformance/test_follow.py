"""Each platform followed as its user would: its page pasted, its documented webhooks posted, and looked at everywhere.

A collector has the endpoints of all pages. A question comes in, its answer is delivered, and another mail bounces; then
comes a webhook that cannot be read, and some that are not genuine. What came of them is looked for in the scrape,
behind the real OpenTelemetry collector, in the dead letters and in the words of the answers.
"""

import json
import subprocess

import pytest
import yaml
from opentelemetry.proto.logs.v1.logs_pb2 import SEVERITY_NUMBER_ERROR, SEVERITY_NUMBER_INFO
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from follow.followed import Followed, command, fleet, follow
from follow.platform import ACCOUNT, DOCUMENTATION, DOMAIN, ORGANIZATION, START, Mail, Platform
from peers.derivations import fingerprint, message_ids
from peers.processes import POSTMETER
from peers.sink import attributes

TRACE_KEY = "0123456789abcdef0123456789abcdef"
NAMES = ["resend", "agentmail", "ses", "sendgrid", "mailgun", "postmark", "afterdraft"]


@pytest.fixture(scope="module")
def followed(tmp_path_factory):
    yield from follow(tmp_path_factory.mktemp("follow"))


@pytest.fixture(params=NAMES)
def platform(request, followed) -> Platform:
    return followed.platforms[request.param]


def trace_of(followed: Followed, platform: Platform, mail: Mail) -> list[Span]:
    """The spans of a mail that came out of the real collector, by the trace id that its id and the key give."""
    trace_id = message_ids(TRACE_KEY, platform.name, ACCOUNT, mail.id)[0]
    return [span for span in followed.sink.spans() if span.trace_id == trace_id]


def expected_attributes(platform: Platform, mail: Mail, step) -> dict:
    """All attributes of a span of a mail's trace."""
    labels = {
        "email.organization": ORGANIZATION, "email.account": ACCOUNT, "email.domain": DOMAIN,
        "email.agent": platform.name, "email.provider": platform.name, "email.message_id": mail.id,
    }
    if mail.conversation:
        labels["messaging.message.conversation_id"] = mail.conversation
    if step.recipient:
        codes = [fingerprint(TRACE_KEY, ACCOUNT, address) for address in step.recipient.split(",")]
        labels["email.recipient"] = ",".join(codes)
    if step.bounce:
        labels["email.bounce.class"], labels["email.bounce.reason"] = step.bounce
    if step.detail:
        labels["email.detail"] = step.detail
    if step.name == "deliver":
        return labels | ({"error.type": "bounced"} if step.bounce else {})
    return labels if step.name.startswith("message ") else labels | {"email.event": step.name.split(" ")[0]}


def kind_of(name: str) -> int:
    if name.startswith("message "):
        return Span.SPAN_KIND_INTERNAL
    return Span.SPAN_KIND_CLIENT if name == "deliver" else Span.SPAN_KIND_CONSUMER


def test_the_pages_pass_the_check(followed):
    assert "is valid: endpoints: 7, organizations: 1, accounts: 1, agents: 7" in followed.checked
    assert followed.checked.startswith("warning: endpoints[6].mapping: UNVERIFIED"), followed.checked


def test_a_wrong_setting_is_refused_in_the_words_of_the_page(followed, platform, tmp_path):
    file = tmp_path / "postmeter.yaml"
    endpoint, words = platform.wrong
    tree = {"endpoints": [{**platform.configured(), **endpoint}], "fleet": fleet([platform.name])}
    file.write_text(yaml.safe_dump(tree))
    done = subprocess.run([POSTMETER, "check", "--config", file], capture_output=True, text=True, timeout=60)
    assert done.returncode != 0 and words in done.stderr, done.stderr
    assert words in platform.text.replace("`", ""), f"{platform.page}: {words}"


def test_the_readme_leads_to_each_page(platform):
    readme = (DOCUMENTATION.parents[2] / "README.md").read_text()
    assert f"](Sources/Postmeter/Postmeter.docc/{platform.page})" in readme


def test_genuine_webhooks_are_accepted_and_so_is_the_broken_one(followed, platform):
    for answer in followed.accepted[platform.name]:
        assert (answer.status, json.loads(answer.data)) == (200, {"status": "accepted"})


def test_the_figures_on_the_scrape_are_these_and_no_others(followed, platform):
    assert followed.figures(platform) == platform.figures


def test_the_figures_behind_the_real_collector_are_those_of_the_scrape(followed, platform):
    seen: dict = {}
    for (name, pairs), (_, point) in followed.sink.last_points().items():
        labels = dict(pairs)
        if name == "email.events" and labels["email.provider"] == platform.name and point.as_int:
            assert labels["email.agent"] == platform.name
            seen[labels["email.event"]] = point.as_int
    assert seen == platform.figures["email_events_total"]


def test_the_time_of_an_answer_is_that_of_the_platforms_clocks(followed):
    """Of resend 60 s, agentmail 45, ses 60 and afterdraft 60: the others tell no thread."""
    sums = {name: sum(value for (key, _), value in followed.samples.items() if key == name) for name in [
        "email_response_duration_seconds_count", "email_response_duration_seconds_sum",
    ]}
    assert list(sums.values()) == [4, 225]


def test_each_mail_is_one_trace_with_one_root_and_all_its_spans(followed, platform):
    for mail in platform.mails:
        spans = trace_of(followed, platform, mail)
        _, root, deliver = message_ids(TRACE_KEY, platform.name, ACCOUNT, mail.id)
        assert sorted(span.name for span in spans) == sorted(step.name for step in mail.steps), mail.id
        by_name = {span.name: span for span in spans}
        for step in mail.steps:
            span = by_name[step.name]
            place = f"{mail.id}: {step.name}"
            assert span.kind == kind_of(step.name), place
            assert span.parent_span_id == (b"" if step is mail.steps[0] else root), place
            assert attributes(span) == expected_attributes(platform, mail, step), place
            if step.begin is not None:
                end = step.begin if step.end is None else step.end
                assert times_of(span) == [step.begin, end], place
        assert by_name[mail.steps[0].name].span_id == root
        assert "deliver" not in by_name or by_name["deliver"].span_id == deliver


def times_of(span: Span) -> list[float]:
    """When a span began and ended, in seconds from the start of the lives, to the microsecond."""
    return [round(time / 1e9 - START, 6) for time in (span.start_time_unix_nano, span.end_time_unix_nano)]


def test_a_bounced_delivery_is_an_error_and_another_is_none(followed, platform):
    for mail in platform.mails:
        for span in trace_of(followed, platform, mail):
            is_error = span.status.code == 2
            bounced = any(step.name == "deliver" and step.bounce for step in mail.steps)
            assert is_error == (span.name == "deliver" and bounced), (mail.id, span.name)


def test_every_event_links_the_request_that_brought_it(followed, platform):
    requests = {
        (span.trace_id, span.span_id): attributes(span)
        for span in followed.sink.spans() if span.name == "POST /hooks/{endpoint}"
    }
    for mail in platform.mails:
        for span in trace_of(followed, platform, mail):
            if span.kind != Span.SPAN_KIND_CONSUMER:
                continue
            (link,) = span.links
            labels = requests[link.trace_id, link.span_id]
            assert labels["email.provider"] == platform.name
            assert labels["http.response.status_code"] == 200
            assert labels["http.route"] == "/hooks/{endpoint}"


def test_an_answer_links_the_root_of_the_mail_that_it_answers(followed, platform):
    for mail in platform.mails:
        (root,) = [span for span in trace_of(followed, platform, mail) if span.name.startswith("message ")]
        links = [(link.trace_id, link.span_id) for link in root.links]
        assert links == ([message_ids(TRACE_KEY, platform.name, ACCOUNT, mail.answers)[:2]] if mail.answers else [])


def test_each_event_has_a_log_record_in_its_trace_at_its_span(followed, platform):
    for mail in platform.mails:
        for step in mail.steps:
            if step.name.startswith("message ") or step.name == "deliver":
                continue
            event = step.name.split(" ")[0]
            (span,) = [span for span in trace_of(followed, platform, mail) if span.name == step.name]
            (record,) = [
                one for one in followed.sink.log_records()
                if (one.trace_id, one.span_id) == (span.trace_id, span.span_id)
            ]
            labels = attributes(record)
            assert len(labels.pop("log.record.uid")) == 36
            assert labels == expected_attributes(platform, mail, step)
            assert record.event_name == f"email.{event}"
            assert abs(record.time_unix_nano - span.start_time_unix_nano) < 1_000
            severity = SEVERITY_NUMBER_ERROR if event == "bounced" else SEVERITY_NUMBER_INFO
            assert record.severity_number == severity


def test_no_address_is_in_what_was_pushed(followed):
    everything = b"".join(
        request.body for path in ["/v1/metrics", "/v1/traces", "/v1/logs"] for request in followed.sink.received(path)
    )
    people = ["kim.reyes", "lee.park", "nobody@", "@gmail.com", "@example.net", "@outlook.com", "@yahoo.com", "@icloud.com"]
    for address in [*people, *(f"{name}@{DOMAIN}" for name in NAMES)]:
        assert address.encode() not in everything, address
    log = followed.collector.process.log.read_text()
    assert "kim.reyes" not in log
    for platform in followed.platforms.values():
        assert not any(secret in log for secret in platform.environment.values()), platform.name


def test_a_broken_webhook_is_one_dead_letter_that_shows_no_address(followed, platform):
    reason, words = platform.dead
    letter = followed.letters[platform.endpoint]
    assert (letter["reason"], letter["tries"]) == (reason, 1)
    assert words in letter["detail"]
    shown = command(followed.collector, "deadletters", "show", letter["sequence"])
    assert "kim.reyes" not in shown and fingerprint(TRACE_KEY, ACCOUNT, platform.known) in shown
    clear = command(followed.collector, "deadletters", "show", letter["sequence"], "--clear", "--body")
    assert platform.known in clear


@pytest.mark.parametrize("name", NAMES)
def test_dead_letters_are_found_by_the_platform_that_figures_name(followed, name):
    found = command(followed.collector, "deadletters", "ls", "--json", "--provider", name)
    assert [json.loads(line)["endpoint"] for line in found.splitlines()] == [f"acme-{name}"]


def test_what_is_not_genuine_is_refused_in_the_words_of_the_page(followed, platform):
    for refusal, answer in followed.refused[platform.name]:
        problem = json.loads(answer.data)
        assert (answer.status, problem["status"], problem["title"]) == (refusal.status, refusal.status, "Not authentic")
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert problem["detail"].startswith(refusal.words), problem
        assert refusal.words in platform.text.replace("`", ""), f"{platform.page}: {refusal.words}"
        assert (int(answer.headers.get("Retry-After", 0)) > 0) == (refusal.status == 503)
