import PostmeterTransport

/// Where the push loops take time from.
package struct ExportClock: Sendable {
    /// Nanoseconds of a clock that never jumps.
    package var now: @Sendable () -> UInt64
    /// Waits; throws when its task is cancelled.
    package var sleep: @Sendable (Duration) async throws -> Void

    package init(
        now: @escaping @Sendable () -> UInt64,
        sleep: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.now = now
        self.sleep = sleep
    }

    /// The system's clock.
    package static let system = ExportClock(now: MonotonicClock.now) { try await Task.sleep(for: $0) }

    /// Seconds from a reading of the clock to now.
    func seconds(since start: UInt64) -> Double {
        Double(now() &- start) / 1e9
    }
}
