/// The names that OpenTelemetry allows, for instruments that were named without it.
enum MetricName {
    /// The most bytes of a name.
    private static let limit = 255

    /// A name that is allowed: one that is, unchanged; else every character that may not be is `_`, `n` goes
    /// before what does not begin with a letter, and what is too long is cut.
    ///
    /// Names that become the same are the same instrument.
    /// Source: OpenTelemetry specification, "Metrics API", section "Instrument name syntax".
    static func mangled(_ label: String) -> String {
        var bytes: [UInt8] = []
        for character in label.unicodeScalars.prefix(limit) {
            let byte = UInt8(exactly: character.value)
            bytes.append(byte.flatMap { isAllowed($0) ? $0 : nil } ?? UInt8(ascii: "_"))
        }
        if !(bytes.first.map(isLetter) ?? false) { bytes.insert(UInt8(ascii: "n"), at: 0) }
        return String(decoding: bytes.prefix(limit), as: UTF8.self)
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        isLetter(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "_.-/".utf8.contains(byte)
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}
