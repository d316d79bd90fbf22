import Synchronization

/// What a lane shows of itself at every snapshot.
final class LaneFigures: Sendable {
    /// The figures of one instant.
    struct Values: Sendable {
        /// Items that wait in memory.
        var queued = 0
        /// Bytes of the spool's files.
        var spoolBytes = 0
        /// Items on disk that were not sent yet.
        var spoolItems = 0
        /// When the oldest of them was put there, in nanoseconds since the Unix epoch; nil when there is none.
        var oldest: UInt64?
    }

    private let values = Mutex(Values())

    var now: Values { values.withLock { $0 } }

    func show(_ change: (inout Values) -> Void) {
        values.withLock { change(&$0) }
    }
}
