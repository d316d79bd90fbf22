#!/usr/bin/env python3
"""Holds the record paths to what they may cost: instructions, references, allocations, and machine code.

    check.py PROGRAM            compares with limits.txt and fails over it
    check.py PROGRAM --write    writes limits.txt anew, for a change that is meant

Instructions are counted by valgrind's callgrind, with those of the loop around the record. Allocations are
counted by an allocator that is linked into the program. The machine code of the shortest paths is read too:
no locked instruction, no allocation and no counting of references may be within reach of them, save in code
that runs once a thread, once a series or when a value is refused. Counterexamples in the program show at each run
that all of this is seen.
"""

import pathlib
import platform
import re
import subprocess
import sys

import callgrind
import disassembly

LIMITS = pathlib.Path(__file__).with_name("limits.txt")
# More than was written down by so much is no fault: an instruction, or this share.
SLACK, SHARE = 1.0, 0.05
# What is counted must not grow at all; figures are written down with two decimals.
ROUNDING = 0.01
COLD = ["pm_cell_make", "pm_cell_add_first", "pm_cell_add_double_first"]
# The paths whose machine code is read, and what is cold in them.
CLEAN = {
    "counterAdd": COLD,
    "upDownCounterAdd": COLD,
    "doubleCounterAdd": COLD,
    "gaugeSet": COLD,
    "histogramRecord": COLD + ["pm_histogram_add_first"],
}
# What a counterexample must be found to do.
LOCKED, ALLOCATES, COUNTS = "lockedAdd", "allocation", "retain"


def main() -> int:
    if platform.machine() != "x86_64":
        print("record paths: not checked, since the limits are of x86-64")
        return 0
    program = pathlib.Path(sys.argv[1]).resolve()
    paths = subprocess.check_output([program, "list"], text=True).split()
    made = {line.split()[0]: int(line.split()[2]) / int(line.split()[1])
            for line in subprocess.check_output([program, "allocations"], text=True).splitlines()}
    code = disassembly.Program(program)
    symbols = functions(code)
    if missing := set(paths) - set(symbols):
        sys.exit(f"no function of its own in {program.name} for {', '.join(sorted(missing))}")
    costs = callgrind.costs(program, {path: symbols[path] for path in paths}, code.locked)
    examples = {LOCKED, ALLOCATES, COUNTS}
    if "--write" in sys.argv:
        write({path: cost for path, cost in costs.items() if path not in examples})
    limits, problems = read(), []
    print(f"{'path':28}{'instructions':>14}{'written down':>14}{'locked':>8}{'references':>12}{'allocations':>13}")
    for path in paths:
        cost, limit = costs[path], limits.get(path)
        if path in examples:
            continue
        print(f"{path:28}{cost.instructions:14.2f}{limit.instructions if limit else float('nan'):14.2f}"
              f"{cost.locked:8.2f}{cost.references:12.2f}{made[path]:13.2f}")
        if not limit:
            problems.append(f"{path}: not in {LIMITS.name}")
            continue
        if cost.instructions > limit.instructions + max(SLACK, limit.instructions * SHARE):
            problems.append(
                f"{path}: {cost.instructions:.2f} instructions, and {limit.instructions:.2f} are written down")
        if cost.locked > limit.locked + ROUNDING:
            problems.append(
                f"{path}: {cost.locked:.2f} locked instructions, and {limit.locked:.2f} are written down")
        if cost.references > limit.references + ROUNDING:
            problems.append(f"{path}: counts references {cost.references:.2f} times")
        if made[path]:
            problems.append(f"{path}: allocates {made[path]:.2f} times")
    problems += [f"{path}: in {LIMITS.name} and not in the program" for path in limits if path not in paths]
    if not made[ALLOCATES]:
        problems.append(f"the counterexample '{ALLOCATES}' allocates, and that was not seen")
    if not costs[LOCKED].locked:
        problems.append(f"the counterexample '{LOCKED}' has locked instructions, and that was not seen")
    if not costs[COUNTS].references:
        problems.append(f"the counterexample '{COUNTS}' counts references, and that was not seen")
    problems += code_problems(code, symbols)
    print("\n".join(problems) or "record paths hold")
    return 1 if problems else 0


def code_problems(code: disassembly.Program, symbols: dict) -> list:
    """What the machine code has that it may not have, and what was not seen in the counterexamples."""
    problems = [f"{path}: {fault}" for path, cold in CLEAN.items() for fault in code.faults(symbols[path], cold)]
    for path, word in ((LOCKED, "locked"), (ALLOCATES, "swift_allocObject"), (COUNTS, "swift_retain")):
        if not any(word in fault for fault in code.faults(symbols[path], COLD)):
            problems.append(f"the counterexample '{path}' has {word} in its code, and that was not seen")
    return problems


def functions(program: disassembly.Program) -> dict:
    """The program's own symbols by the names that the functions have in Swift."""
    symbols = [name for name in program.functions if "PostmeterRecordPaths" in name]
    plain = subprocess.check_output(["swift", "demangle", "--compact"], input="\n".join(symbols), text=True)
    found = {}
    for symbol, text in zip(symbols, plain.splitlines()):
        name = re.search(r"static PostmeterRecordPaths\.(?:Loops|Counterexamples)\.(\w+)\(", text)
        # A function that was merged with an alike one goes on in a shared body, by a jump.
        if name and not text.startswith("merged") and "closure" not in text:
            found[name[1]] = symbol
    return found


def read() -> dict:
    """The limits by their paths."""
    limits = {}
    for line in LIMITS.read_text().splitlines() if LIMITS.exists() else []:
        if line and not line.startswith("#"):
            path, *figures = line.split()
            limits[path] = callgrind.Cost(*map(float, figures))
    return limits


def write(costs: dict) -> None:
    """Writes the limits down."""
    head = (
        "# What an operation costs, as check.py --write wrote it down:\n"
        "# path, instructions, locked instructions, calls that count references.\n")
    LIMITS.write_text(head + "".join(
        f"{path} {cost.instructions:.2f} {cost.locked:.2f} {cost.references:.2f}\n"
        for path, cost in costs.items()))


if __name__ == "__main__":
    sys.exit(main())
