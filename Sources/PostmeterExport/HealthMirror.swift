import PostmeterMetrics

/// A sum that somebody else keeps, shown by a counter of ours.
struct HealthMirror {
    let counter: Counter
    private var shown: UInt64 = 0

    init(_ counter: Counter) {
        self.counter = counter
    }

    /// Carries the counter on to `sum`; several snapshots may come here in any order.
    mutating func show(_ sum: UInt64) {
        guard sum > shown else { return }
        counter.add(sum - shown)
        shown = sum
    }
}
