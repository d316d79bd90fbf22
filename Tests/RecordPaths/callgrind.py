"""Counts what a record path does, by valgrind's callgrind: always the same, however busy the machine is."""

import collections
import concurrent.futures
import dataclasses
import os
import pathlib
import subprocess
import tempfile

# A batch of the program does so many operations.
OPERATIONS = 1_000
FEW, MANY = 1, 4
# Calls of the runtime that count references, by what they begin with.
COUNTING = ("swift_retain", "swift_release", "swift_bridgeObjectRe", "swift_unknownObjectRe", "swift_weak")


@dataclasses.dataclass
class Cost:
    """What one operation costs: instructions, those of them that are locked, and calls that count references."""

    instructions: float
    locked: float
    references: float


def costs(binary: pathlib.Path, symbols: dict, locked: set) -> dict:
    """The costs of each path, by its name.

    `symbols` has the function that each one's records are within; `locked` the addresses of locked instructions,
    of which the runtime's own, which count references, are none.
    """
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        # What is only for debuggers goes: this valgrind takes the toolchain's for damaged.
        bare = pathlib.Path(folder, binary.name)
        subprocess.run(["objcopy", "--strip-debug", binary, bare], check=True)
        jobs = {(path, batches): pool.submit(run, bare, path, symbol, batches)
                for path, symbol in symbols.items() for batches in (FEW, MANY)}
        done = {}
        for path in symbols:
            few, many = jobs[path, FEW].result(), jobs[path, MANY].result()
            # What comes but once, in the first batch, is in both.
            operations = (MANY - FEW) * OPERATIONS
            done[path] = Cost(
                (many.total - few.total) / operations,
                sum(many.executed[place] - few.executed[place] for place in locked) / operations,
                sum(count - few.called[name] for name, count in many.called.items() if name.startswith(COUNTING))
                / operations)
        return done


class Profile:
    """What callgrind wrote.

    All instructions, how often each of the binary's own was executed, and how often each function was called.
    """

    def __init__(self, text: str, binary: pathlib.Path):
        self.total, self.executed, self.called = 0, collections.Counter(), collections.Counter()
        is_own, is_call, callee = False, False, ""
        for line in text.splitlines():
            if line.startswith("0x"):
                # The line after a call has what the callee cost.
                if is_own and not is_call:
                    place, _, count = line.split()
                    self.executed[int(place, 16)] += int(count)
                is_call = False
            elif line.startswith("calls="):
                self.called[callee] += int(line[6:].split()[0])
                is_call = True
            elif line.startswith("cfn="):
                callee = line[4:]
            elif line.startswith("ob="):
                is_own = line[3:] == str(binary)
            elif line.startswith("summary: "):
                self.total = int(line.split()[1])


def run(binary: pathlib.Path, path: str, symbol: str, batches: int) -> Profile:
    """What went on within a function in a run."""
    output = binary.with_name(f"{path}.{batches}")
    done = subprocess.run(
        ["valgrind", "-q", "--tool=callgrind", f"--callgrind-out-file={output}", "--dump-instr=yes",
         "--compress-strings=no", "--compress-pos=no", f"--toggle-collect={symbol}",
         binary, "run", path, str(batches)], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{path} under valgrind: {done.returncode}: {done.stderr} {done.stdout}")
    return Profile(output.read_text(), binary)
