import CoreMetrics
import PostmeterMetrics

/// A recorder that aggregates: a distribution.
final class RecorderSeries: BoundSeries<Histogram>, RecorderHandler, @unchecked Sendable {
    // Safe because it adds nothing to its superclass.

    func record(_ value: Int64) {
        handle.record(Double(value))
    }

    func record(_ value: Double) {
        handle.record(value)
    }
}
