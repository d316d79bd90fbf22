import CPrimitives
package import PostmeterModel
import PostmeterTracing

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

    /// Where it was over, and the seconds it took.
    struct End {
        let time: UnixTime
        let seconds: Double
    }

    func start() -> Start {
        Start(time: now(), ticks: monotonic())
    }

    func end(of start: Start) -> End {
        let ticks = monotonic()
        let elapsed = ticks > start.ticks ? ticks - start.ticks : 0
        return End(
            time: UnixTime(nanoseconds: start.time.nanoseconds &+ elapsed), seconds: Double(elapsed) / 1e9)
    }
}

extension Tracer {
    /// Starts the span of a hook.
    func startSpan(_ name: String, kind: SpanKind, parent: SpanContext?, at start: HookClock.Start) -> Span {
        startSpan(name, kind: kind, parent: parent, at: start.time)
    }
}

extension Span {
    /// Ends the span of a hook.
    consuming func end(at end: HookClock.End) {
        self.end(at: end.time)
    }
}
