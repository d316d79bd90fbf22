import PostmeterMetrics
import Synchronization

/// The handles of one label's closed set of values, each bound when it is first recorded into.
///
/// A series that nothing was ever recorded into would be a zero on every dashboard; so what is rare, like the
/// reasons of bounces, is bound on first use. Reading a bound handle is one atomic load.
/// Any thread may use a value of this type at any time.
struct LazyHandles<let count: Int, I: Instrument>: ~Copyable, Sendable {
    private let places = InlineArray<count, AtomicLazyReference<BoundHandle<I>>> { _ in AtomicLazyReference()
    }

    init() {}

    /// The handle at `index`, made by `bind` when nobody has yet.
    ///
    /// Two threads that come first at once may both call `bind`, which for equal values gives equal handles.
    @inline(__always)
    func handle(at index: Int, bind: () -> I) -> I {
        if let bound = places[index].load() { return bound.handle }
        return places[index].storeIfNil(BoundHandle(bind())).handle
    }
}

/// What stands at a place of ``LazyHandles`` once it is bound.
final class BoundHandle<I: Instrument>: Sendable {
    let handle: I

    init(_ handle: I) {
        self.handle = handle
    }
}
