/// A length of time as a person writes it in a file: `500ms`, `10s`, `5m`, `2h`, `8d`.
package struct TimeSpan: Sendable, Hashable, Comparable, Decodable, CustomStringConvertible {
    /// The length in nanoseconds.
    package let nanoseconds: UInt64

    package init(nanoseconds: UInt64) {
        self.nanoseconds = nanoseconds
    }

    package init(seconds: UInt64) {
        nanoseconds = seconds * 1_000_000_000
    }

    /// Reads a whole number with a unit; nil when it is not of that form or longer than 10 years.
    package init?(_ text: String) {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let units: [String: UInt64] = [
            "ms": 1_000_000, "s": 1_000_000_000, "m": 60_000_000_000, "h": 3_600_000_000_000,
            "d": 86_400_000_000_000,
        ]
        guard let number = UInt64(digits), let unit = units[String(text.dropFirst(digits.count))] else {
            return nil
        }
        let (product, overflows) = number.multipliedReportingOverflow(by: unit)
        guard !overflows, product <= 315_360_000_000_000_000 else { return nil }
        nanoseconds = product
    }

    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let span = TimeSpan(text) else {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: decoder.codingPath,
                    debugDescription: "'\(text)' is not a time; write a whole number with ms, s, m, h or d"))
        }
        self = span
    }

    package static func < (left: TimeSpan, right: TimeSpan) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// The length in seconds.
    package var seconds: Double {
        Double(nanoseconds) / 1e9
    }

    /// The length, for what takes a `Duration`.
    package var duration: Duration {
        .nanoseconds(Int64(clamping: nanoseconds))
    }

    package var description: String {
        nanoseconds % 1_000_000_000 == 0 ? "\(nanoseconds / 1_000_000_000)s" : "\(nanoseconds / 1_000_000)ms"
    }
}
