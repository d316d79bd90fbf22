import PostmeterModel

// Attributes: a `KeyValue` of key (1) and `AnyValue` (2), in field 9 of a span and field 6 of a log record.
//
// `field` is a literal of the caller's, so that it costs nothing where a function is inlined.
extension RecordSlot {
    @inline(__always)
    func set(_ key: String, _ value: String, as field: AttributeField) {
        if header.pointee.marks.contains(.readsWords), let key = TextView(key), let value = TextView(value) {
            append(key, value, as: field)
        } else {
            setSlowly(key, value, as: field)
        }
    }

    @inline(__always)
    func set(_ key: String, _ value: Int64, as field: AttributeField) {
        let bits = UInt64(bitPattern: value)
        if header.pointee.marks.contains(.readsWords), let key = TextView(key) {
            appendInteger(key, bits, as: field)
        } else {
            var text = key
            text.withUTF8 { appendInteger(TextView(UnsafeRawBufferPointer($0)), bits, as: field) }
        }
    }

    @inline(__always)
    func set(_ key: String, _ value: Double, as field: AttributeField) {
        if header.pointee.marks.contains(.readsWords), let key = TextView(key) {
            appendDouble(key, value, as: field)
        } else {
            var text = key
            text.withUTF8 { appendDouble(TextView(UnsafeRawBufferPointer($0)), value, as: field) }
        }
    }

    @inline(__always)
    func set(_ key: String, _ value: Bool, as field: AttributeField) {
        if header.pointee.marks.contains(.readsWords), let key = TextView(key) {
            appendBool(key, value, as: field)
        } else {
            var text = key
            text.withUTF8 { appendBool(TextView(UnsafeRawBufferPointer($0)), value, as: field) }
        }
    }

    func set(_ attribute: Attribute, as field: AttributeField) {
        switch attribute.value {
        case .string(let value): set(attribute.key, value, as: field)
        case .int(let value): set(attribute.key, value, as: field)
        case .double(let value): set(attribute.key, value, as: field)
        case .bool(let value): set(attribute.key, value, as: field)
        case .strings, .ints, .doubles, .bools: set(attribute.key, list: attribute.value, as: field)
        }
    }

    /// A list: encoded apart, then copied.
    func set(_ key: String, list value: AttributeValue, as field: AttributeField) {
        var writer = ProtobufWriter()
        writer.append(limits.cut(value))
        var text = key
        text.withUTF8 { key in
            writer.bytes.withUnsafeBytes { bytes in
                let key = TextView(UnsafeRawBufferPointer(key))
                if header.pointee.keys & key.bits == key.bits {
                    removeAttribute(key, of: field)
                }
                guard let place = appendKey(key, valueLength: bytes.count, as: field) else { return }
                TextView(bytes).copy(to: place)
            }
        }
    }

    @inline(never)
    private func setSlowly(_ key: String, _ value: String, as field: AttributeField) {
        var key = key
        var value = value
        key.withUTF8 { key in
            value.withUTF8 { value in
                let value = TextView(UnsafeRawBufferPointer(value)).cut(to: Int(limits.valueLength))
                append(TextView(UnsafeRawBufferPointer(key)), value, as: field)
            }
        }
    }

    @inline(__always)
    private func append(_ key: TextView, _ value: TextView, as field: AttributeField) {
        if let place = appendShortKey(key, valueLength: 2 &+ value.count, as: field) {
            place.storeBytes(of: 0x0a | UInt16(truncatingIfNeeded: value.count) << 8, as: UInt16.self)
            value.copy(to: place + 2)
        } else {
            appendLong(key, value, as: field)
        }
    }

    /// A text that is long, or goes to a body on the heap.
    @inline(never)
    private func appendLong(_ key: TextView, _ value: TextView, as field: AttributeField) {
        let value = value.cut(to: Int(limits.valueLength))
        guard let place = appendKey(key, valueLength: Self.fieldLength(value.count), as: field) else {
            return
        }
        _ = Self.writeText(value, tag: 0x0a, at: place)
    }

    @inline(__always)
    private func appendInteger(_ key: TextView, _ bits: UInt64, as field: AttributeField) {
        let length = 1 &+ ProtobufWriter.varintLength(bits)
        guard
            let place = appendShortKey(key, valueLength: length, as: field)
                ?? appendKey(key, valueLength: length, as: field)
        else { return }
        place.storeBytes(of: 0x18, as: UInt8.self)
        _ = Self.writeVarint(bits, at: place + 1)
    }

    @inline(__always)
    private func appendDouble(_ key: TextView, _ value: Double, as field: AttributeField) {
        guard
            let place = appendShortKey(key, valueLength: 9, as: field)
                ?? appendKey(key, valueLength: 9, as: field)
        else {
            return
        }
        place.storeBytes(of: 0x21, as: UInt8.self)
        place.storeBytes(of: value.bitPattern.littleEndian, toByteOffset: 1, as: UInt64.self)
    }

