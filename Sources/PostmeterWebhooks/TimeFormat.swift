import PostmeterModel

/// How a platform writes an instant.
package enum TimeFormat: String, Sendable, Hashable, CaseIterable, Codable {
    /// `2026-01-31T09:30:00.125Z`, or with an offset.
    case rfc3339
    /// Seconds since 1970, whole or not, as a number or in a string.
    case unix
    /// Milliseconds since 1970, likewise.
    case unixMilliseconds = "unix_ms"

    /// Numbers below this instant are of another unit: no platform tells of mail before 2000.
    private static let least = 946_684_800.0
    /// Numbers above it too.
    private static let greatest = 18_000_000_000.0

    package init(from decoder: any Decoder) throws {
        let word = try decoder.singleValueContainer().decode(String.self)
        guard let format = Self(rawValue: word) else {
            let known = Self.allCases.map { $0.rawValue }.joined(separator: ", ")
            throw decoder.refusal("'\(word.line(limit: 64))' is not a form of time; known: \(known)")
        }
        self = format
    }

    /// What such a time looks like, for a sentence.
    var example: String {
        switch self {
        case .rfc3339: "a time such as 2026-01-31T09:30:00.125Z"
        case .unix: "a number of seconds since 1970, from the year 2000 on"
        case .unixMilliseconds: "a number of milliseconds since 1970, from the year 2000 on"
        }
    }

    /// The instant of a value; nil when it is none in this form.
    func instant(of value: JSONValue) -> UnixTime? {
        if let text = value.utf8 { return instant(of: text) }
        guard self != .rfc3339, let number = value.double else { return nil }
        return instant(ofNumber: number)
    }

    /// The instant of a text.
    func instant(of text: UnsafeBufferPointer<UInt8>) -> UnixTime? {
        guard self != .rfc3339 else { return InternetTime.parse(text) }
        // Digits, and digits behind a point: nothing of what else is a number in Swift.
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard 1...2 ~= parts.count, text.count <= 32,
            parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy { 0x30...0x39 ~= $0 } })
        else { return nil }
        return Double(String(decoding: text, as: UTF8.self)).flatMap(instant(ofNumber:))
    }

    private func instant(ofNumber number: Double) -> UnixTime? {
        let seconds = self == .unix ? number : number / 1_000
        guard Self.least...Self.greatest ~= seconds else { return nil }
        // A double holds microseconds of a present instant, and no more.
        return UnixTime(nanoseconds: UInt64((seconds * 1e6).rounded()) * 1_000)
    }
}
