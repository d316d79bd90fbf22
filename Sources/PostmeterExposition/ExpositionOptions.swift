/// What may be chosen of the answers to scrapes.
package struct ExpositionOptions: Sendable, Hashable {
    /// How names become names of Prometheus.
    package var translation: NameTranslation
    /// Whether OpenMetrics has a `_created` sample for each counter and histogram.
    ///
    /// A Prometheus that does not know what they mean stores each as a series of its own.
    package var includesCreated: Bool
    /// Whether each sample has labels that say which scope recorded it.
    package var scopeLabels: Bool

    /// Creates options; without arguments they are what OpenTelemetry has as defaults.
    package init(
        translation: NameTranslation = .underscoreEscapingWithSuffixes,
        includesCreated: Bool = false,
        scopeLabels: Bool = true
    ) {
        self.translation = translation
        self.includesCreated = includesCreated
        self.scopeLabels = scopeLabels
    }
}
