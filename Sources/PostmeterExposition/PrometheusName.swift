package import PostmeterModel

/// OpenTelemetry's names as Prometheus spells them.
///
/// Source: OpenTelemetry specification, "Prometheus and OpenMetrics Compatibility"; the order of the suffixes is
/// that of prometheus/otlptranslator.
package enum PrometheusName {
    /// The names of a metric.
    package struct Metric: Sendable, Hashable {
        /// The name of the family, which OpenMetrics' metadata carries: with the unit, without `_total`.
        package let family: String
        /// The name of a counter's or gauge's samples, and of a text 0.0.4 family.
        package let sample: String
        /// The unit in words, for example `bytes_per_second`: a suffix of `family`, or empty.
        package let unit: String

        /// The names that follow from that of the samples; `unit` is left out where the name does not end in it.
        init(sample: String, unit: String, kind: InstrumentKind) {
            let isTotal = kind == .counter && sample.hasSuffix("_total") && sample.utf8.count > 6
            let family = isTotal ? String(sample.dropLast("_total".count)) : sample
            self.family = family
            self.sample = sample
            self.unit = !unit.isEmpty && family.hasSuffix("_" + unit) ? unit : ""
        }

        /// The names with everything escaped that a scraper does not take.
        func escaped(_ escaping: NameEscaping, kind: InstrumentKind) -> Metric {
            Metric(sample: escaping.escaped(sample, isLabel: false), unit: unit, kind: kind)
        }
    }

    /// The names of a metric, or nil when nothing of the name is left.
    package static func metric(
        name: String,
        unit: String,
        kind: InstrumentKind,
        translation: NameTranslation = .underscoreEscapingWithSuffixes
    ) -> Metric? {
        guard !name.isEmpty else { return nil }
        let words = PrometheusUnit(unit)
        let sample =
            switch translation {
            case .underscoreEscapingWithSuffixes: escapedWithSuffixes(name, words, kind)
            case .underscoreEscapingWithoutSuffixes: escaped(name)
            case .noUTF8EscapingWithSuffixes: withSuffixes(name, words, kind)
            case .noTranslation: name
            }
        guard !sample.isEmpty else { return nil }
        let isRatio = kind == .gauge && words.isOne && translation.addsSuffixes
        return Metric(sample: sample, unit: isRatio ? "ratio" : words.joined, kind: kind)
    }

    /// A name of few characters, with suffixes.
    ///
    /// What is not a letter, digit or colon becomes `_`, runs of which are one. The unit is appended in words
    /// unless the name holds it, then `_ratio` to a gauge of unit `1` and `_total` to a counter.
    private static func escapedWithSuffixes(
        _ name: String,
        _ words: PrometheusUnit,
        _ kind: InstrumentKind
    ) -> String {
        var tokens = tokens(of: name, keepingColons: true)
        if !words.main.isEmpty, !tokens.contains(words.main) { tokens.append(words.main) }
        if !words.per.isEmpty, !tokens.joined(separator: "_").hasSuffix(words.per) {
            tokens.append(words.per)
        }
        if kind == .counter { tokens.removeAll { $0 == "total" } }
        if kind == .gauge, words.isOne {
            tokens.removeAll { $0 == "ratio" }
            if !tokens.isEmpty { tokens.append("ratio") }
        }
        guard !tokens.isEmpty else { return "" }
        if kind == .counter { tokens.append("total") }
        return tokens.joined(separator: "_").withoutLeadingDigit
    }

    /// Runs of what is not a letter, digit, colon or underscore become `_`, and none stands at an end.
    private static func escaped(_ name: String) -> String {
        let underscore = UInt8(ascii: "_")
        let parts = name.utf8.split {
            !isLetter($0) && !isDigit($0) && $0 != UInt8(ascii: ":") && $0 != underscore
        }
        let joined = parts.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "_")
        let isEmpty = joined != name && joined.utf8.allSatisfy { $0 == underscore }
        return isEmpty ? "" : joined.withoutLeadingDigit
    }

    /// The name as it is; the suffixes are those of the strategy that escapes, each at the end or moved there.
    private static func withSuffixes(
        _ name: String,
        _ words: PrometheusUnit,
        _ kind: InstrumentKind
    ) -> String {
        let last = kind == .counter ? "total" : kind == .gauge && words.isOne ? "ratio" : ""
        var text = name.without(last)
        text = text.without(words.rawPer)
        if !words.rawMain.isEmpty, !text.hasSuffix(words.rawMain) { text += "_" + words.rawMain }
        if !words.rawPer.isEmpty { text += "_" + words.rawPer }
        return last.isEmpty ? text : text + "_" + last
    }

    /// The name of a label in a strategy that escapes.
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

extension String {
    /// The text with `_` before a digit that it begins with.
    fileprivate var withoutLeadingDigit: String {
        guard let first = utf8.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
            return self
        }
        return "_" + self
    }

    /// The text without a suffix and what stands between it and the rest; all of it when nothing does.
    fileprivate func without(_ suffix: String) -> String {
        guard !suffix.isEmpty, hasSuffix(suffix) else { return self }
        let rest = dropLast(suffix.count)
        guard let mark = rest.last, rest.count > 1, !mark.isLetter, !mark.isNumber else { return self }
        return String(rest.dropLast())
    }
}
