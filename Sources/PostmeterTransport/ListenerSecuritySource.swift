/// Where a listener's security comes from, and how it hears of changes.
package struct ListenerSecuritySource: Sendable {
    /// What holds at the start.
    package var present: ListenerSecurity

    /// What holds from now on; nil when nothing has changed since the last call.
    ///
    /// Called on a thread that may block, never twice at once. When it throws, what held before goes on to
    /// hold, and the error is reported: it is to be thrown once for each change.
    package var changes: @Sendable () throws -> ListenerSecurity?

    /// Nanoseconds from one call to the next; at least a millisecond.
    package var interval: UInt64 = 1_000_000_000

    /// A clock that never jumps, in nanoseconds.
    package var now: @Sendable () -> UInt64 = MonotonicClock.now

    package init(
        _ present: ListenerSecurity,
        changes: @escaping @Sendable () throws -> ListenerSecurity? = { nil }
    ) {
        self.present = present
        self.changes = changes
    }
}
