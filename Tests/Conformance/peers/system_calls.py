"""The system calls of a collector as strace saw them: was each webhook on disk before its answer?

Calls are ordered by the lines of the trace, not by their times. strace stops a thread as it enters a call and as it
leaves it, and writes the two down as it lets the thread go on: what one thread does because of a call of another
that has ended stands behind the end of that call.
"""

import dataclasses
import pathlib
import re

from .collector import Collector
from .processes import POSTMETER, Process, wait_for

CALLS = "read,write,writev,pwrite64,pwritev,fdatasync,fsync"
# strace ends strings here; a group of webhooks must be shorter.
STRING = 1 << 14

_LINE = re.compile(r"^(\d+) +(?:<\.\.\. (\w+) resumed>|(\w+)\()(.*)$", re.DOTALL)
_FILE = re.compile(r"^(\d+<[^>]*>)")


def start_traced(collector: Collector, trace: pathlib.Path, preload: dict | None = None) -> None:
    """Starts a collector under strace, whose trace is whole once ``wait_traced`` returned."""
    settings = [part for name, value in (preload or {}).items() for part in ("-E", f"{name}={value}")]
    command = [
        # The collector is our child, and strace beside it, so that signals reach the collector.
        "strace", "-D", "-f", "-y", "-s", STRING, "-o", trace, "-e", f"trace={CALLS}", "-e", "signal=none", *settings,
        POSTMETER, "serve", "--config", collector.file,
    ]
    collector.process = Process(command, collector.folder / "collector.log", cwd=collector.folder, env=collector.env)
    collector.wait_ready(60)


def wait_traced(collector: Collector, trace: pathlib.Path) -> None:
    """Waits for the end of the trace of a collector that has ended."""
    end = re.compile(rf"\n{collector.process.child.pid} +\+\+\+ ".encode())

    def has_ended() -> bool:
        with open(trace, "rb") as file:
            file.seek(max(0, trace.stat().st_size - 4_096))
            return end.search(file.read())

    wait_for("the end of the trace", has_ended, 60, 0.1)


@dataclasses.dataclass
class Call:
    """A call that has ended: its name, file, text, and the lines at which it began and ended."""

    name: str
    file: str
    text: str
    began: int
    ended: int
    failed: bool


def calls(trace: pathlib.Path) -> list[Call]:
    """The calls of a trace by where they ended; those that never did are left out."""
    under_way: dict = {}
    found = []
    with open(trace, encoding="latin-1", newline="\n") as lines:
        for number, line in enumerate(lines):
            match = _LINE.match(line.rstrip("\n"))
            if not match:
                continue
            thread, resumed, name, text = match.groups()
            if resumed:
                name, first, began = under_way.pop(thread, (resumed, "", number))
                text = first + text
            elif text.endswith(" <unfinished ...>"):
                under_way[thread] = (name, text.removesuffix(" <unfinished ...>"), number)
                continue
            else:
                began = number
            file = _FILE.match(text)
            found.append(
                Call(name, file.group(1) if file else "", text, began, number, ") = -1 " in text[-200:])
            )
    return found


@dataclasses.dataclass
class Order:
    """What a trace says of the answers 200 to webhooks."""

    answers: int
    syncs: int
    # Why each wrong one is wrong.
    wrong: list

    def __str__(self) -> str:
        return f"{self.answers} answers 200, {self.syncs} syncs of the journal, {len(self.wrong)} before their sync"


def order(trace: pathlib.Path, identifier: str) -> Order:
    """For each answer 200 to a webhook whose id matches: a sync that began after its write and ended before it."""
    pattern = re.compile(identifier)
    journal = [call for call in calls(trace) if not call.failed]
    writes: dict = {}
    syncs = []
    asked: dict = {}
    answers = []
    for call in journal:
        if "/journal/" in call.file:
            if call.name in ("pwrite64", "pwritev"):
                for found in pattern.findall(call.text):
                    writes.setdefault(found, call)
            elif call.name in ("fdatasync", "fsync"):
                syncs.append(call)
        elif "<socket:" in call.file:
            if call.name == "read":
                for found in pattern.findall(call.text):
                    asked[call.file] = found
            elif call.name in ("write", "writev") and "HTTP/1.1 200 " in call.text and call.file in asked:
                answers.append((asked.pop(call.file), call))
    wrong = []
    for found, answer in answers:
        write = writes.get(found)
        if write is None or write.ended >= answer.began:
            wrong.append(f"{found}: answered before it was written")
        elif not any(
            sync.file == write.file and write.ended < sync.began and sync.ended < answer.began for sync in syncs
        ):
            wrong.append(f"{found}: written, and answered without a sync in between")
    return Order(len(answers), len(syncs), wrong)
