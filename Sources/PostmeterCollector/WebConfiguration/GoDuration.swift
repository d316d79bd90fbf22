/// A length of time as Go writes it: `300ms`, `1.5h`, `2h45m`.
///
/// Source: time.ParseDuration. A number without a unit is one of nanoseconds, as Go's YAML reader has it.
enum GoDuration {
    private static let units: [(name: String, nanoseconds: Double)] = [
        ("ns", 1), ("us", 1e3), ("\u{b5}s", 1e3), ("\u{3bc}s", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 60e9),
        ("h", 3_600e9),
    ]

    /// The time in nanoseconds; nil when the text is none, is negative or more than Go can hold.
    static func nanoseconds(_ text: String) -> UInt64? {
        if let number = Int64(text) {
            return number < 0 ? nil : UInt64(number)
        }
        var rest = Substring(text.hasPrefix("+") ? text.dropFirst() : Substring(text))
        var sum = 0.0
        guard !rest.isEmpty else {
            return nil
        }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber || $0 == "." }
            rest = rest[digits.endIndex...]
            let name = rest.prefix { !($0.isASCII && $0.isNumber) && $0 != "." }
            rest = rest[name.endIndex...]
            guard digits.contains(where: { $0 != "." }), digits.count(where: { $0 == "." }) <= 1,
                let number = Double(digits.hasPrefix(".") ? "0" + digits : String(digits)),
                let unit = units.first(where: { $0.name.unicodeScalars.elementsEqual(name.unicodeScalars) })
            else {
                return nil
            }
            sum += number * unit.nanoseconds
        }
        return sum < 9.2e18 ? UInt64(sum) : nil
    }
}
