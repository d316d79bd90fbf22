"""The bytes of protocol buffers as they came, field by field.

A message that was read and is written again has its fields in the order of their numbers and each number in its
shortest form. Bytes that are the same but for the order of fields were well written; that an order is kept nobody asks.
"""

# Messages that the library writes in another order: the attributes of a point of a histogram come last, and those of
# a log record behind its name and its times.
OTHER_ORDER = {"HistogramDataPoint", "ExponentialHistogramDataPoint", "LogRecord"}


def in_order(body: bytes, descriptor) -> tuple[bytes, set[str]]:
    """The bytes with the fields of every message in order, and the names of messages that had another order."""
    fields, others, place = [], set(), 0
    while place < len(body):
        start = place
        key, place = _varint(body, place)
        number, kind = key >> 3, key & 7
        if kind == 0:
            _, place = _varint(body, place)
        elif kind == 1:
            place += 8
        elif kind == 5:
            place += 4
        elif kind == 2:
            length, content = _varint(body, place)
            place = content + length
            field = descriptor.fields_by_number.get(number)
            if field is not None and field.message_type is not None:
                inner, inner_others = in_order(body[content:place], field.message_type)
                others |= inner_others
                fields.append((number, body[start:content] + inner))
                continue
        else:
            raise ValueError(f"wire type {kind} in {descriptor.name}")
        fields.append((number, body[start:place]))
    if any(before > after for (before, _), (after, _) in zip(fields, fields[1:])):
        others.add(descriptor.name)
    # Fields of one number keep their order.
    return b"".join(bytes_ for _, bytes_ in sorted(fields, key=lambda field: field[0])), others


def _varint(body: bytes, place: int) -> tuple[int, int]:
    """The number at a place, and where it ends."""
    value = shift = 0
    while True:
        byte = body[place]
        value |= (byte & 0x7F) << shift
        place, shift = place + 1, shift + 7
        if byte < 0x80:
            return value, place