    @inline(__always)
    private func appendBool(_ key: TextView, _ value: Bool, as field: AttributeField) {
        guard
            let place = appendShortKey(key, valueLength: 2, as: field)
                ?? appendKey(key, valueLength: 2, as: field)
        else {
            return
        }
        place.storeBytes(of: value ? 0x0110 : 0x0010, as: UInt16.self)
    }

    /// What ``appendKey(_:valueLength:as:)`` does, for the attributes that nearly all are: within the limits,
    /// and so short that each of the three lengths is one byte.
    ///
    /// Nil, and nothing written, for others.
    @inline(__always)
    private func appendShortKey(_ key: TextView, valueLength: Int, as field: AttributeField)
        -> UnsafeMutableRawPointer?
    {
        let inner = 4 &+ key.count &+ valueLength
        let bits = key.bits
        if header.pointee.keys & bits == bits {
            removeAttribute(key, of: field)
        }
        let used = Int(header.pointee.used)
        guard inner < 0x80, used &+ inner &+ 2 <= Int(header.pointee.shortEnd),
            header.pointee.attributes < header.pointee.attributeLimit, key.count != 0
        else { return nil }
        header.pointee.keys |= bits
        header.pointee.attributes &+= 1
        header.pointee.used = UInt16(truncatingIfNeeded: used &+ inner &+ 2)
        let place = inlineBody + used
        let head = UInt32(field.tag) | 0x0a << 16
        place.storeBytes(
            of: head | UInt32(truncatingIfNeeded: inner) << 8 | UInt32(truncatingIfNeeded: key.count) << 24,
            as: UInt32.self
        )
        key.copy(to: place + 4)
        let end = place + (4 &+ key.count)
        end.storeBytes(of: 0x12 | UInt16(truncatingIfNeeded: valueLength) << 8, as: UInt16.self)
        return end + 2
    }

    /// Writes everything of an attribute but its value, and returns the place for that; nil when the
    /// attribute does not fit, which is then counted.
    @inline(never)
    private func appendKey(_ key: TextView, valueLength: Int, as field: AttributeField)
        -> UnsafeMutableRawPointer?
    {
        let inner =
            2 + Self.varintLength(key.count) + key.count + Self.varintLength(valueLength) + valueLength
        let whole = 1 + Self.varintLength(inner) + inner
        guard header.pointee.attributes < header.pointee.attributeLimit, key.count > 0,
            let begin = room(for: whole)
        else {
            drop(\.droppedAttributes)
            return nil
        }
        header.pointee.keys |= key.bits
        header.pointee.attributes += 1
        header.pointee.used += UInt16(whole)
        begin.storeBytes(of: field.tag, as: UInt8.self)
        var place = Self.writeVarint(UInt64(inner), at: begin + 1)
        place.storeBytes(of: 0x0a, as: UInt8.self)
        place = Self.writeVarint(UInt64(key.count), at: place + 1)
        key.copy(to: place)
        place += key.count
        place.storeBytes(of: 0x12, as: UInt8.self)
        return Self.writeVarint(UInt64(valueLength), at: place + 1)
    }

    /// Takes the older value of a key out of the body, if there is one.
    @inline(never)
    private func removeAttribute(_ key: TextView, of field: AttributeField) {
        guard mayHold(key, of: field) else { return }
        var offset = Int(header.pointee.startOffset) + Self.timesLength
        let end = Int(header.pointee.used)
        while offset < end {
            let (length, start) = Self.readVarint(at: body + offset + 1)
            let next = UnsafeRawPointer(body).distance(to: start) + length
            if body.load(fromByteOffset: offset, as: UInt8.self) == field.tag {
                let (keyLength, keyStart) = Self.readVarint(at: start + 1)
                if key.equals(UnsafeRawBufferPointer(start: keyStart, count: keyLength)) {
                    replace(offset..<next, by: 0)
                    header.pointee.attributes -= 1
                    return
                }
            }
            offset = next
        }
    }

    /// Whether an attribute with this key can be there, by the filter, which then knows all so far.
    private func mayHold(_ key: TextView, of field: AttributeField) -> Bool {
        let tally = tally()
        let filter = filter
        if tally.pointee.filtered == 0 {
            filter.clear()
            tally.pointee.filtered = header.pointee.startOffset + UInt16(Self.timesLength)
        }
        var offset = Int(tally.pointee.filtered)
        let end = Int(header.pointee.used)
        while offset < end {
            let (length, start) = Self.readVarint(at: body + offset + 1)
            if body.load(fromByteOffset: offset, as: UInt8.self) == field.tag {
                let (keyLength, keyStart) = Self.readVarint(at: start + 1)
                filter.insert(TextView(UnsafeRawBufferPointer(start: keyStart, count: keyLength)))
            }
            offset = UnsafeRawPointer(body).distance(to: start) + length
        }
        tally.pointee.filtered = header.pointee.used
        return filter.mayHold(key)
    }
}
