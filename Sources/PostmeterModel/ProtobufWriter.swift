/// Appends protocol buffer fields to bytes: what attributes and span bodies are pre-encoded with.
///
/// Source: protocol buffers encoding guide, "Message Structure".
package struct ProtobufWriter: Sendable {
    /// What has been written.
    package var bytes: [UInt8] = []

    package init() {}

    /// The bytes that a varint takes: 1 to 10.
    @inlinable
    package static func varintLength(_ value: UInt64) -> Int {
        (70 - (value | 1).leadingZeroBitCount) / 7
    }

    package mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    package mutating func fixed64(_ value: UInt64) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    package mutating func fixed32(_ value: UInt32) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    /// A length-delimited field of text.
    package mutating func string(_ value: String, tag: UInt8) {
        bytes.append(tag)
        varint(UInt64(value.utf8.count))
        bytes.append(contentsOf: value.utf8)
    }

    /// A `KeyValue` message (key 1, value 2) as a field with this tag.
    package mutating func append(_ attribute: Attribute, tag: UInt8) {
        let keyLength = attribute.key.utf8.count
        let valueLength = Self.length(of: attribute.value)
        let length =
            1 + Self.varintLength(UInt64(keyLength)) + keyLength
            + 1 + Self.varintLength(UInt64(valueLength)) + valueLength
        bytes.append(tag)
        varint(UInt64(length))
        string(attribute.key, tag: 0x0a)
        bytes.append(0x12)
        varint(UInt64(valueLength))
        append(attribute.value)
    }

    /// The body of an `AnyValue` message: exactly one field.
    package mutating func append(_ value: AttributeValue) {
        switch value {
        case .string(let text):
            string(text, tag: 0x0a)
        case .bool(let flag):
            bytes.append(0x10)
            bytes.append(flag ? 1 : 0)
        case .int(let number):
            bytes.append(0x18)
            varint(UInt64(bitPattern: number))
        case .double(let number):
            bytes.append(0x21)
            fixed64(number.bitPattern)
        case .strings(let list):
            append(list.map(AttributeValue.string))
        case .bools(let list):
            append(list.map(AttributeValue.bool))
        case .ints(let list):
            append(list.map(AttributeValue.int))
        case .doubles(let list):
            append(list.map(AttributeValue.double))
        }
    }

    /// `AnyValue.array_value`: an `ArrayValue` with one field 1 a value.
    private mutating func append(_ list: [AttributeValue]) {
        bytes.append(0x2a)
        varint(UInt64(Self.length(of: list)))
        for value in list {
            bytes.append(0x0a)
            varint(UInt64(Self.length(of: value)))
            append(value)
        }
    }

    /// The length of an `AnyValue` body.
    private static func length(of value: AttributeValue) -> Int {
        switch value {
        case .string(let text):
            let length = text.utf8.count
            return 1 + varintLength(UInt64(length)) + length
        case .bool: return 2
        case .int(let number): return 1 + varintLength(UInt64(bitPattern: number))
        case .double: return 9
        case .strings(let list): return arrayLength(list.map(AttributeValue.string))
        case .bools(let list): return arrayLength(list.map(AttributeValue.bool))
        case .ints(let list): return arrayLength(list.map(AttributeValue.int))
        case .doubles(let list): return arrayLength(list.map(AttributeValue.double))
        }
    }

    private static func arrayLength(_ list: [AttributeValue]) -> Int {
        let length = length(of: list)
        return 1 + varintLength(UInt64(length)) + length
    }

    private static func length(of list: [AttributeValue]) -> Int {
        list.reduce(0) { sum, value in
            let length = length(of: value)
            return sum + 1 + varintLength(UInt64(length)) + length
        }
    }
}
