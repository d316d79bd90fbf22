/// Reads attributes in their encoded form without copying them.
///
/// Bytes that are not well formed end the walk; nothing is read past the buffer.
package struct AttributeReader {
    /// One value, where it stands.
    package enum Value {
        case string(UnsafeRawBufferPointer)
        case bool(Bool)
        case int(Int64)
        case double(Double)
        /// The body of an `ArrayValue`.
        case array(UnsafeRawBufferPointer)
    }

    private let buffer: UnsafeRawBufferPointer
    private var position = 0

    /// Reads `bytes`, which must stay where they are while the reader is in use.
    @inlinable
    package init(_ bytes: UnsafeRawBufferPointer) {
        self.init(buffer: bytes)
    }

    @usableFromInline
    init(buffer: UnsafeRawBufferPointer) {
        self.buffer = buffer
    }

    /// The next attribute, or nil at the end.
    package mutating func next() -> (key: UnsafeRawBufferPointer, value: Value)? {
        guard position < buffer.count else { return nil }
        position += 1
        guard let body = delimited() else { return nil }
        var inner = AttributeReader(buffer: body)
        guard inner.byte() == 0x0a, let key = inner.delimited(), inner.byte() == 0x12,
            let any = inner.delimited()
        else { return nil }
        var reader = AttributeReader(buffer: any)
        guard let value = reader.value() else { return nil }
        return (key, value)
    }

    /// All attributes of `bytes`, copied out.
    package static func attributes(in bytes: UnsafeRawBufferPointer) -> [Attribute] {
        var reader = AttributeReader(bytes)
        var list: [Attribute] = []
        while let (key, value) = reader.next() {
            list.append(Attribute(String(decoding: key, as: UTF8.self), AttributeValue(value)))
        }
        return list
    }

    /// The elements of an `ArrayValue` body.
    package static func elements(in bytes: UnsafeRawBufferPointer) -> [Value] {
        var reader = AttributeReader(bytes)
        var list: [Value] = []
        while reader.position < bytes.count {
            guard reader.byte() == 0x0a, let any = reader.delimited() else { break }
            var inner = AttributeReader(buffer: any)
            guard let value = inner.value() else { break }
            list.append(value)
        }
        return list
    }

    private mutating func byte() -> UInt8? {
        guard position < buffer.count else { return nil }
        defer { position += 1 }
        return buffer[position]
    }

    private mutating func varint() -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while shift < 64, let next = byte() {
            value |= UInt64(next & 0x7f) << shift
            if next < 0x80 { return value }
            shift += 7
        }
        return nil
    }

    private mutating func delimited() -> UnsafeRawBufferPointer? {
        guard let length = varint(), length <= UInt64(buffer.count - position) else {
            position = buffer.count
            return nil
        }
        defer { position += Int(length) }
        return UnsafeRawBufferPointer(rebasing: buffer[position..<(position + Int(length))])
    }

    private mutating func value() -> Value? {
        switch byte() {
        case 0x0a: return delimited().map(Value.string)
        case 0x10: return varint().map { .bool($0 != 0) }
        case 0x18: return varint().map { .int(Int64(bitPattern: $0)) }
        case 0x21:
            guard position + 8 <= buffer.count else { return nil }
            let bits = buffer.loadUnaligned(fromByteOffset: position, as: UInt64.self)
            return .double(Double(bitPattern: UInt64(littleEndian: bits)))
        case 0x2a: return delimited().map(Value.array)
        default: return nil
        }
    }
}

extension AttributeValue {
    /// Copies a value out of its encoded form; an array takes the type of its first element.
    package init(_ value: AttributeReader.Value) {
        switch value {
        case .string(let bytes): self = .string(String(decoding: bytes, as: UTF8.self))
        case .bool(let flag): self = .bool(flag)
        case .int(let number): self = .int(number)
        case .double(let number): self = .double(number)
        case .array(let bytes):
            let elements = AttributeReader.elements(in: bytes).map(AttributeValue.init)
            switch elements.first {
            case .bool: self = .bools(elements.compactMap { if case .bool(let x) = $0 { x } else { nil } })
            case .int: self = .ints(elements.compactMap { if case .int(let x) = $0 { x } else { nil } })
            case .double:
                self = .doubles(elements.compactMap { if case .double(let x) = $0 { x } else { nil } })
            default:
                self = .strings(elements.compactMap { if case .string(let x) = $0 { x } else { nil } })
            }
        }
    }
}
