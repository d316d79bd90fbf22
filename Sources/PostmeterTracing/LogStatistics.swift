/// What became of the log records so far.
package struct LogStatistics: Sendable, Hashable {
    /// Records that were written, drained or not.
    package let recorded: UInt64
    /// Records that found no free slot.
    package let dropped: UInt64
    /// Records whose body was cut.
    package let truncated: UInt64
    /// Records that wait to be drained.
    package let waiting: Int
    /// The most records that can wait at a time.
    package let capacity: Int

    package init(recorded: UInt64, dropped: UInt64, truncated: UInt64, waiting: Int, capacity: Int) {
        self.recorded = recorded
        self.dropped = dropped
        self.truncated = truncated
        self.waiting = waiting
        self.capacity = capacity
    }
}
