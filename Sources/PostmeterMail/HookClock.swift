import CPrimitives
package import PostmeterModel

/// The two clocks of a hook: one that says when, one that says how long.
///
/// They are read once where work begins; where it ends only the second is read, and the span and the
/// histogram share the reading. So a wall clock that is set meanwhile makes no duration wrong.
package struct HookClock: Sendable {
    /// The wall clock.
    package let now: @Sendable () -> UnixTime
    /// Nanoseconds of a clock that never jumps.
    package let monotonic: @Sendable () -> UInt64

    package init(now: @escaping @Sendable () -> UnixTime, monotonic: @escaping @Sendable () -> UInt64) {
        self.now = now
        self.monotonic = monotonic
    }

    /// The system's.
    package static let system = HookClock(
        now: { UnixTime(nanoseconds: pm_clock_realtime()) }, monotonic: { pm_clock_monotonic() })

    /// Where some work began.
    struct Start {
        let time: UnixTime
        let ticks: UInt64
    }

    func start() -> Start {
        Start(time: now(), ticks: monotonic())
    }

    /// When the work is over, and the seconds it took.
    func end(of start: Start) -> (time: UnixTime, seconds: Double) {
        let ticks = monotonic()
        let elapsed = ticks > start.ticks ? ticks - start.ticks : 0
        return (UnixTime(nanoseconds: start.time.nanoseconds &+ elapsed), Double(elapsed) / 1e9)
    }
}
