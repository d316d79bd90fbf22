/// Where the time of a signature stands, its form, and how old it may be.
package struct SignatureTimestamp: Sendable, Hashable {
    /// Where it stands.
    enum Place: Sendable, Hashable {
        /// In a header of its own.
        case header(HeaderName)
        /// In the signature's header, behind a prefix of its own such as `t=`.
        case prefix(String)
    }

    /// The longest tolerance, in seconds.
    package static let longestTolerance: UInt64 = 86_400

    let place: Place
    let format: TimeFormat
    /// How far the time may be from the receiver's clock, in seconds, both ways.
    let tolerance: UInt64
}

extension SignatureTimestamp: Codable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case header, prefix, format, tolerance
    }

    package init(from decoder: any Decoder) throws {
        try decoder.refuseStrangers(to: CodingKeys.self)
        let container = try decoder.container(keyedBy: CodingKeys.self)
        switch (
            try container.decodeIfPresent(HeaderName.self, forKey: .header),
            try container.decodeIfPresent(String.self, forKey: .prefix)
        ) {
        case (let name?, nil):
            place = .header(name)
        case (nil, let prefix?):
            guard SignatureOptions.isPrefix(prefix), !prefix.isEmpty else {
                throw decoder.refusal(of: CodingKeys.prefix, SignatureOptions.prefixRule)
            }
            place = .prefix(prefix)
        default:
            throw decoder.refusal("needs one of header and prefix")
        }
        format = try container.decodeIfPresent(TimeFormat.self, forKey: .format) ?? .unix
        let text = try container.decodeIfPresent(String.self, forKey: .tolerance) ?? "5m"
        guard let seconds = Self.seconds(text), 1...Self.longestTolerance ~= seconds else {
            throw decoder.refusal(
                of: CodingKeys.tolerance,
                "'\(text.line(limit: 64))' is not a time of 1s to 24h; write a whole number with s, m or h")
        }
        tolerance = seconds
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch place {
        case .header(let name): try container.encode(name, forKey: .header)
        case .prefix(let prefix): try container.encode(prefix, forKey: .prefix)
        }
        try container.encode(format, forKey: .format)
        try container.encode("\(tolerance)s", forKey: .tolerance)
    }

    private static func seconds(_ text: String) -> UInt64? {
        let units: [Character: UInt64] = ["s": 1, "m": 60, "h": 3_600]
        guard let last = text.last, let unit = units[last] else { return nil }
        let digits = text.dropLast().utf8
        guard 1...6 ~= digits.count, digits.allSatisfy({ 0x30...0x39 ~= $0 }) else { return nil }
        return digits.reduce(0) { $0 * 10 + UInt64($1 - 0x30) } * unit
    }
}
