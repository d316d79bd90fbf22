internal import Synchronization

/// The way of a fold from the thread that restored it to the one that runs it; it can be taken once.
final class FoldStart: Sendable {
    /// Where checkpoints go.
    let store: Store
    private let parts: Mutex<Parts?>

    struct Parts {
        var fold: Fold
        var figures: DurableFigures
    }

    init(_ parts: sending Parts, store: Store) {
        self.parts = Mutex(parts)
        self.store = store
    }

    /// The fold; nil when it was taken before.
    func take() -> sending Parts? {
        parts.withLock { parts in
            let taken = parts
            parts = nil
            return taken
        }
    }
}
