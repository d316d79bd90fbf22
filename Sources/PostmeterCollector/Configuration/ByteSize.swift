/// A number of bytes as a person writes it in a file: `4194304`, `64KiB`, `4MiB`, `1GiB`.
package struct ByteSize: Sendable, Hashable, Decodable, CustomStringConvertible {
    private static let units: [(name: String, bytes: UInt64)] = [
        ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10),
    ]

    /// The number of bytes.
    package let bytes: UInt64

    package init(bytes: UInt64) {
        self.bytes = bytes
    }

    /// Reads a whole number with or without a unit; nil when it is not of that form or beyond 2^63.
    package init?(_ text: String) {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let name = text.dropFirst(digits.count)
        let unit = name.isEmpty ? 1 : Self.units.first { $0.name == name }?.bytes
        guard let number = UInt64(digits), let unit else { return nil }
        let (product, overflows) = number.multipliedReportingOverflow(by: unit)
        guard !overflows, product <= UInt64(Int64.max) else { return nil }
        bytes = product
    }

    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let size = ByteSize(text) else {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: decoder.codingPath,
                    debugDescription:
                        "'\(text)' is not a size; write a whole number of bytes, or KiB, MiB, GiB"))
        }
        self = size
    }

    package var description: String {
        let unit = Self.units.first { bytes > 0 && bytes.isMultiple(of: $0.bytes) }
        return unit.map { "\(bytes / $0.bytes)\($0.name)" } ?? "\(bytes)"
    }
}
