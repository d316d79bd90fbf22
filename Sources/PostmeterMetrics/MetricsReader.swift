package import PostmeterModel
import Synchronization

/// One reader of a registry: what it is shown, and over which spans of time.
///
/// Readers do not touch what they read, so that there may be several at once, each with differences of its own.
/// A reader may be used on any thread, for one reading at a time.
/// Differences are exact: those of all committed readings of a series add up to its sum, over threads, over
/// failed deliveries and over its removal; floating ones to the last bit but one. A series that was made and
/// removed between two readings is in the later of them.
/// Source: OpenTelemetry specification, "Metrics data model", section "Temporality".
package final class MetricsReader: Sendable {
    private struct State {
        /// Where the next differences begin, by family.
        var committed: [ObjectIdentifier: ReadingBaseline] = [:]
        /// Where they would begin if the last reading arrived.
        var pending: [ObjectIdentifier: ReadingBaseline]?
    }

    private let registry: MetricsRegistry
    private let temporality: TemporalityPreference
    private let audience: Audience
    private let state = Mutex(State())

    /// Creates a reader that has read nothing yet.
    package init(
        _ registry: MetricsRegistry, temporality: TemporalityPreference = .cumulative,
        audience: Audience = .pushes
    ) {
        self.registry = registry
        self.temporality = temporality
        self.audience = audience
    }

    /// Reads all exported families; differences go back to the last reading that was committed.
    ///
    /// Durable families are always read as sums.
    /// A family without a committed reading begins at its own start, with the series that were removed since.
    package func read(includingDurable: Bool = true) -> MetricsSnapshot {
        var baselines = state.withLock { $0.committed }
        let (time, readings) = registry.read(includingDurable: includingDurable, audience: audience)
        let families = readings.map { reading in
            let descriptor = reading.snapshot.descriptor
            // A durable family goes on over a restart, and no reader does: its differences would begin anew with
            // all that was restored, and be counted twice.
            guard !descriptor.isDurable, temporality.temporality(of: descriptor) == .delta else {
                return reading.snapshot
            }
            let family = ObjectIdentifier(reading.storage)
            let difference = FamilyDifference(reading, at: time, since: baselines[family])
            baselines[family] = difference.baseline
            return difference.snapshot
        }
        let pending = baselines
        state.withLock { $0.pending = pending }
        return MetricsSnapshot(time: time, families: families)
    }

    /// Says that the last reading has arrived, so that the next differences begin there.
    ///
    /// Without a reading since the last call nothing happens.
    package func commit() {
        state.withLock { state in
            if let pending = state.pending { state.committed = pending }
            state.pending = nil
        }
    }
}
