"""Receivers over HTTPS: the real nginx in front of a real collector, certificates that are no good, and proxies."""

import base64
import ssl
import time

import pytest

from peers import behaviours
from peers.certificates import Authority
from peers.collector import Collector
from peers.deliveries import (
    PATHS, configured, counted, delivered, expected_records, simulate, sums_differ, wait_for_sums,
)
from peers.hostile import Hostile
from peers.nginx import Nginx
from peers.processes import wait_for
from peers.proxy import Proxy
from peers.rotel import Rotel
from peers.service import Service
from peers.sink import empty_envelopes, unknown_fields


class Passage:
    """Collector, nginx with TLS and client certificates, rotel, sink."""

    def __init__(self, folder, compression: str, http2: bool):
        self.authority = Authority(folder)
        self.sink = Hostile(behaviours.accept)
        rotel = Rotel(folder, self.sink.url)
        nginx = Nginx(folder, self.authority, rotel.url, http2=http2)
        certificate, key = self.authority.issue("postmeter.example")
        target = {
            "endpoint": nginx.url, "compression": compression,
            "tls": {"ca_file": str(self.authority.file), "cert_file": str(certificate), "key_file": str(key)},
            "timeout": "10s",
        }
        collector = Collector(folder, configured(target)).start()
        try:
            self.totals = simulate(folder, collector, seconds=4, seed=41).totals()
            collector.wait_folded()
            self.expected = expected_records(self.totals, self.totals["http"]["requests"])
            wait_for("all records", lambda: delivered(self.sink) == self.expected, seconds=60, pause=0.5)
            wait_for_sums(self.sink, self.totals)
            self.lost = counted(collector, "lost")
        finally:
            collector.process.stop()
            self.requests = nginx.requests()
            for process in [nginx.process, rotel.process]:
                process.stop()
            self.sink.close()


@pytest.fixture(scope="module", params=[("gzip", True), ("none", False)], ids=["gzip over HTTP/2", "plain over HTTP/1.1"])
def passage(request, tmp_path_factory):
    compression, http2 = request.param
    passage = Passage(tmp_path_factory.mktemp("passage"), compression, http2)
    passage.http2 = http2
    return passage


def test_all_signals_arrive_whole(passage):
    """Each record once, the sums the totals (waited for above), and bytes that the official definitions make again."""
    assert delivered(passage.sink) == passage.expected
    assert sums_differ(passage.sink, passage.totals) == {}
    for path in ["/v1/metrics", "/v1/traces", "/v1/logs"]:
        assert passage.sink.ledger.unjustified_repeats(path) == []
        assert passage.sink.ledger.of(path), path
        for entry in passage.sink.ledger.of(path):
            assert unknown_fields(entry.message) == [] and empty_envelopes(entry.message) == []
    assert not any(passage.lost.values())
    assert passage.sink.errors == []


def test_the_certificate_was_shown(passage):
    assert passage.requests
    protocol = "HTTP/2.0" if passage.http2 else "HTTP/1.1"
    for request in passage.requests:
        assert request[0] == protocol and request[1] == "POST" and request[3] == "200", request
        assert "CN=" in " ".join(request) or "O=trustme" in " ".join(request), request
        assert request[-1] in ("TLSv1.2", "TLSv1.3"), request


def test_nothing_is_told_to_a_receiver_that_is_not_trusted(tmp_path):
    """Three certificates that are no good, and then a good one: all of it arrives, and nothing did before."""
    good, stranger = Authority(tmp_path), Authority(tmp_path, "stranger")
    hostile = Hostile(behaviours.accept)
    hostile.context = stranger.server_context()
    target = {"endpoint": hostile.url, "tls": {"ca_file": str(good.file)}}
    collector = Collector(tmp_path, configured(target)).start()
    try:
        run = simulate(tmp_path, collector, seconds=8, seed=42, rate=20)
        for context in [good.server_context("elsewhere.example"), good.server_context(ended=True), None]:
            tries = hostile.tries
            wait_for("two tries", lambda: hostile.tries >= tries + 2, seconds=60)
            assert hostile.ledger.entries == []
            hostile.context = context or good.server_context()
        totals = run.totals()
        collector.wait_folded()
        expected = expected_records(totals, totals["http"]["requests"])
        wait_for("all records", lambda: delivered(hostile) == expected, seconds=90, pause=0.5)
        wait_for_sums(hostile, totals)
        assert not any(counted(collector, "lost")[signal] for signal in ["traces", "logs"])
    finally:
        collector.process.stop()
        hostile.close()
    log = (tmp_path / "collector.log").read_text()
    assert "certificate" in log.lower()
    assert hostile.errors == []


