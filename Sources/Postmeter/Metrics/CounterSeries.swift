import CoreMetrics
import PostmeterMetrics

/// A counter of whole numbers, as swift-metrics calls it.
final class CounterSeries: BoundSeries<PostmeterMetrics.Counter>, CounterHandler, @unchecked Sendable {
    // Safe because it adds nothing to its superclass.

    func increment(by amount: Int64) {
        guard amount >= 0 else { return registry.countRefused() }
        handle.add(UInt64(amount))
    }

    func reset() {
        startAnew()
    }
}
