import CoreMetrics
import PostmeterMetrics

/// A counter of floating-point numbers, as swift-metrics calls it.
final class FloatingCounterSeries: BoundSeries<DoubleCounter>, FloatingPointCounterHandler,
    @unchecked Sendable
{
    // Safe because it adds nothing to its superclass.

    func increment(by amount: Double) {
        handle.add(amount)
    }

    func reset() {
        startAnew()
    }
}