def test_a_missing_file_is_named_and_waited_for(tmp_path):
    good = Authority(tmp_path)
    hostile = Hostile(behaviours.accept)
    hostile.context = good.server_context()
    later = tmp_path / "later.pem"
    collector = Collector(tmp_path, configured({"endpoint": hostile.url, "tls": {"ca_file": str(later)}})).start()
    try:
        totals = simulate(tmp_path, collector, seconds=2, seed=43, rate=20).totals()
        wait_for("a complaint", lambda: str(later) in (tmp_path / "collector.log").read_text())
        later.write_bytes(good.file.read_bytes())
        expected = expected_records(totals, totals["http"]["requests"])
        wait_for("all records", lambda: delivered(hostile) == expected, seconds=60, pause=0.5)
    finally:
        collector.process.stop()
        hostile.close()


def test_a_service_has_its_files_from_the_environment(tmp_path):
    authority = Authority(tmp_path)
    certificate, key = authority.issue("service.example")
    hostile = Hostile(behaviours.accept)
    hostile.context = authority.server_context()
    hostile.context.verify_mode = ssl.CERT_REQUIRED
    hostile.context.load_verify_locations(authority.file)
    service = Service(
        tmp_path, "Differential",
        env={
            "OTEL_EXPORTER_OTLP_ENDPOINT": hostile.url, "OTEL_EXPORTER_OTLP_CERTIFICATE": str(authority.file),
            "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE": str(certificate), "OTEL_EXPORTER_OTLP_CLIENT_KEY": str(key),
        },
    )
    try:
        wait_for("all signals", lambda: {entry.path for entry in hostile.ledger.entries} == set(PATHS.values()))
    finally:
        service.close()
        hostile.close()
    assert hostile.errors == [] and hostile.failed_handshakes == []


# Whatever proxies the machine has are none of these tests' business.
NO_PROXIES = {
    name: "" for name in ["http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"]
}


@pytest.mark.parametrize("variable", ["https_proxy", "HTTPS_PROXY"])
def test_https_goes_through_the_proxy_of_the_environment(tmp_path, variable):
    authority = Authority(tmp_path)
    hostile = Hostile(behaviours.accept)
    hostile.context = authority.server_context("localhost")
    proxy = Proxy(base64.b64encode(b"mallory:secret").decode())
    target = {"endpoint": hostile.url.replace("127.0.0.1", "localhost"), "tls": {"ca_file": str(authority.file)}}
    address = f"http://mallory:secret@127.0.0.1:{proxy.port}"
    collector = Collector(tmp_path, configured(target), env={**NO_PROXIES, variable: address})
    collector.start()
    try:
        totals = simulate(tmp_path, collector, seconds=1, seed=44, rate=20).totals()
        expected = expected_records(totals, totals["http"]["requests"])
        wait_for("all records", lambda: delivered(hostile) == expected, seconds=60, pause=0.5)
    finally:
        collector.process.stop()
        hostile.close()
        proxy.close()
    assert proxy.lines and set(proxy.lines) == {f"CONNECT localhost:{hostile.port} HTTP/1.1"}
    assert "secret" not in (tmp_path / "collector.log").read_text()


@pytest.mark.parametrize(
    "variables,goes_through",
    [
        ({"http_proxy": "PROXY"}, True),
        ({"HTTP_PROXY": "PROXY"}, False),
        ({"all_proxy": "PROXY"}, True),
        ({"http_proxy": "PROXY", "no_proxy": "127.0.0.1,example.com"}, False),
        ({"http_proxy": "PROXY", "NO_PROXY": "127.0.0.1"}, False),
        ({"https_proxy": "PROXY"}, False),
    ],
)
def test_http_goes_through_the_proxy_by_the_rules_of_curl(tmp_path, variables, goes_through):
    hostile, proxy = Hostile(behaviours.accept), Proxy()
    env = {**NO_PROXIES, **{name: value.replace("PROXY", proxy.url) for name, value in variables.items()}}
    collector = Collector(tmp_path, configured({"endpoint": hostile.url}), env=env).start()
    try:
        wait_for("a push", lambda: hostile.ledger.of("/v1/metrics"))
        time.sleep(0.1)
    finally:
        collector.process.stop()
        hostile.close()
        proxy.close()
    assert bool(proxy.lines) == goes_through, proxy.lines
    assert all(line.startswith(f"POST {hostile.url}/v1/") for line in proxy.lines)
