import CPrimitives

/// Turns ticks of the processor's counter into times of the wall clock.
///
/// Only the drainer uses it. It keeps a straight line from ticks to nanoseconds since the Unix epoch, whose
/// slope is measured against the monotonic clock from the tracer's making on, and draws a new one when the
/// line is off by more than a microsecond: spans that are drained at different times still agree, a step of
/// the wall clock is followed, and no duration is bent by it.
struct SpanClock: Sendable {
    /// How far the line may be from the wall clock, in nanoseconds.
    static let tolerance = 1_000.0

    /// The counter and both clocks at one instant.
    struct Reading: Sendable {
        var ticks: UInt64 = 0
        var monotonic: UInt64 = 0
        var unix: UInt64 = 0
    }

    private let origin: Reading
    private var anchor: Reading
    private var rate = 1.0

    init(_ now: Reading = .now()) {
        origin = now
        anchor = now
    }

    /// Compares the line with the clocks, once before a run of conversions.
    mutating func adjust(to now: Reading = .now()) {
        guard now.ticks > origin.ticks, now.monotonic > origin.monotonic else { return }
        let isFirst = anchor.ticks == origin.ticks
        let expected = Double(Int64(bitPattern: now.ticks &- anchor.ticks)) * rate
        let passed = Double(Int64(bitPattern: now.unix &- anchor.unix))
        if isFirst || abs(expected - passed) > Self.tolerance {
            rate = Double(now.monotonic - origin.monotonic) / Double(now.ticks - origin.ticks)
            anchor = now
        }
    }

    /// Nanoseconds since the Unix epoch at a reading of the counter.
    func unix(_ ticks: UInt64) -> UInt64 {
        let distance = Double(Int64(bitPattern: ticks &- anchor.ticks)) * rate
        return anchor.unix &+ UInt64(bitPattern: Int64(distance.rounded()))
    }
}

extension SpanClock.Reading {
    /// The tightest of several tries: a thread that was put aside between two readings does not count.
    static func now() -> SpanClock.Reading {
        var best = SpanClock.Reading()
        var width = UInt64.max
        for _ in 0..<5 {
            let before = pm_ticks()
            let monotonic = pm_clock_monotonic()
            let unix = pm_clock_realtime()
            let after = pm_ticks()
            if after &- before < width {
                width = after &- before
                best = SpanClock.Reading(ticks: before + width / 2, monotonic: monotonic, unix: unix)
            }
        }
        return best
    }
}
