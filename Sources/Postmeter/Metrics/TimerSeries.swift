import CoreMetrics
import PostmeterMetrics

/// A timer: a distribution of seconds, whatever unit its user prefers to see.
final class TimerSeries: BoundSeries<Histogram>, TimerHandler, @unchecked Sendable {
    // Safe because it adds nothing to its superclass.

    func recordNanoseconds(_ duration: Int64) {
        // A sum of durations must not fall.
        guard duration >= 0 else { return registry.countRefused() }
        handle.record(Double(duration) / 1e9)
    }
}
