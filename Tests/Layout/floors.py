#!/usr/bin/env python3
"""Holds the layout: every import against the target's own dependencies, and the rules on files.

SwiftPM lets a target import what only its dependencies depend on; the floors are real only because this
check refuses it. It also refuses Foundation on floors 0 to 2, oversized files and words that end a process.
"""

import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
SYSTEM = {"Swift", "Glibc", "Synchronization", "Testing", "_Concurrency", "Dispatch"}
FOUNDATION = {"Foundation", "FoundationEssentials"}
FOUNDATION_FREE = {
    "PostmeterModel", "PostmeterMetrics", "PostmeterTracing", "PostmeterOTLP", "PostmeterExposition",
    "PostmeterJournal", "PostmeterTransport", "PostmeterMail", "PostmeterExport",
}
# A room of DESIGN's table and what it may stand on; `*` in a name is any of ours.
FLOORS = [
    {"CProtobufC", "CCurl", "CZlib", "CCrypt", "COTLP", "CPrimitives", "CMeasurement", "CSimdjson"},
    {"PostmeterModel"},
    {"PostmeterMetrics", "PostmeterTracing", "PostmeterOTLP", "PostmeterExposition", "PostmeterJournal",
     "PostmeterTransport"},
    {"PostmeterMail", "PostmeterExport"},
    {"Postmeter", "PostmeterWebhooks", "PostmeterFleet"},
    {"PostmeterCollector", "PostmeterSimulator"},
    {"PostmeterCommand", "PostmeterBench", "PostmeterRecordPaths"},
]
# The library's door stands on floor 4, and the collector on it.
IMPORT = re.compile(
    r"^(?:@\w+(?:\([^)]*\))?\s+)*(?:public |package |internal |private |fileprivate )?import "
    r"(?:struct |class |enum |func |protocol |typealias |let |var )?(\w+)")
ENDS_PROCESS = re.compile(r"\b(fatalError|preconditionFailure|precondition|try!|as!)\b")
LONGEST_FILE = 400
TOP_LEVEL = {
    "Package.swift", "Sources", "Tests", "dashboards", "proto", "README.md", "Makefile", "LICENSE",
    ".ci", ".git", ".gitignore", ".swift-format", ".build", ".swiftpm", "Package.resolved",
}


def main() -> int:
    problems = []
    package = json.loads(subprocess.check_output(["swift", "package", "dump-package"], cwd=ROOT))
    floor_of = {name: number for number, floor in enumerate(FLOORS) for name in floor}
    for target in package["targets"]:
        name, own, allowed = target["name"], set(), set(SYSTEM)
        for dependency in target["dependencies"]:
            kind, value = next(iter(dependency.items()))
            (own if kind in ("byName", "target") else allowed).add(value[0])
        allowed |= own | {name}
        allowed |= {module for product in list(allowed) for module in MODULES.get(product, ())}
        is_test = target["type"] == "test"
        if not is_test and name not in floor_of:
            problems.append(f"Package.swift: {name} has no floor in {pathlib.Path(__file__).name}")
        for lower in own:
            if not is_test and floor_of.get(lower, 99) > floor_of.get(name, 99):
                problems.append(f"Package.swift: {name} stands below {lower} and may not depend on it")
        folder = ROOT / (target.get("path") or (("Tests/" if is_test else "Sources/") + name))
        for source in sorted(folder.rglob("*.swift")):
            problems += check(source, name, allowed, is_test)
    problems += [f"{path.name}: not a file or folder of this project's top level"
                 for path in ROOT.iterdir() if path.name not in TOP_LEVEL and not path.name.startswith(".build")
                 and tracked(path)]
    print("\n".join(problems) or "floors and layout hold")
    return 1 if problems else 0


# Products whose modules have other names.
MODULES = {"CoreMetrics": (), "Tracing": ("Instrumentation", "ServiceContextModule"), "X509": ()}


def check(source: pathlib.Path, target: str, allowed: set, is_test: bool) -> list:
    place, problems = source.relative_to(ROOT), []
    lines = source.read_text().splitlines()
    for number, line in enumerate(lines, 1):
        match = IMPORT.match(line)
        if match and match[1] not in allowed:
            if match[1] in FOUNDATION:
                if target in FOUNDATION_FREE:
                    problems.append(f"{place}:{number}: Foundation stays out of floors 0 to 3")
            else:
                problems.append(f"{place}:{number}: {target} imports {match[1]}, which it does not depend on")
        if not is_test and ENDS_PROCESS.search(line) and "because" not in line and "//" not in line.split(
                "precondition")[0]:
            problems.append(f"{place}:{number}: can end the process; give an error, or a reason with 'because'")
    if len(lines) > LONGEST_FILE:
        problems.append(f"{place}: {len(lines)} lines; split it ({LONGEST_FILE} at most)")
    return problems


def tracked(path: pathlib.Path) -> bool:
    listed = subprocess.check_output(["git", "ls-files", "--", path.name], cwd=ROOT)
    return bool(listed.strip())


if __name__ == "__main__":
    sys.exit(main())
