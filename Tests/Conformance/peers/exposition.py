"""A strict reader of the two text forms of metrics.

The parsers of the official client accept duplicate series and interleaved families, so what must not be in an
exposition is looked for here.
"""

import dataclasses
import math
import re

_NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
_LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,|$)')
_SAMPLE = re.compile(rf"({_NAME})(?:\{{(.*?)\}})? (\S+)( -?[0-9.]+)?( # \{{.*\}} \S+( \S+)?)?$")
_META = re.compile(rf"# (TYPE|HELP|UNIT) ({_NAME}) (.*)$")
_SUFFIXES = {
    "counter": ["_total", "_created"],
    "histogram": ["_bucket", "_count", "_sum", "_created"],
    "info": ["_info"],
}


@dataclasses.dataclass
class Exposition:
    """What was read: samples by name and labels, and the type of each family."""

    samples: dict
    types: dict
    errors: list


def parse(text: str, openmetrics: bool = False) -> Exposition:
    """Reads an exposition; everything that breaks a rule of its form is named in `errors`."""
    return _Reader(openmetrics).read(text)


class _Reader:
    def __init__(self, openmetrics: bool):
        self.openmetrics = openmetrics
        self.samples: dict = {}
        self.types: dict = {}
        self.units: dict = {}
        self.errors: list = []
        self.family: str | None = None
        self.finished: set = set()
        self.seen_meta: set = set()
        self.sampled: set = set()

    def read(self, text: str) -> Exposition:
        if not text.endswith("\n"):
            self.errors.append("the last line has no end")
        lines = text.split("\n")[:-1]
        if self.openmetrics:
            if not lines or lines[-1] != "# EOF":
                self.errors.append("the last line is not # EOF")
            lines = [line for line in lines[:-1]]
        for number, line in enumerate(lines, 1):
            self.line(line, number)
        self.check_histograms()
        return Exposition(self.samples, self.types, self.errors)

    def line(self, line: str, number: int) -> None:
        if line.startswith("#"):
            meta = _META.match(line)
            if meta:
                self.meta(*meta.groups(), number)
            elif self.openmetrics:
                self.errors.append(f"line {number}: a comment that OpenMetrics does not have: {line!r}")
            return
        sample = _SAMPLE.match(line)
        if not sample:
            if line or self.openmetrics:
                self.errors.append(f"line {number}: no sample: {line!r}")
            return
        self.sample(sample, number)

    def meta(self, kind: str, name: str, value: str, number: int) -> None:
        self.enter(name, number)
        if (kind, name) in self.seen_meta:
            self.errors.append(f"line {number}: a second {kind} of {name}")
        if name in self.sampled:
            self.errors.append(f"line {number}: {kind} of {name} behind its samples")
        self.seen_meta.add((kind, name))
        if kind == "TYPE":
            self.types[name] = value
        if kind == "UNIT":
            self.units[name] = value
            if value and not name.endswith(f"_{value}"):
                self.errors.append(f"line {number}: the unit {value} is not the end of {name}")

    def sample(self, match: re.Match, number: int) -> None:
        name, labels, value = match.group(1), match.group(2) or "", match.group(3)
        family = self.family_of(name)
        self.enter(family, number)
        self.sampled.add(family)
        if family not in self.types:
            self.errors.append(f"line {number}: {name} has no TYPE before it")
        pairs = self.labels(labels, number)
        key = (name, pairs)
        if key in self.samples:
            self.errors.append(f"line {number}: a second sample of {name}{{{labels}}}")
        try:
            self.samples[key] = float(value)
        except ValueError:
            self.errors.append(f"line {number}: {value!r} is no number")
            return
        if self.openmetrics and self.types.get(family) == "counter":
            if name == family:
                self.errors.append(f"line {number}: the counter {name} does not end in _total")
        if self.types.get(family) == "counter" and not self.samples[key] >= 0:
            self.errors.append(f"line {number}: the counter {name} is {value}")

    def labels(self, text: str, number: int) -> tuple:
        pairs, position = [], 0
        while position < len(text):
            label = _LABEL.match(text, position)
            if not label:
                self.errors.append(f"line {number}: labels that cannot be read: {text[position:]!r}")
                break
            raw = label.group(2)
            pairs.append((label.group(1), re.sub(r"\\(.)", lambda m: {"n": "\n"}.get(m[1], m[1]), raw)))
            position = label.end()
        names = [name for name, _ in pairs]
        if len(set(names)) != len(names):
            self.errors.append(f"line {number}: a label twice: {text!r}")
        if "le" in names and self.openmetrics:
            bound = dict(pairs)["le"]
            if bound != "+Inf" and not re.fullmatch(r"-?[0-9]+\.[0-9]+(e[+-]?[0-9]+)?|-?[0-9](\.[0-9]+)?e[+-]?[0-9]+", bound):
                self.errors.append(f"line {number}: le={bound!r} is not in the canonical form")
        return tuple(sorted(pairs))

    def family_of(self, name: str) -> str:
        if name in self.types and (not self.openmetrics or self.types[name] not in _SUFFIXES):
            return name
        for suffix in ["_total", "_created", "_bucket", "_count", "_sum", "_info"]:
            base = name.removesuffix(suffix)
            if base != name and suffix in _SUFFIXES.get(self.types.get(base, ""), []):
                return base
        return name

    def enter(self, family: str, number: int) -> None:
        if family == self.family:
            return
        if family in self.finished:
            self.errors.append(f"line {number}: {family} goes on after another family began")
        if self.family is not None:
            self.finished.add(self.family)
        self.family = family

    def check_histograms(self) -> None:
        buckets: dict = {}
        for (name, pairs), value in self.samples.items():
            base = name.removesuffix("_bucket")
            if base != name and self.types.get(base) == "histogram":
                labels = dict(pairs)
                bound = labels.pop("le", None)
                if bound is None:
                    self.errors.append(f"a bucket of {base} without le")
                    continue
                buckets.setdefault((base, tuple(sorted(labels.items()))), []).append((float(bound), value))
        for (base, labels), series in buckets.items():
            bounds = [bound for bound, _ in series]
            counts = [count for _, count in series]
            if bounds != sorted(set(bounds)):
                self.errors.append(f"the bounds of {base}{dict(labels)} do not ascend: {bounds}")
            if counts != sorted(counts):
                self.errors.append(f"the buckets of {base}{dict(labels)} fall: {counts}")
            if not math.isinf(bounds[-1]):
                self.errors.append(f"{base}{dict(labels)} has no bucket +Inf")
            count = self.samples.get((f"{base}_count", labels))
            if self.openmetrics and bounds[0] < 0:
                # OpenMetrics 1.0, "Histogram": with negative buckets there is no sum, and so no count.
                if count is not None or (f"{base}_sum", labels) in self.samples:
                    self.errors.append(f"{base}{dict(labels)} has negative buckets, and a _sum or _count")
                continue
            if count != counts[-1]:
                self.errors.append(f"{base}{dict(labels)}: +Inf is {counts[-1]}, _count is {count}")
            if (f"{base}_sum", labels) not in self.samples:
                self.errors.append(f"{base}{dict(labels)} has no _sum")
