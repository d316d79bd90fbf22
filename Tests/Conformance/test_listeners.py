"""What guards the listeners, held against curl, OpenSSL and the real Prometheus, and against slow clients."""

import base64
import os
import pathlib
import resource
import subprocess
import sys
import time

import pytest
import yaml

from peers.certificates import Authority
from peers.collector import Collector, configuration
from peers.processes import Process, wait_for
from peers.prometheus import Prometheus

# Hashes of cost 4, made by libcrypt: $2b$ of "secret", $2y$ of "changed".
SECRET = "$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW"
CHANGED = "$2y$04$abcdefghijklmnopqrstuu5XQl64I3WPWSJw.ftK7xXCrRn1r6QJi"

SLOW_CLIENTS = pathlib.Path(__file__).parent / "peers" / "slow_clients.py"


def write(path: pathlib.Path, text: str) -> None:
    """Puts a file in its place whole, as certificate managers do."""
    new = path.with_suffix(".new")
    new.write_text(text)
    os.replace(new, path)


class Guarded:
    """A collector whose scrape listener has a web configuration file, and an authority for it."""

    def __init__(self, folder: pathlib.Path, web: dict):
        self.folder = folder
        self.authority = Authority(folder / "tls")
        self.web = folder / "web.yml"
        self.authority.sign("server")
        self.client = self.authority.sign("client", "scraper.test")
        self.configure(web)
        self.collector = Collector(folder, configuration({"resend": "resend"}))
        tree = yaml.safe_load(self.collector.file.read_text())
        # A path in the file is meant from its folder, this one from the folder of postmeter.yaml.
        tree["listen"]["scrape"] = {"address": tree["listen"]["scrape"], "web_config_file": str(self.web)}
        self.collector.file.write_text(yaml.safe_dump(tree))
        self.collector.start()

    def configure(self, web: dict) -> None:
        write(self.web, yaml.safe_dump(web))

    @property
    def port(self) -> int:
        return self.collector.scrape

    def curl(self, *options, scheme: str = "https", path: str = "/metrics") -> subprocess.CompletedProcess:
        return subprocess.run(
            [
                "curl", "--silent", "--show-error", "--max-time", "20", "--write-out", "\n%{http_code}",
                "--cacert", self.authority.file, *options, f"{scheme}://localhost:{self.port}{path}",
            ],
            capture_output=True, text=True, timeout=30,
        )

    def status(self, *options, **more) -> str:
        """The status code, or curl's exit code with a minus when there was no answer."""
        done = self.curl(*options, **more)
        return done.stdout.rsplit("\n", 1)[-1] if done.returncode == 0 else f"-{done.returncode}"

    def certificate(self) -> list:
        """curl's options that show the client's certificate."""
        return ["--cert", self.client[0], "--key", self.client[1]]

    def stop(self) -> None:
        self.collector.process.stop()


TLS = {"cert_file": "tls/server.pem", "key_file": "tls/server.key"}
MUTUAL = {
    **TLS, "client_auth_type": "RequireAndVerifyClientCert", "client_ca_file": "tls/ca.pem",
    "client_allowed_sans": ["scraper.test"],
}


@pytest.fixture
def guarded(tmp_path):
    """Starts a collector with a web configuration file; ends it afterwards."""
    made = []

    def make(web: dict) -> Guarded:
        made.append(Guarded(tmp_path, web))
        return made[-1]

    yield make
    for one in made:
        one.stop()


def test_scrapes_are_served_over_https(guarded):
    server = guarded({"tls_server_config": TLS})
    done = server.curl("--tlsv1.3", "--http1.1")
    assert done.returncode == 0, done.stderr
    assert "# EOF" in done.stdout or "email_journal_depth" in done.stdout
    assert server.status("--tls-max", "1.2") == "200"
    # Version 1.1 is refused by the listener, where curl offers it at all.
    assert server.status("--tls-max", "1.1", "--ciphers", "DEFAULT@SECLEVEL=0").startswith("-")
    plain = server.curl(scheme="http")
    assert plain.stdout.endswith("400") and "HTTPS" in plain.stdout


def test_only_clients_with_a_certificate_of_ours_are_served(guarded):
    server = guarded({"tls_server_config": MUTUAL})
    assert server.status(*server.certificate()) == "200"
    assert server.status().startswith("-")
    stranger = Authority(server.folder / "other").sign("stranger", "scraper.test")
    assert server.status("--cert", stranger[0], "--key", stranger[1]).startswith("-")
    nameless = server.authority.sign("nameless", "other.test")
    assert server.status("--cert", nameless[0], "--key", nameless[1]).startswith("-")


def test_prometheus_scrapes_over_mutual_tls_with_a_password(guarded, tmp_path):
    server = guarded({"tls_server_config": MUTUAL, "basic_auth_users": {"ann": SECRET}})
    prometheus = Prometheus(
        tmp_path, server.port,
        scrape={
            "scheme": "https",
            "basic_auth": {"username": "ann", "password": "secret"},
            "tls_config": {
                "ca_file": str(server.authority.file), "cert_file": str(server.client[0]),
                "key_file": str(server.client[1]), "server_name": "localhost",
            },
        },
    )
    try:
        prometheus.last_scrape()
        assert prometheus.value("up") == 1
    finally:
        prometheus.process.stop()


