import CPrimitives
public import PostmeterModel

/// A clock that is cheap to read and never jumps.
///
/// The system's reads the processor's counter. Its rate is measured against `CLOCK_MONOTONIC` from the load of
/// the library on: a duration is right to 100 ppm from the first one on, for which the first call that needs
/// the rate waits until the process is about 2 ms old; after a minute the rate is right to some 10 ppb and
/// follows the drift of the clocks, minute by minute. Where the counter is not steady, by what the processor
/// and the kernel say, nanoseconds of `CLOCK_MONOTONIC` take its place.
/// Any thread may use a clock; readings of different clocks have nothing to do with each other.
public struct TickClock: Sendable {
    /// The wall clock that stands in for the system's.
    private let injected: RecordClosure<UnixTime>?

    /// The system's clock.
    public static var system: TickClock { TickClock(nil) }

    /// Creates a clock that reads `now`, for tests.
    public init(now: @escaping @Sendable () -> UnixTime) {
        self.init(RecordClosure(now))
    }

    init(_ injected: RecordClosure<UnixTime>?) {
        self.injected = injected
    }

    /// Reads the clock.
    public func now() -> Ticks {
        guard let injected else { return .now() }
        return Ticks(value: injected.call().nanoseconds)
    }

    /// The seconds from one reading to another; 0 when the second one is the earlier.
    public func seconds(from start: Ticks, to end: Ticks) -> Double {
        guard injected != nil else { return pm_tick_seconds(start.value, end.value) }
        return end > start ? Double(end.value - start.value) / 1e9 : 0
    }

    /// The time of the wall clock at a reading.
    ///
    /// The system's clock is asked how late it is now: some 250 ns, and a clock that was set in between
    /// says what it says now.
    public func unixTime(of ticks: Ticks) -> UnixTime {
        guard injected == nil else { return UnixTime(nanoseconds: ticks.value) }
        return UnixTime(nanoseconds: SpanClock.Reading.now(tries: 3).unix(ticks.value))
    }

    /// The most by which a duration can be off now, as a share of it.
    package static var systemError: Double { pm_tick_error() }
}
