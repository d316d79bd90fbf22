import PostmeterModel

// Attributes of the span: field 9, a `KeyValue` of key (1) and `AnyValue` (2).
extension SpanSlot {
    @inline(__always)
    func set(_ key: String, _ value: String) {
        if header.pointee.marks.contains(.readsWords), let key = TextView(key), let value = TextView(value) {
            append(key, value)
        } else {
            setSlowly(key, value)
        }
    }

    @inline(__always)
    func set(_ key: String, _ value: Int64) {
        let bits = UInt64(bitPattern: value)
        if header.pointee.marks.contains(.readsWords), let key = TextView(key) {
            appendInteger(key, bits)
        } else {
            var text = key
            text.withUTF8 { appendInteger(TextView(UnsafeRawBufferPointer($0)), bits) }
        }
    }

    @inline(__always)
    func set(_ key: String, _ value: Double) {
        if header.pointee.marks.contains(.readsWords), let key = TextView(key) {
            appendDouble(key, value)
        } else {
            var text = key
            text.withUTF8 { appendDouble(TextView(UnsafeRawBufferPointer($0)), value) }
        }
    }

    @inline(__always)
    func set(_ key: String, _ value: Bool) {
        if header.pointee.marks.contains(.readsWords), let key = TextView(key) {
            appendBool(key, value)
        } else {
            var text = key
            text.withUTF8 { appendBool(TextView(UnsafeRawBufferPointer($0)), value) }
        }
    }

    /// A list: encoded apart, then copied.
    func set(_ key: String, list value: AttributeValue) {
        var writer = ProtobufWriter()
        writer.append(value)
        var text = key
        text.withUTF8 { key in
            writer.bytes.withUnsafeBytes { bytes in
                let key = TextView(UnsafeRawBufferPointer(key))
                if header.pointee.keys & key.bits == key.bits {
                    removeAttribute(key)
                }
                guard let place = appendKey(key, valueLength: bytes.count) else { return }
                TextView(bytes).copy(to: place)
            }
        }
    }

    @inline(never)
    private func setSlowly(_ key: String, _ value: String) {
        var key = key
        var value = value
        key.withUTF8 { key in
            value.withUTF8 { value in
                append(TextView(UnsafeRawBufferPointer(key)), TextView(UnsafeRawBufferPointer(value)))
            }
        }
    }

    @inline(__always)
    private func append(_ key: TextView, _ value: TextView) {
        if let place = appendShortKey(key, valueLength: 2 &+ value.count) {
            place.storeBytes(of: 0x0a | UInt16(truncatingIfNeeded: value.count) << 8, as: UInt16.self)
            value.copy(to: place + 2)
        } else {
            let length = 1 + Self.varintLength(value.count) + value.count
            guard let place = appendKey(key, valueLength: length) else { return }
            place.storeBytes(of: 0x0a, as: UInt8.self)
            value.copy(to: Self.writeVarint(UInt64(value.count), at: place + 1))
        }
    }

    @inline(__always)
    private func appendInteger(_ key: TextView, _ bits: UInt64) {
        let length = 1 &+ ProtobufWriter.varintLength(bits)
        guard let place = appendShortKey(key, valueLength: length) ?? appendKey(key, valueLength: length)
        else { return }
        place.storeBytes(of: 0x18, as: UInt8.self)
        _ = Self.writeVarint(bits, at: place + 1)
    }

    @inline(__always)
    private func appendDouble(_ key: TextView, _ value: Double) {
        guard let place = appendShortKey(key, valueLength: 9) ?? appendKey(key, valueLength: 9) else {
            return
        }
        place.storeBytes(of: 0x21, as: UInt8.self)
        place.storeBytes(of: value.bitPattern.littleEndian, toByteOffset: 1, as: UInt64.self)
    }

    @inline(__always)
    private func appendBool(_ key: TextView, _ value: Bool) {
        guard let place = appendShortKey(key, valueLength: 2) ?? appendKey(key, valueLength: 2) else {
            return
        }
        place.storeBytes(of: value ? 0x0110 : 0x0010, as: UInt16.self)
    }

    /// What ``appendKey(_:valueLength:)`` does, for the attributes that nearly all are: within the limits,
    /// and so short that each of the three lengths is one byte.
    ///
    /// Nil, and nothing written, for others.
    @inline(__always)
    private func appendShortKey(_ key: TextView, valueLength: Int) -> UnsafeMutableRawPointer? {
        let inner = 4 &+ key.count &+ valueLength
        let bits = key.bits
        if header.pointee.keys & bits == bits {
            removeAttribute(key)
        }
        let used = Int(header.pointee.used)
        guard inner < 0x80, used &+ inner <= Self.bodyLimit - Self.reserve - 2,
            header.pointee.attributes < Self.countLimit, key.count != 0
        else { return nil }
        header.pointee.keys |= bits
        header.pointee.attributes &+= 1
        header.pointee.used = UInt16(truncatingIfNeeded: used &+ inner &+ 2)
        let place = body + used
        let head = UInt32(AttributeField.span.tag) | 0x0a << 16
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
    private func appendKey(_ key: TextView, valueLength: Int) -> UnsafeMutableRawPointer? {
        let inner =
            2 + Self.varintLength(key.count) + key.count + Self.varintLength(valueLength) + valueLength
        let whole = 1 + Self.varintLength(inner) + inner
        guard header.pointee.attributes < Self.countLimit, key.count > 0, let begin = room(for: whole) else {
            header.pointee.droppedAttributes = Self.increment(header.pointee.droppedAttributes)
            return nil
        }
        header.pointee.keys |= key.bits
        header.pointee.attributes += 1
        header.pointee.used += UInt16(whole)
        begin.storeBytes(of: AttributeField.span.tag, as: UInt8.self)
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
    private func removeAttribute(_ key: TextView) {
        var offset = Int(header.pointee.startOffset) + 17
        let end = Int(header.pointee.used)
        while offset < end {
            let (length, start) = Self.readVarint(at: body + offset + 1)
            let next = UnsafeRawPointer(body).distance(to: start) + length
            if body.load(fromByteOffset: offset, as: UInt8.self) == AttributeField.span.tag {
                let (keyLength, keyStart) = Self.readVarint(at: start + 1)
                if key.equals(UnsafeRawBufferPointer(start: keyStart, count: keyLength)) {
                    remove(offset..<next)
                    header.pointee.attributes -= 1
                    return
                }
            }
            offset = next
        }
    }
}
