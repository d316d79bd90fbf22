/// How OpenTelemetry's names of metrics and attributes become names of Prometheus.
///
/// The names of the cases are those that OpenTelemetry's configuration and Prometheus use.
/// Source: OpenTelemetry specification, "Metrics Exporter - Prometheus", section "Translation strategy".
package enum NameTranslation: String, Sendable, Hashable, CaseIterable {
    /// Only letters, digits, underscores and colons; units and `_total` are appended. The default.
    case underscoreEscapingWithSuffixes = "UnderscoreEscapingWithSuffixes"
    /// Only letters, digits, underscores and colons; nothing is appended.
    case underscoreEscapingWithoutSuffixes = "UnderscoreEscapingWithoutSuffixes"
    /// Names are kept as they are; units and `_total` are appended.
    case noUTF8EscapingWithSuffixes = "NoUTF8EscapingWithSuffixes"
    /// Names are kept as they are.
    case noTranslation = "NoTranslation"

    /// The strategy of a name, in any case; nil when it names none.
    package init?(name: String) {
        let name = name.lowercased()
        guard let found = Self.allCases.first(where: { $0.rawValue.lowercased() == name }) else { return nil }
        self = found
    }

    /// Whether only the characters are left that Prometheus took before its version 3.
    var escapes: Bool {
        self == .underscoreEscapingWithSuffixes || self == .underscoreEscapingWithoutSuffixes
    }

    /// Whether units and `_total` are appended.
    var addsSuffixes: Bool {
        self == .underscoreEscapingWithSuffixes || self == .noUTF8EscapingWithSuffixes
    }
}
