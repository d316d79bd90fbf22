"""Counts what a record path does, with valgrind's callgrind: the same at every run, however busy the machine is."""

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
    """What one operation costs: instructions, and calls that count references."""

    instructions: float
    references: float


def costs(binary: pathlib.Path, symbols: dict) -> dict:
    """The costs of each path, by its name; `symbols` has the function that each one's records are within."""
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
            each = (MANY - FEW) * OPERATIONS
            references = sum(
                count - few[1][name] for name, count in many[1].items() if name.startswith(COUNTING))
            done[path] = Cost((many[0] - few[0]) / each, references / each)
        return done


def run(binary: pathlib.Path, path: str, symbol: str, batches: int) -> tuple:
    """The instructions within a function in a run, and how often each function was called from it."""
    profile = binary.with_name(f"{path}.{batches}")
    done = subprocess.run(
        ["valgrind", "-q", "--tool=callgrind", f"--callgrind-out-file={profile}", "--compress-strings=no",
         f"--toggle-collect={symbol}", binary, "run", path, str(batches)], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{path} under valgrind: {done.returncode}: {done.stderr.strip()} {done.stdout.strip()}")
    total, called, callee = 0, collections.Counter(), ""
    for line in profile.read_text().splitlines():
        if line.startswith("summary: "):
            total = int(line.split()[1])
        elif line.startswith("cfn="):
            callee = line[4:]
        elif line.startswith("calls="):
            called[callee] += int(line[6:].split()[0])
    return total, called
