import CPrimitives

extension Journal {
    /// Blocks this thread until `durableEnd` is beyond `sequence`: whether it is.
    ///
    /// Returns false when `nanoseconds` have passed, at `interrupt()`, and once the journal is closed.
    package func wait(beyond sequence: UInt64, upTo nanoseconds: UInt64) -> Bool {
        if durableEnd > sequence { return true }
        let deadline = pm_clock_monotonic() &+ min(nanoseconds, 1 << 62)
        var seen: UInt64?
        let result = monitor.wait(for: .followers, until: deadline) { shared -> Bool? in
            let result = follow(beyond: sequence, seen: &seen, &shared)
            if result != nil, seen != nil { shared.followers -= 1 }
            return result
        }
        if let result { return result }
        monitor.withLock { $0.followers -= 1 }
        return durableEnd > sequence
    }

    /// Makes all waiting threads return from `wait`; when none waits, the next to wait returns at once.
    package func interrupt() {
        monitor.withLock { shared in
            shared.interruptions += 1
            shared.isInterruptionKept = shared.followers == 0
            monitor.wake(.followers)
        }
    }

    /// One look of a thread in `wait`; `seen` is how many interruptions there had been when it began to wait.
    private func follow(beyond sequence: UInt64, seen: inout UInt64?, _ shared: inout JournalShared) -> Bool?
    {
        if durableEnd > sequence { return true }
        if shared.isClosed { return false }
        if let seen { return shared.interruptions == seen ? nil : false }
        if shared.isInterruptionKept {
            shared.isInterruptionKept = false
            return false
        }
        seen = shared.interruptions
        shared.followers += 1
        return nil
    }
}
