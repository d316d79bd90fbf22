"""What a hostile receiver does with a request."""

import email.utils
import gzip
import time

from .hostile import Behaviour, Exchange
from .ledger import Verdict

_GIBIBYTE = 1 << 30
# 200 MiB of zeros, made beforehand, since a try has a second.
_BOMB = gzip.compress(bytes(200 << 20), compresslevel=1)


def _behaviour(verdict: Verdict, keeps_connection: bool = False):
    def make(act):
        name = act.__name__.strip("_").replace("_", " ")
        return Behaviour(name, verdict, act, keeps_connection)

    return make


@_behaviour(Verdict.TAKEN, keeps_connection=True)
def accept(exchange: Exchange):
    exchange.read()
    exchange.answer(200, exchange.success())


@_behaviour(Verdict.TAKEN, keeps_connection=True)
def accept_with_a_warning(exchange: Exchange):
    exchange.read()
    exchange.answer(200, exchange.success(message="this receiver is to be shut off in May"))


@_behaviour(Verdict.TAKEN, keeps_connection=True)
def accept_all_but_one(exchange: Exchange):
    exchange.read()
    exchange.answer(200, exchange.success(rejected=1, message="one of them is too old"))


@_behaviour(Verdict.TAKEN, keeps_connection=True)
def accept_with_garbage(exchange: Exchange):
    exchange.read()
    exchange.answer(200, b"\xff\xfe\xfd garbage \x00\x01")


@_behaviour(Verdict.TAKEN, keeps_connection=True)
def accept_in_html(exchange: Exchange):
    exchange.read()
    exchange.answer(200, b"<html>Welcome!</html>", Content_Type="text/html")


@_behaviour(Verdict.TAKEN)
def accept_after_a_slow_read(exchange: Exchange):
    # Too slow for one gulp, and fast enough for the time that a try has.
    exchange.read(pause=0.005, piece=max(1_024, exchange.length // 50))
    exchange.answer(200, exchange.success(), Connection="close")


@_behaviour(Verdict.TAKEN)
def accept_as_http_1_0(exchange: Exchange):
    exchange.read()
    exchange.connection.sendall(b"HTTP/1.0 200 OK\r\n\r\n" + exchange.success())


def status(code: int, verdict: Verdict, **fields) -> Behaviour:
    """Answers with a status and a message."""

    def act(exchange: Exchange):
        exchange.read()
        now = {key: value() if callable(value) else value for key, value in fields.items()}
        exchange.answer(code, b"not today", Content_Type="text/plain", **now)

    return Behaviour(f"status {code}", verdict, act, keeps_connection=True)


def unavailable(code: int = 503) -> Behaviour:
    return status(code, Verdict.AWAY)


@_behaviour(Verdict.AWAY)
def unavailable_with_a_page_that_cannot_be_unpacked(exchange: Exchange):
    exchange.read()
    exchange.answer(503, b"<html>busy</html>", Content_Encoding="gzip", Connection="close")


@_behaviour(Verdict.AWAY)
def unavailable_with_a_page_in_broken_chunks(exchange: Exchange):
    exchange.read()
    exchange.connection.sendall(b"HTTP/1.1 502 Whatever\r\nTransfer-Encoding: chunked\r\n\r\nbusy\r\n0\r\n\r\n")


@_behaviour(Verdict.AWAY)
def unavailable_with_a_page_without_end(exchange: Exchange):
    exchange.read()
    exchange.connection.sendall(b"HTTP/1.1 504 Whatever\r\nTransfer-Encoding: chunked\r\n\r\n")
    taken = exchange.flood(b"10000\r\n" + b"a" * 0x10000 + b"\r\n", 10 * _GIBIBYTE)
    assert taken < 100 << 20, f"the sender took {taken} bytes"


def throttle(seconds: int) -> Behaviour:
    return status(429, Verdict.AWAY, Retry_After=str(seconds))


def throttle_until(seconds: int) -> Behaviour:
    """Says when, as a date; our clock and the receiver's are the same here."""

    def date():
        return email.utils.formatdate(time.time() + seconds, usegmt=True)

    return status(429, Verdict.AWAY, Retry_After=date)


def refuse(code: int = 400) -> Behaviour:
    return status(code, Verdict.REFUSED)


@_behaviour(Verdict.REFUSED)
def refuse_before_reading(exchange: Exchange):
    exchange.answer(413, b"too long", Connection="close")
    exchange.read()


@_behaviour(Verdict.AWAY)
def hang_without_reading(exchange: Exchange):
    time.sleep(3)
    exchange.reset()


@_behaviour(Verdict.UNANSWERED)
def hang_after_reading(exchange: Exchange):
    exchange.read()
    exchange.wait_for_end()


@_behaviour(Verdict.AWAY)
def reset_before_reading(exchange: Exchange):
    exchange.reset()


@_behaviour(Verdict.AWAY)
def reset_within_the_request(exchange: Exchange):
    exchange.read(limit=exchange.length // 2)
    exchange.reset()


@_behaviour(Verdict.UNANSWERED)
def reset_after_reading(exchange: Exchange):
    exchange.read()
    exchange.reset()


@_behaviour(Verdict.UNANSWERED)
def reset_within_the_answer(exchange: Exchange):
    exchange.read()
    exchange.connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc")
    # The part that was sent must not be thrown away with the connection.
    time.sleep(0.1)
    exchange.reset()


@_behaviour(Verdict.UNREADABLE)
def answer_ten_gigabytes(exchange: Exchange):
    exchange.read()
    exchange.connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    piece = b"10000\r\n" + b"a" * 0x10000 + b"\r\n"
    taken = exchange.flood(piece, 10 * _GIBIBYTE)
    assert taken < 100 << 20, f"the sender took {taken} bytes"


@_behaviour(Verdict.UNREADABLE)
def answer_with_endless_fields(exchange: Exchange):
    exchange.read()
    exchange.connection.sendall(b"HTTP/1.1 200 OK\r\n")
    taken = exchange.flood(b"X-Field: value\r\n" * 1_000, 10 * _GIBIBYTE)
    assert taken < 100 << 20, f"the sender took {taken} bytes"


@_behaviour(Verdict.UNREADABLE)
def answer_with_a_bomb(exchange: Exchange):
    exchange.read()
    exchange.answer(200, _BOMB, Content_Encoding="gzip", Connection="close")


@_behaviour(Verdict.UNREADABLE)
def answer_in_another_protocol(exchange: Exchange):
    exchange.read()
    exchange.connection.sendall(b"SSH-2.0-OpenSSH_9.2p1\r\n")
