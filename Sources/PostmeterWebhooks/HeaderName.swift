/// The name of a header of a request, in lower case.
package struct HeaderName: Sendable, Hashable, Codable {
    let text: String

    package init(from decoder: any Decoder) throws {
        let name = try decoder.singleValueContainer().decode(String.self)
        guard 1...64 ~= name.utf8.count, name.utf8.allSatisfy(Self.isToken) else {
            throw decoder.refusal(
                "'\(name.line(limit: 64))' is not the name of a header, such as X-Signature")
        }
        text = name.lowercased()
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    /// Whether a byte may stand in a name: RFC 9110, section 5.6.2.
    private static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
