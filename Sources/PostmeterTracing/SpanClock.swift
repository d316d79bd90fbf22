import CPrimitives

/// Turns ticks of the processor's counter into times of the wall clock.
///
/// Only the drainer uses it. It keeps a straight line from ticks to nanoseconds since the Unix epoch, with the
/// slope that the process has measured, and draws a new one when the line is off by more than a microsecond:
/// spans that are drained at different times still agree, a step of the wall clock is followed, and no
/// duration is bent by it.
struct SpanClock: Sendable {
    /// How far the line may be from the wall clock, in nanoseconds.
    static let tolerance = 1_000.0

    /// The counter and the wall clock at one instant, and the nanoseconds a tick.
    struct Reading: Sendable {
        var ticks: UInt64
        var unix: UInt64
        var rate: Double
    }

    private var anchor: Reading?

    init() {}

    /// Compares the line with the clocks, once before a run of conversions.
    mutating func adjust(to now: Reading = .now()) {
        guard let anchor else {
            anchor = now
            return
        }
        let expected = Double(Int64(bitPattern: now.ticks &- anchor.ticks)) * anchor.rate
        let passed = Double(Int64(bitPattern: now.unix &- anchor.unix))
        if abs(expected - passed) > Self.tolerance { self.anchor = now }
    }

    /// Nanoseconds since the Unix epoch at a reading of the counter; 0 before the first comparison.
    func unix(_ ticks: UInt64) -> UInt64 {
        guard let anchor else { return 0 }
        return anchor.unix(ticks)
    }
}

extension SpanClock.Reading {
    /// All of it now, the tightest of so many tries.
    static func now(tries: Int32 = 8) -> SpanClock.Reading {
        let reading = pm_tick_read(tries)
        return SpanClock.Reading(
            ticks: reading.ticks, unix: reading.unix_time, rate: pm_tick_rate(reading.ticks))
    }

    /// Nanoseconds since the Unix epoch at a reading of the counter; the reading's own where that is absurd.
    func unix(_ ticks: UInt64) -> UInt64 {
        let distance = Double(Int64(bitPattern: ticks &- self.ticks)) * rate
        guard distance.magnitude < 9e18 else { return unix }
        return unix &+ UInt64(bitPattern: Int64(distance.rounded()))
    }
}
