/// Writes messages of protobuf as JSON, by the tables of ``JSONMessage``.
struct JSONWriter {
    /// The deepest nesting that is written; values of attributes can be nested.
    private static let depthLimit = 64

    private(set) var bytes: [UInt8] = []

    /// Writes a message; fields that are not in its table are left out.
    mutating func write(_ message: JSONMessage, _ body: ArraySlice<UInt8>, depth: Int) throws(WireDamage) {
        guard depth < Self.depthLimit else { throw WireDamage() }
        bytes.append(UInt8(ascii: "{"))
        var isFirst = true
        for field in message.fields {
            let values = try Self.values(of: field.number, in: body)
            guard let last = values.last else { continue }
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            text(field.name)
            bytes.append(UInt8(ascii: ":"))
            if field.isRepeated {
                bytes.append(UInt8(ascii: "["))
                var isFirstValue = true
                for value in values {
                    try element(field.kind, value, isFirst: &isFirstValue, depth: depth)
                }
                bytes.append(UInt8(ascii: "]"))
            } else {
                try write(field.kind, last, depth: depth)
            }
        }
        bytes.append(UInt8(ascii: "}"))
    }

    private static func values(
        of number: Int, in body: ArraySlice<UInt8>
    ) throws(WireDamage) -> [WireReader.Value] {
        var reader = WireReader(body)
        var values: [WireReader.Value] = []
        while let field = try reader.next() {
            if field.number == number { values.append(field.value) }
        }
        return values
    }

    /// One occurrence of a repeated field: a value, or numbers in a row.
    private mutating func element(
        _ kind: JSONField.Kind, _ value: WireReader.Value, isFirst: inout Bool, depth: Int
    ) throws(WireDamage) {
        func separate(_ writer: inout JSONWriter) {
            if !isFirst { writer.bytes.append(UInt8(ascii: ",")) }
            isFirst = false
        }
        guard case .bytes(let packed) = value, let next = kind.unpacked else {
            separate(&self)
            return try write(kind, value, depth: depth)
        }
        var reader = WireReader(packed)
        while !reader.isAtEnd {
            separate(&self)
            try write(kind, try next(&reader), depth: depth)
        }
    }

    private mutating func write(
        _ kind: JSONField.Kind, _ value: WireReader.Value, depth: Int
    ) throws(WireDamage) {
        switch (kind, value) {
        case (.number, .varint(let number)): raw("\(UInt32(truncatingIfNeeded: number))")
        case (.number, .fixed32(let number)): raw("\(number)")
        case (.signedZigzag32, .varint(let number)):
            let bits = UInt32(truncatingIfNeeded: number)
            raw("\(Int32(bitPattern: (bits >> 1) ^ (0 &- (bits & 1))))")
        case (.variable64, .varint(let number)), (.unsigned64, .fixed64(let number)): raw("\"\(number)\"")
        case (.signed64, .varint(let number)), (.signed64, .fixed64(let number)):
            raw("\"\(Int64(bitPattern: number))\"")
        case (.double, .fixed64(let bits)): double(Double(bitPattern: bits))
        case (.flag, .varint(let number)): raw(number == 0 ? "false" : "true")
        case (.text, .bytes(let value)): text(String(decoding: value, as: UTF8.self))
        case (.bytes, .bytes(let value)): raw("\"\(Self.base64(value))\"")
        case (.identifier, .bytes(let value)): raw("\"\(Self.hexadecimal(value))\"")
        case (.message(let message), .bytes(let body)): try write(message, body, depth: depth + 1)
        default: throw WireDamage()
        }
    }

    private mutating func raw(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    /// Numbers that JSON cannot say are texts.
    private mutating func double(_ value: Double) {
        if value.isNaN {
            raw("\"NaN\"")
        } else if value.isInfinite {
            raw(value < 0 ? "\"-Infinity\"" : "\"Infinity\"")
        } else {
            raw("\(value)")
        }
    }

    /// Source: RFC 8259, section 7.
    private mutating func text(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case UInt8(ascii: "\n"): raw("\\n")
            case 0..<0x20: raw("\\u00" + Self.hexadecimal(CollectionOfOne(byte)))
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func hexadecimal(_ bytes: some Collection<UInt8>) -> String {
        let digits = Array("0123456789abcdef")
        return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }

    /// Source: RFC 4648, section 4.
    private static func base64(_ bytes: ArraySlice<UInt8>) -> String {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var text = ""
        var rest = bytes
        while !rest.isEmpty {
            let group = rest.prefix(3)
            rest = rest.dropFirst(3)
            let bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << (8 * UInt32(3 - group.count))
            for place in 0..<4 {
                text.append(place > group.count ? "=" : digits[Int(bits >> (18 - 6 * UInt32(place)) & 63)])
            }
        }
        return text
    }
}

extension JSONField.Kind {
    /// How one of several numbers in a row is read; nil for what does not stand in a row.
    fileprivate var unpacked: ((inout WireReader) throws(WireDamage) -> WireReader.Value)? {
        switch self {
        case .double, .unsigned64: { (reader) throws(WireDamage) in .fixed64(try reader.fixed64()) }
        case .variable64: { (reader) throws(WireDamage) in .varint(try reader.varint()) }
        default: nil
        }
    }
}
