"""Many senders at once that try each webhook once, and remember how each was answered."""

import collections
import dataclasses
import json
import secrets
import threading
import time

import urllib3

from .collector import Collector
from .webhooks import resend_body, signed


@dataclasses.dataclass(frozen=True)
class Answer:
    """How one webhook was answered; status 0 when the connection ended before."""

    number: int
    status: int
    retry_after: str | None
    began: float
    ended: float

    @property
    def seconds(self) -> float:
        return self.ended - self.began


class Load:
    """Sends webhooks of one agent from threads until it is stopped, or until so many were sent."""

    def __init__(
        self, collector: Collector, agent: str, senders: int, limit: int | None = None, bytes: int = 0,
        pause: float = 0.02, timeout: float = 60.0,
    ):
        """`pause` is what a sender waits for after a refusal, in seconds; `bytes` is the length of bodies."""
        self.collector = collector
        self.agent = agent
        self.answers: list[Answer] = []
        self._limit = limit
        self._bytes = bytes
        self._pause = pause
        self._next = 0
        self._token = secrets.token_hex(6)
        self._lock = threading.Lock()
        self._is_ended = threading.Event()
        self._http = urllib3.PoolManager(maxsize=senders, block=False, retries=False, timeout=timeout)
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(senders)]
        for thread in self._threads:
            thread.start()

    def _take(self) -> int | None:
        with self._lock:
            if self._is_ended.is_set() or self._next == self._limit:
                return None
            self._next += 1
            return self._next

    def _run(self) -> None:
        while (number := self._take()) is not None:
            answer = self.send(number)
            with self._lock:
                self.answers.append(answer)
            if answer.status != 200:
                time.sleep(self._pause)

    def send(self, number: int) -> Answer:
        body = json.dumps(resend_body(agent=f"{self.agent}@support.example")).encode()
        body = body[:-1] + b" " * (self._bytes - len(body)) + b"}"
        headers = signed(body, identifier=f"msg_{self.agent}x{self._token}x{number}x")
        began = time.monotonic()
        try:
            answer = self._http.request("POST", self.collector.hook("resend"), body=body, headers=headers)
            status, retry_after = answer.status, answer.headers.get("Retry-After")
        except (urllib3.exceptions.HTTPError, OSError):
            status, retry_after = 0, None
        return Answer(number, status, retry_after, began, time.monotonic())

    def join(self, seconds: float = 120.0) -> "Load":
        """Waits until all are answered."""
        end = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))
            assert not thread.is_alive(), f"{len(self.answers)} of {self._next} webhooks were answered in {seconds} s"
        self._http.clear()
        return self

    def stop(self) -> "Load":
        self._is_ended.set()
        return self.join()

    @property
    def statuses(self) -> dict:
        """How many webhooks were answered with each status so far."""
        with self._lock:
            return dict(collections.Counter(answer.status for answer in self.answers))

    @property
    def acknowledged(self) -> int:
        return self.statuses.get(200, 0)

    def refusals(self) -> list[Answer]:
        """Those that were not taken; each must be told when to come again."""
        refused = [answer for answer in self.answers if answer.status not in (0, 200)]
        wrong = [one for one in refused if one.status != 503 or int(one.retry_after or 0) <= 0]
        assert wrong == [], wrong[:5]
        return refused
