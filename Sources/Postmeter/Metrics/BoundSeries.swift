import PostmeterMetrics
import Synchronization

/// What records for swift-metrics: the handle of one series, which a reset replaces.
///
/// All objects of one label and set of dimensions share one of these, so that a reset reaches them all.
class BoundSeries<I: PostmeterMetrics.Instrument>: @unchecked Sendable {
    // Safe because a handle is written before its address is published and never after, and the memory of those
    // that were replaced is kept for as long as this object, which whoever records through it holds.

    let registry: MetricsRegistry
    let origin: SeriesOrigin
    private let family: Family<I>
    private let current: Atomic<UnsafeMutablePointer<I>>
    /// At most as many as series that the family retires.
    private let replaced = Mutex<[ReplacedHandle]>([])
    private let removed = Atomic(false)

    /// Finds or makes the series of these values.
    required init(_ family: Family<I>, _ origin: SeriesOrigin, in registry: MetricsRegistry) {
        self.registry = registry
        self.family = family
        self.origin = origin
        current = Atomic(Self.bind(family, origin.values))
    }

    deinit {
        current.load(ordering: .acquiring).deallocate()
        for handle in replaced.withLock({ $0 }) { handle.address.deallocate() }
    }

    /// The handle to record with, by one load.
    @inline(__always)
    final var handle: I {
        current.load(ordering: .acquiring).pointee  // pairs with the exchange in `reset`
    }

    /// Whether the series has been taken away for good: whoever asks for it again needs another object.
    final var isRemoved: Bool {
        removed.load(ordering: .acquiring)
    }

    /// Takes the series away and begins it anew.
    ///
    /// Where the family takes no more series away, it goes on as it is.
    final func startAnew() {
        replaced.withLock { list in
            guard family.remove(origin.values) else { return }
            let fresh = Self.bind(family, origin.values)
            list.append(ReplacedHandle(address: current.exchange(fresh, ordering: .acquiringAndReleasing)))
        }
    }

    /// Takes the series away; what is recorded here from now on is counted as late.
    final func remove() {
        _ = family.remove(origin.values)
        removed.store(true, ordering: .releasing)
    }

    private static func bind(_ family: Family<I>, _ values: [String]) -> UnsafeMutablePointer<I> {
        let address = UnsafeMutablePointer<I>.allocate(capacity: 1)
        address.initialize(to: family.bind(values))
        return address
    }

    private struct ReplacedHandle: @unchecked Sendable {
        // Safe because nobody writes to it any more.
        let address: UnsafeMutablePointer<I>
    }
}
