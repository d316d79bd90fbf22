"""A small proxy: tunnels by CONNECT, and forwards plain requests."""

import socket
import threading


class Proxy:
    """Remembers the first line of each request, and whether it showed the credentials that are asked for."""

    def __init__(self, credentials: str | None = None):
        self.credentials = credentials
        self.lines: list[str] = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def close(self) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=[client], daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        try:
            head = b""
            while b"\r\n\r\n" not in head:
                got = client.recv(65_536)
                if not got:
                    return
                head += got
            line = head.split(b"\r\n", 1)[0].decode()
            self.lines.append(line)
            method, target, _ = line.split(" ")
            if self.credentials and f"Proxy-Authorization: Basic {self.credentials}".encode() not in head:
                client.sendall(b"HTTP/1.1 407 Who?\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                return
            if method == "CONNECT":
                server = self._connect(target)
                client.sendall(b"HTTP/1.1 200 Go on\r\nX-Proxy: yes\r\n\r\n")
            else:
                # One server for a connection is enough for these tests; absolute paths are made relative to it.
                host = target.removeprefix("http://").split("/", 1)[0]
                server = self._connect(host)
                server.sendall(head.replace(f"http://{host}".encode(), b"", 1))
            self._join(client, server, f"http://{target.removeprefix('http://').split('/', 1)[0]}")
        except (OSError, ValueError):
            pass
        finally:
            client.close()

    @staticmethod
    def _connect(host: str) -> socket.socket:
        name, _, port = host.partition(":")
        return socket.create_connection((name, int(port)), timeout=10)

    def _join(self, client: socket.socket, server: socket.socket, prefix: str) -> None:
        """Copies both ways until one side is through."""

        def copy(source, sink, edit):
            try:
                while piece := source.recv(65_536):
                    sink.sendall(edit(piece))
            except OSError:
                pass
            for end in (source, sink):
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

        def relative(piece: bytes) -> bytes:
            if piece.startswith(b"POST http://"):
                self.lines.append(piece.split(b"\r\n", 1)[0].decode())
                return piece.replace(prefix.encode(), b"", 1)
            return piece

        back = threading.Thread(target=copy, args=[server, client, bytes], daemon=True)
        back.start()
        copy(client, server, relative)
        back.join(10)
        server.close()
