package import PostmeterExposition

extension PostmeterConfiguration {
    /// How scrapes are answered.
    public struct Exposition: Sendable, Hashable {
        /// How OpenTelemetry's names become Prometheus'.
        ///
        /// Source: OpenTelemetry specification, "Prometheus Metrics Exporter", `translation_strategy`.
        public enum NameTranslation: String, Sendable, Hashable, CaseIterable {
            /// What Prometheus' older names cannot hold becomes `_`; the unit and `_total` are added.
            case underscoreEscapingWithSuffixes = "UnderscoreEscapingWithSuffixes"
            /// What Prometheus' older names cannot hold becomes `_`; nothing is added.
            case underscoreEscapingWithoutSuffixes = "UnderscoreEscapingWithoutSuffixes"
            /// The name is kept as it is; the unit and `_total` are added.
            case noUTF8EscapingWithSuffixes = "NoUTF8EscapingWithSuffixes"
            /// The name is kept as it is, and nothing is added.
            case noTranslation = "NoTranslation"
        }

        /// How names are translated.
        public var translation: NameTranslation
        /// Whether OpenMetrics says when a counter began, as `_created`, which older Prometheus takes for series.
        public var includesCreated: Bool
        /// Whether every series names the scope that it was recorded in, as `otel_scope_*`.
        public var scopeLabels: Bool
        /// Whether answers are compressed for those who ask for it.
        public var isCompressed: Bool

        /// Describes answers.
        public init(
            translation: NameTranslation = .underscoreEscapingWithSuffixes, includesCreated: Bool = false,
            scopeLabels: Bool = true, isCompressed: Bool = true
        ) {
            self.translation = translation
            self.includesCreated = includesCreated
            self.scopeLabels = scopeLabels
            self.isCompressed = isCompressed
        }
    }
}

extension PostmeterConfiguration.Exposition {
    /// The same in the words of the writer.
    package var options: ExpositionOptions {
        let translation: PostmeterExposition.NameTranslation =
            switch translation {
            case .underscoreEscapingWithSuffixes: .underscoreEscapingWithSuffixes
            case .underscoreEscapingWithoutSuffixes: .underscoreEscapingWithoutSuffixes
            case .noUTF8EscapingWithSuffixes: .noUTF8EscapingWithSuffixes
            case .noTranslation: .noTranslation
            }
        return ExpositionOptions(
            translation: translation, includesCreated: includesCreated, scopeLabels: scopeLabels)
    }
}
