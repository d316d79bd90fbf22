internal import NIOHTTP1

/// Header fields in the order of arrival; names compare without regard to ASCII case.
package struct HTTPHeaders: Sendable, ExpressibleByDictionaryLiteral {
    private(set) var fields: NIOHTTP1.HTTPHeaders

    package init() {
        fields = NIOHTTP1.HTTPHeaders()
    }

    init(_ fields: NIOHTTP1.HTTPHeaders) {
        self.fields = fields
    }

    package init(_ fields: [(name: String, value: String)]) {
        self.fields = NIOHTTP1.HTTPHeaders(fields.map { ($0.name, $0.value) })
    }

    package init(dictionaryLiteral elements: (String, String)...) {
        fields = NIOHTTP1.HTTPHeaders(elements)
    }

    /// The number of fields.
    package var count: Int { fields.count }

    /// The value of the first field of this name.
    package subscript(name: String) -> String? {
        fields.first(name: name)
    }

    /// The values of all fields of this name, each as it was sent.
    package func values(_ name: String) -> [String] {
        fields.compactMap { HTTPHeaders.isSame($0.name, name) ? $0.value : nil }
    }

    /// Whether a field of this name is there.
    package func contains(_ name: String) -> Bool {
        fields.contains(name: name)
    }

    /// Adds a field behind the others.
    package mutating func add(_ name: String, _ value: String) {
        fields.add(name: name, value: value)
    }

    /// Leaves one field of this name, with this value.
    package mutating func replace(_ name: String, with value: String) {
        fields.replaceOrAdd(name: name, value: value)
    }

    /// Calls `body` with each field in order.
    package func forEach(_ body: (_ name: String, _ value: String) throws -> Void) rethrows {
        for field in fields {
            try body(field.name, field.value)
        }
    }

    /// Whether two field names are the same one.
    static func isSame(_ left: String, _ right: String) -> Bool {
        guard left.utf8.count == right.utf8.count else {
            return false
        }
        return zip(left.utf8, right.utf8).allSatisfy { asciiLowercase($0) == asciiLowercase($1) }
    }

    private static func asciiLowercase(_ byte: UInt8) -> UInt8 {
        byte &- 0x41 < 26 ? byte | 0x20 : byte
    }
}

extension HTTPHeaders {
    /// Whether a name and value may stand in a message: the name a token, the value without CR, LF and NUL.
    ///
    /// What fails here could end a field early and begin another one. Source: RFC 9110, sections 5.1 and 5.5.
    static func isValid(name: String, value: String) -> Bool {
        !name.isEmpty && name.utf8.allSatisfy(isTokenByte)
            && value.utf8.allSatisfy { $0 != 0x0d && $0 != 0x0a && $0 != 0 }
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"),
            UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "^"), UInt8(ascii: "_"), UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
            true
        default:
            false
        }
    }
}
