import Glibc
import PostmeterTransport

/// Where the push loops take time from.
package struct ExportClock: Sendable {
    /// Nanoseconds of a clock that never jumps.
    package var now: @Sendable () -> UInt64
    /// Waits; throws when its task is cancelled.
    package var sleep: @Sendable (Duration) async throws -> Void
    /// Nanoseconds since the Unix epoch, which may jump.
    package var unix: @Sendable () -> UInt64

    package init(
        now: @escaping @Sendable () -> UInt64,
        sleep: @escaping @Sendable (Duration) async throws -> Void,
        unix: @escaping @Sendable () -> UInt64 = ExportClock.unixTime
    ) {
        self.now = now
        self.sleep = sleep
        self.unix = unix
    }

    /// The system's clock.
    package static let system = ExportClock(now: MonotonicClock.now) { try await Task.sleep(for: $0) }

    /// Nanoseconds since the Unix epoch, by the system's clock.
    package static let unixTime: @Sendable () -> UInt64 = {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return UInt64(clamping: time.tv_sec) &* 1_000_000_000 &+ UInt64(clamping: time.tv_nsec)
    }

    /// Seconds from a reading of the clock to now.
    func seconds(since start: UInt64) -> Double {
        Double(now() &- start) / 1e9
    }

    /// The time from now to a reading of the clock; nil when it is over.
    func timeLeft(until end: UInt64) -> Duration? {
        let now = now()
        return now < end ? .nanoseconds(Int64(clamping: end - now)) : nil
    }
}

extension Duration {
    /// Whole nanoseconds, from 0 to about 292 years.
    var clampedNanoseconds: UInt64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        guard seconds < 9_000_000_000 else { return UInt64(Int64.max) }
        return UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000)
    }
}
