internal import Synchronization

/// The way of a fold from the thread that restored it to the one that runs it; it can be taken once.
final class FoldStart: Sendable {
    /// Where checkpoints go.
    let store: Store
    private let parts: Mutex<Parts?>

    struct Parts {
        let fold: Fold
        var figures: DurableFigures
        let checkpoint: Checkpoint

        /// Puts back what the checkpoint holds; to be called on the thread that folds from here on.
        ///
        /// A sum of doubles rests on the order of its additions. On one thread, which adds to one cell, the order
        /// after a restart is that of a run without one, so the sum is the same to the last bit; spread over
        /// two cells it could fall by the last bit, which a reader takes for a reset.
        mutating func restore(warn: (String) -> Void) {
            // The figures first, since restoring the fold makes series.
            figures.restore(checkpoint.families, warn: warn)
            fold.restore(checkpoint)
        }
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
