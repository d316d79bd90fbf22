import PostmeterModel
import Synchronization

/// Remembers of which messages the root span was recorded lately.
///
/// A table of fixed size without locks: of two messages that meet at a place the later one stays. One that
/// was forgotten has its root recorded again, which is the same span again, since its ids are derived.
struct RecentRoots: ~Copyable, Sendable {
    private static let count = 1_024
    private let places = InlineArray<1_024, Atomic<UInt64>> { _ in Atomic(0) }

    /// Whether this root was not here; from now on it is.
    func insert(_ root: SpanID) -> Bool {
        let index = Int(root.value & UInt64(Self.count - 1))
        return places[index].exchange(root.value, ordering: .relaxed) != root.value
    }
}
