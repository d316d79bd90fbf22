package import PostmeterMetrics
package import PostmeterModel

/// How far the fold is behind the journal.
///
/// A process without a journal makes none of these, so that it exports none of their zeros.
package struct JournalInstruments: Sendable {
    private let depth: Gauge
    private let age: Gauge

    package init(_ registry: MetricsRegistry) {
        let conventions = MailConventions(agentLimit: 1)
        depth = registry.family(conventions.journalDepth).bind([])
        age = registry.family(conventions.journalAge).bind([])
    }

    /// Sets both gauges.
    ///
    /// - Parameters:
    ///   - depth: Envelopes on disk that are not yet folded.
    ///   - oldest: When the oldest of them was accepted; nil when there is none.
    package func set(depth: UInt64, oldest: UnixTime?, now: UnixTime) {
        self.depth.set(Double(depth))
        age.set(oldest.map { max(0, now.seconds(since: $0)) } ?? 0)
    }
}
