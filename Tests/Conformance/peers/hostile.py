"""A receiver of OTLP that does with each request what it is told, and keeps a ledger of what it got and what it said."""

import collections
import gzip
import socket
import ssl
import struct
import threading
import time

from .ledger import Entry, Ledger, Verdict
from .sink import MESSAGES


class Exchange:
    """One request on its connection; a behaviour reads as much of it as it likes, and answers as it likes."""

    def __init__(self, connection, early: bytes, path: str, headers: dict):
        self.connection, self.early = connection, early
        self.path, self.headers = path, headers
        self.request_type, self.response_type = MESSAGES[path]
        self.length = int(headers.get("content-length", 0))
        self.message = None
        self.error: str | None = None

    def read(self, limit: int | None = None, pause: float = 0.0, piece: int = 65_536) -> bytes:
        """Reads the body, or so much of it; decodes it when it is whole."""
        wanted = self.length if limit is None else min(limit, self.length)
        body = bytearray(self.early[:wanted])
        while len(body) < wanted:
            got = self.connection.recv(min(piece, wanted - len(body)))
            if not got:
                raise ConnectionError("the sender went away within its request")
            body += got
            if pause:
                time.sleep(pause)
        if len(body) == self.length:
            self.decode(bytes(body))
        return bytes(body)

    def decode(self, body: bytes) -> None:
        try:
            if self.headers.get("content-encoding") == "gzip":
                body = gzip.decompress(body)
            self.message = self.request_type.FromString(body)
        except Exception as error:  # whatever the decoder raises is a finding, not a crash of this thread
            self.error = f"{self.path}: {len(body)} bytes cannot be decoded: {error}"

    def answer(self, status: int, body: bytes = b"", **fields) -> None:
        fields = {"Content-Type": "application/x-protobuf", **{key.replace("_", "-"): value for key, value in fields.items()}}
        head = f"HTTP/1.1 {status} Whatever\r\nContent-Length: {len(body)}\r\n"
        head += "".join(f"{key}: {value}\r\n" for key, value in fields.items())
        self.connection.sendall(head.encode() + b"\r\n" + body)

    def success(self, rejected: int = 0, message: str = "") -> bytes:
        """The body of a success, which may refuse some."""
        response = self.response_type()
        if rejected or message:
            name = {"/v1/metrics": "rejected_data_points", "/v1/traces": "rejected_spans", "/v1/logs": "rejected_log_records"}
            setattr(response.partial_success, name[self.path], rejected)
            response.partial_success.error_message = message
        return response.SerializeToString()

    def flood(self, piece: bytes, limit: int) -> int:
        """Sends the same again and again until the sender has had enough; returns how many bytes it took."""
        sent = 0
        try:
            while sent < limit:
                self.connection.sendall(piece)
                sent += len(piece)
        except OSError:
            pass
        return sent

    def reset(self) -> None:
        """Breaks the connection off."""
        raw = self.connection
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise ConnectionError("reset as told")

    def wait_for_end(self, seconds: float = 120.0) -> None:
        """Says nothing until the sender goes away."""
        self.connection.settimeout(seconds)
        try:
            while self.connection.recv(65_536):
                pass
        except OSError:
            pass
        raise ConnectionError("the sender went away")


class Hostile:
    """Listens on a port of its own, over TLS when `context` is set, and behaves as `script` and `default` say.

    `script` has a queue of behaviours for each path; when it is empty, `default` is what happens.
    """

    def __init__(self, default):
        self.default = default
        self.script = {path: collections.deque() for path in MESSAGES}
        self.context: ssl.SSLContext | None = None
        self.ledger = Ledger()
        self.connections = 0
        self.failed_handshakes: list[str] = []
        self.errors: list[str] = []
        self.lock = threading.Lock()
        self.listener: socket.socket | None = None
        self.open_connections: set = set()
        self.port = 0
        self.listen()

    @property
    def url(self) -> str:
        return f"{'https' if self.context else 'http'}://127.0.0.1:{self.port}"

    @property
    def tries(self) -> int:
        """Connections that were made, whether or not TLS was agreed on."""
        return self.connections + len(self.failed_handshakes)

    def listen(self) -> None:
        """Takes connections, on the port of before if there was one."""
        listener = socket.create_server(("127.0.0.1", self.port), backlog=64)
        self.listener, self.port = listener, listener.getsockname()[1]
        threading.Thread(target=self._accept, args=[listener], daemon=True).start()

    def close(self) -> None:
        """Refuses connections, and breaks off those that there are."""
        if self.listener:
            # A thread in accept() holds the port until it is woken.
            self.listener.shutdown(socket.SHUT_RDWR)
            self.listener.close()
            self.listener = None
        with self.lock:
            for connection in list(self.open_connections):
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    def is_through(self) -> bool:
        """Whether everything in the script has happened."""
        with self.lock:
            return not any(self.script.values())

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=[connection], daemon=True).start()

    def _serve(self, raw: socket.socket) -> None:
        connection = raw
        try:
            raw.settimeout(120)
            if self.context:
                try:
                    connection = self.context.wrap_socket(raw, server_side=True)
                except (ssl.SSLError, OSError) as error:
                    self.failed_handshakes.append(str(error))
                    return
            with self.lock:
                self.connections += 1
                self.open_connections.add(connection)
            while self._exchange(connection):
                pass
        except (ConnectionError, TimeoutError, ssl.SSLError, OSError):
            pass
        finally:
            with self.lock:
                self.open_connections.discard(connection)
            connection.close()

    def _exchange(self, connection) -> bool:
        """Takes one request; false when the connection is over."""
        received = b""
        while b"\r\n\r\n" not in received:
            got = connection.recv(65_536)
            if not got:
                return False
            received += got
        head, _, early = received.partition(b"\r\n\r\n")
        line, *fields = head.decode().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (field.partition(":") for field in fields)}
        method, path, _ = line.split(" ")
        if method != "POST" or path not in MESSAGES:
            self.errors.append(f"a request that is not of OTLP: {line}")
            return False
        exchange = Exchange(connection, early, path, headers)
        with self.lock:
            behaviour = self.script[path].popleft() if self.script[path] else self.default
        entry = Entry(path, headers, behaviour.name, behaviour.verdict, began=time.time())
        self.ledger.add(entry)
        try:
            behaviour.act(exchange)
            return behaviour.keeps_connection
        except AssertionError as error:
            self.errors.append(f"{behaviour.name}: {error}")
            return False
        finally:
            # Of what was not read whole nothing was taken, whatever was said.
            entry.end(exchange.message, time.time())
            if exchange.error:
                self.errors.append(exchange.error)


class Behaviour:
    """What is done with a request, and what that means for what it holds."""

    def __init__(self, name: str, verdict: Verdict, act, keeps_connection: bool = False):
        self.name, self.verdict, self.act, self.keeps_connection = name, verdict, act, keeps_connection
