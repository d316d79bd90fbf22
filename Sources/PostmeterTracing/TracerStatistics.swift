/// What became of the sampled spans of a tracer.
package struct TracerStatistics: Sendable, Hashable {
    /// Spans that ended with a body, drained or not.
    package let ended: UInt64
    /// Spans that were to be recorded and found no free slot.
    package let dropped: UInt64
    /// Ended spans that wait to be drained.
    package let waiting: Int
    /// The most spans that can be live or waiting at a time.
    package let capacity: Int

    /// Those of a tracer without memory.
    static let none = TracerStatistics(ended: 0, dropped: 0, waiting: 0, capacity: 0)
}
