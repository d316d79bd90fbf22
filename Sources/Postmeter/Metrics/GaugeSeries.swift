import CoreMetrics
import PostmeterMetrics

/// A meter, or a recorder that does not aggregate: the last value holds.
final class GaugeSeries: BoundSeries<PostmeterMetrics.Gauge>, MeterHandler, RecorderHandler,
    @unchecked Sendable
{
    // Safe because it adds nothing to its superclass.

    func set(_ value: Int64) {
        handle.set(Double(value))
    }

    func set(_ value: Double) {
        handle.set(value)
    }

    func increment(by amount: Double) {
        handle.add(amount)
    }

    func decrement(by amount: Double) {
        handle.add(-amount)
    }

    func record(_ value: Int64) {
        handle.set(Double(value))
    }

    func record(_ value: Double) {
        handle.set(value)
    }
}
