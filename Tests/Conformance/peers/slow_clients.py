"""Clients that hold connections without asking for anything: python slow_clients.py PORT COUNT KIND...

Each connection is of the next KIND; one that the listener ends is opened again. Says "holding N" when all have
been connected once, and goes on until it is ended.

- silent: says nothing
- dribble: sends a head that never ends, a byte each second
- hello: begins a TLS handshake and stops
- unread: asks for /metrics and reads nothing
- body: asks for /metrics with a body that never comes
- refused: asks for what nobody serves, with a body that never comes
"""

import asyncio
import resource
import sys

HEAD = b"GET /metrics HTTP/1.1\r\nHost: a\r\nX-Filler: " + b"a" * 4_000
# A length would be refused, since no body belongs here.
BODY = b"GET /metrics HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
REFUSED = b"POST /none HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n"
HELLO = bytes.fromhex("1603010200010001fc0303")
STARTS = {"hello": HELLO, "body": BODY, "refused": REFUSED}

_connected: set[int] = set()


async def _hold(kind: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    if kind == "silent":
        await reader.read(1)
    elif kind in STARTS:
        writer.write(STARTS[kind])
        await reader.read(1)
    elif kind == "dribble":
        for byte in HEAD:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(1)
    elif kind == "unread":
        writer.transport.pause_reading()
        writer.write(b"GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n")
        while not writer.transport.is_closing():
            await asyncio.sleep(1)


async def _client(port: int, number: int, kind: str, gate: asyncio.Semaphore) -> None:
    while True:
        try:
            async with gate:
                reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1_024)
            _connected.add(number)
        except OSError:
            await asyncio.sleep(1)
            continue
        try:
            await _hold(kind, reader, writer)
        except OSError:
            pass
        finally:
            writer.transport.abort()
        # Not all at once when the listener has ended them all at once.
        await asyncio.sleep(number % 100 / 100)


async def _main(port: int, count: int, kinds: list[str]) -> None:
    gate = asyncio.Semaphore(500)
    clients = [asyncio.create_task(_client(port, number, kinds[number % len(kinds)], gate)) for number in range(count)]
    while len(_connected) < count:
        await asyncio.sleep(0.1)
    print(f"holding {count}", flush=True)
    await asyncio.gather(*clients)


if __name__ == "__main__":
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    asyncio.run(_main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]))
