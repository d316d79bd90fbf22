"""The real nginx, unpacked from Debian's package, which speaks TLS in front of a receiver."""

import os
import pathlib
import socket

from .certificates import Authority
from .processes import PEERS, Process, free_port, wait_for

_CONFIGURATION = """
{user}
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log stderr warn;
events {{ worker_connections 256; }}
http {{
    access_log {folder}/access.log combined;
    log_format requests '$server_protocol $request_method $uri $status $ssl_client_s_dn $ssl_protocol';
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    client_max_body_size 64m;
    server {{
        listen 127.0.0.1:{port} ssl{http2};
        access_log {folder}/requests.log requests;
        ssl_certificate {certificate};
        ssl_certificate_key {key};
        ssl_client_certificate {authority};
        ssl_verify_client on;
        location / {{ proxy_pass {target}; }}
    }}
}}
"""


class Nginx:
    """Takes HTTPS from those who show a certificate of the authority, and hands it on to `target` over HTTP."""

    def __init__(self, folder: pathlib.Path, authority: Authority, target: str, http2: bool = False):
        self.port = free_port()
        self.requests_log = folder / "requests.log"
        certificate, key = authority.issue("127.0.0.1")
        file = folder / "nginx.conf"
        file.write_text(
            _CONFIGURATION.format(
                # Root's workers would be nobody, who may not write into the folder.
                user="user root;" if os.geteuid() == 0 else "", folder=folder, port=self.port, certificate=certificate, key=key, authority=authority.file,
                target=target, http2=" http2" if http2 else "",
            )
        )
        program = PEERS / "nginx" / "usr" / "sbin" / "nginx"
        self.process = Process([program, "-p", folder, "-e", "stderr", "-c", file], folder / "nginx.log")
        wait_for("nginx", self._listens)

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def requests(self) -> list[list[str]]:
        """Protocol, method, path, status, the client's name and version of TLS, of each request."""
        return [line.split() for line in self.requests_log.read_text().splitlines()]

    def _listens(self) -> bool:
        assert self.process.is_running, self.process.tail()
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0
