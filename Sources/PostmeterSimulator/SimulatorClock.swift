import Glibc
internal import PostmeterModel

/// The clocks of a simulation; a test has one that does not wait.
struct SimulatorClock: Sendable {
    /// The wall clock, for signatures and event times.
    var now: @Sendable () -> UnixTime
    /// Nanoseconds that only go forward, for pacing.
    var monotonic: @Sendable () -> Int64
    /// Waits for some nanoseconds.
    var sleep: @Sendable (Int64) async -> Void

    /// The clocks of the machine.
    static let system = SimulatorClock(
        now: { UnixTime(nanoseconds: UInt64(clamping: read(CLOCK_REALTIME))) },
        monotonic: { read(CLOCK_MONOTONIC) },
        sleep: { try? await Task.sleep(nanoseconds: UInt64(clamping: $0)) }
    )

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
