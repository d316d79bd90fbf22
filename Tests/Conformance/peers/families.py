"""A reader of the protobuf exposition: messages io.prometheus.client.MetricFamily, each behind its length.

It reads the wire itself, so that nothing is forgiven: an unknown field or wire type is an error.
"""

import struct

from .exposition import Exposition

_TYPES = {0: "counter", 1: "gauge", 4: "histogram"}


def parse(data: bytes) -> Exposition:
    """Reads an exposition; samples are named as in the text form, `le` as OpenMetrics spells it."""
    samples: dict = {}
    types: dict = {}
    errors: list = []
    position = 0
    while position < len(data):
        length, position = _varint(data, position)
        if position + length > len(data):
            errors.append("the last message is cut short")
            break
        family = _fields(data[position : position + length])
        position += length
        name = _text(family, 1)
        if name in types:
            errors.append(f"a second family {name}")
        if set(family) - {1, 2, 3, 4, 5}:
            errors.append(f"{name} has unknown fields: {sorted(family)}")
        kind = types[name] = _TYPES.get(family.get(3, [0])[0], "unknown")
        unit = _text(family, 5)
        if unit and not name.removesuffix("_total").endswith(f"_{unit}"):
            errors.append(f"the unit {unit} is not the end of {name}")
        for metric in family.get(4, []):
            _read_metric(_fields(metric), name, kind, samples, errors)
    return Exposition(samples, types, errors)


def _read_metric(metric: dict, name: str, kind: str, samples: dict, errors: list) -> None:
    pairs = [(_text(_fields(pair), 1), _text(_fields(pair), 2)) for pair in metric.get(1, [])]
    if len({key for key, _ in pairs}) != len(pairs):
        errors.append(f"a label twice: {name}{pairs}")

    def add(suffix: str, value: float, *more: tuple) -> None:
        key = (name + suffix, tuple(sorted([*pairs, *more])))
        if key in samples:
            errors.append(f"a second sample of {key}")
        samples[key] = value

    if kind in ("counter", "gauge"):
        add("", _double(_fields(metric[3 if kind == "counter" else 2][0]), 1))
        return
    histogram = _fields(metric[7][0])
    count, buckets = histogram.get(1, [0])[0], [_fields(bucket) for bucket in histogram.get(3, [])]
    bounds = [_double(bucket, 2) for bucket in buckets]
    counts = [bucket.get(1, [0])[0] for bucket in buckets]
    if bounds != sorted(set(bounds)) or counts != sorted(counts) or counts[-1] != count:
        errors.append(f"the buckets of {name}{pairs} do not ascend to its count {count}: {bounds}, {counts}")
    add("_count", count)
    add("_sum", _double(histogram, 2))
    for bound, value in zip(bounds, counts):
        add("_bucket", value, ("le", "+Inf" if bound == float("inf") else f"{bound}"))


def _fields(message: bytes) -> dict:
    fields: dict = {}
    position = 0
    while position < len(message):
        tag, position = _varint(message, position)
        number, wire = tag >> 3, tag & 7
        if wire == 0:
            value, position = _varint(message, position)
        elif wire == 1:
            value, position = message[position : position + 8], position + 8
        elif wire == 2:
            length, position = _varint(message, position)
            value, position = message[position : position + length], position + length
        else:
            raise ValueError(f"wire type {wire}")
        if position > len(message):
            raise ValueError("a field is cut short")
        fields.setdefault(number, []).append(value)
    return fields


def _varint(data: bytes, position: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[position]
        value |= (byte & 0x7F) << shift
        position, shift = position + 1, shift + 7
        if byte < 0x80:
            return value, position


def _text(fields: dict, number: int) -> str:
    return fields.get(number, [b""])[0].decode()


def _double(fields: dict, number: int) -> float:
    return struct.unpack("<d", fields[number][0])[0] if number in fields else 0.0
