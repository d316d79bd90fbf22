import Synchronization

/// A stack of free slots and one of ended slots, each on a cache line of its own.
struct RecordLane: ~Copyable {
    /// The distance of two lanes: two pairs of lines, which are fetched together.
    static let stride = 256

    let free = Atomic<UInt64>(0)
    private let gap:
        (
            UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64,
            UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64
        ) = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    let ended = Atomic<UInt64>(0)
}
