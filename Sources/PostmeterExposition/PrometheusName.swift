package import PostmeterModel

/// OpenTelemetry's names as Prometheus spells them.
///
/// Source: OpenTelemetry specification, "Prometheus and OpenMetrics Compatibility", strategy
/// UnderscoreEscapingWithSuffixes; the order of the suffixes is that of prometheus/otlptranslator.
package enum PrometheusName {
    /// The names of a metric.
    package struct Metric: Sendable, Hashable {
        /// The name of the family, which OpenMetrics' metadata carries: with the unit, without `_total`.
        package let family: String
        /// The name of a counter's or gauge's samples, and of a text 0.0.4 family.
        package let sample: String
        /// The unit in words, for example `bytes_per_second`: a suffix of `family`, or empty.
        package let unit: String
    }

    /// The names of a metric, or nil when nothing of the name is left.
    ///
    /// What is not a letter, digit or colon becomes `_`, runs of which are one. The unit is appended in words
    /// unless the name holds it, then `_ratio` to a gauge of unit `1` and `_total` to a counter.
    package static func metric(name: String, unit: String, kind: InstrumentKind) -> Metric? {
        var tokens = tokens(of: name, keepingColons: true)
        let words = PrometheusUnit(unit)
        if !words.main.isEmpty, !tokens.contains(words.main) { tokens.append(words.main) }
        if !words.per.isEmpty, !tokens.joined(separator: "_").hasSuffix(words.per) {
            tokens.append(words.per)
        }
        var unit = words.joined
        if kind == .counter { tokens.removeAll { $0 == "total" } }
        if kind == .gauge, words.isOne {
            tokens.removeAll { $0 == "ratio" }
            tokens.append("ratio")
            unit = "ratio"
        }
        var family = tokens.joined(separator: "_")
        guard let first = family.utf8.first else { return nil }
        if isDigit(first) { family = "_" + family }
        if !family.hasSuffix("_" + unit) { unit = "" }
        return Metric(family: family, sample: kind == .counter ? family + "_total" : family, unit: unit)
    }

    /// The name of a label.
    ///
    /// What is not a letter or digit becomes `_`, runs of which are one. A name that would begin with a digit
    /// gets `key_` before it and one that would begin with `_`, which is reserved, gets `key`.
    package static func label(_ key: String) -> String {
        var label: [UInt8] = []
        for byte in key.utf8 {
            if isLetter(byte) || isDigit(byte) {
                label.append(byte)
            } else if label.last != UInt8(ascii: "_") {
                label.append(UInt8(ascii: "_"))
            }
        }
        let name = String(decoding: label, as: UTF8.self)
        guard let first = label.first else { return "key" }
        if isDigit(first) { return "key_" + name }
        return first == UInt8(ascii: "_") ? "key" + name : name
    }

    /// The parts of a name between what Prometheus does not take.
    static func tokens(of name: String, keepingColons: Bool) -> [String] {
        name.utf8.split {
            !isLetter($0) && !isDigit($0) && !(keepingColons && $0 == UInt8(ascii: ":"))
        }.map { String(decoding: $0, as: UTF8.self) }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