def test_a_wrong_password_is_refused(guarded):
    server = guarded({"basic_auth_users": {"ann": SECRET}})
    assert server.status("--user", "ann:secret", scheme="http") == "200"
    assert server.status("--user", "ann:secret", scheme="http") == "200"
    for user in ["ann:wrong", "ann:", "bob:secret"]:
        assert server.status("--user", user, scheme="http") == "401"
    refused = server.curl("--include", scheme="http")
    assert refused.stdout.endswith("401") and "\nwww-authenticate: basic" in refused.stdout.lower()
    # Nobody is waited for who may not ask: the body of this one never comes.
    assert server.status("--header", "Content-Length: 10", scheme="http") == "401"
    # Other paths are not told to those who may not ask.
    assert server.status(scheme="http", path="/none") == "401"
    assert server.status("--user", "ann:secret", scheme="http", path="/none") == "404"
    assert "secret" not in server.collector.process.log.read_text()


def test_a_changed_hash_refuses_the_old_password(guarded):
    server = guarded({"basic_auth_users": {"ann": SECRET}})
    assert server.status("--user", "ann:secret", scheme="http") == "200"
    server.configure({"basic_auth_users": {"ann": CHANGED}})
    wait_for("a refusal", lambda: server.status("--user", "ann:secret", scheme="http") == "401", pause=0.3)
    assert server.status("--user", "ann:changed", scheme="http") == "200"


def served_certificate(server: Guarded) -> str:
    done = subprocess.run(
        ["openssl", "s_client", "-connect", f"127.0.0.1:{server.port}", "-servername", "localhost"],
        input=b"", capture_output=True, timeout=30,
    )
    show = subprocess.run(["openssl", "x509"], input=done.stdout, capture_output=True, timeout=30)
    return show.stdout.decode()


def test_a_new_certificate_is_served_without_a_restart(guarded):
    server = guarded({"tls_server_config": TLS})
    old = served_certificate(server)
    assert old == (server.folder / "tls" / "server.pem").read_text()[-len(old):]
    server.authority.sign("renewed")
    renewed = (server.folder / "tls" / "renewed.pem").read_text()
    # Between the two the key is not the certificate's, and the old pair goes on to be served.
    write(server.folder / "tls" / "server.pem", renewed)
    assert server.status() == "200"
    time.sleep(1.5)
    assert server.status() == "200"
    assert served_certificate(server) == old
    write(server.folder / "tls" / "server.key", (server.folder / "tls" / "renewed.key").read_text())
    wait_for("the new certificate", lambda: served_certificate(server) in renewed, pause=0.3)
    assert server.status() == "200"
    log = server.collector.process.log.read_text()
    assert log.count("is not the one of the certificate") == 1


def test_fields_and_rate_are_those_of_the_file(guarded):
    server = guarded(
        {
            "http_server_config": {"headers": {"X-Frame-Options": "deny"}},
            "rate_limit": {"interval": "1h", "burst": 2},
        }
    )
    assert "\nx-frame-options: deny" in server.curl("--include", scheme="http").stdout.lower()
    assert server.status(scheme="http") == "200"
    assert server.status(scheme="http") == "429"


@pytest.mark.parametrize(
    ["kinds", "count"],
    # The last are more than a listener takes, and none of them waits for a head.
    [(["silent", "dribble", "unread"], 5_000), (["silent", "hello"], 5_000), (["body", "refused"], 9_000)],
    ids=["http", "https", "bodies"],
)
def test_slow_clients_do_not_keep_a_scrape_from_its_answer(guarded, kinds, count):
    if resource.getrlimit(resource.RLIMIT_NOFILE)[1] < count + 1_000:
        pytest.skip(f"{count} connections need a higher limit of open files: ulimit -n")
    is_secured = "hello" in kinds
    server = guarded({"tls_server_config": TLS} if is_secured else {"http_server_config": {"http2": False}})
    scheme = "https" if is_secured else "http"
    assert server.status(scheme=scheme) == "200"
    clients = Process([sys.executable, SLOW_CLIENTS, server.port, count, *kinds], server.folder / "slow.log")
    try:
        wait_for("slow clients", lambda: "holding" in clients.tail(), seconds=60)
        # Those that ask are answered like anyone; when all have asked, they are slow.
        wait_for("an answer", lambda: server.status(scheme=scheme) == "200")
        seconds = []
        for _ in range(20):
            start = time.monotonic()
            assert server.status(scheme=scheme) == "200"
            seconds.append(time.monotonic() - start)
            time.sleep(0.4)
    finally:
        clients.kill()
    rss = int(pathlib.Path(f"/proc/{server.collector.process.child.pid}/statm").read_text().split()[1]) * 4 // 1024
    print(f"{scheme}: median {sorted(seconds)[10] * 1000:.0f} ms, longest {max(seconds) * 1000:.0f} ms, {rss} MiB")
    # A scrape has ten seconds by default.
    assert max(seconds) < 5
    assert server.status(scheme=scheme) == "200"


def test_credentials_are_those_of_the_standard(guarded):
    """What other libraries send: the scheme in small letters, a colon in the password."""
    server = guarded({"basic_auth_users": {"ann": SECRET}})
    right = base64.b64encode(b"ann:secret").decode()
    assert server.status("--header", f"authorization: basic {right}", scheme="http") == "200"
    assert server.status("--header", "Authorization: Bearer abc", scheme="http") == "401"
    assert server.status("--header", "Authorization: Basic !!!", scheme="http") == "401"
