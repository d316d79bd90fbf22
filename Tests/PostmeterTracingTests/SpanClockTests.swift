import Testing

@testable import PostmeterTracing

/// A counter of three ticks a nanosecond that began at 900.
@Suite struct SpanClockTests {
    private func reading(_ nanoseconds: UInt64, step: UInt64 = 0) -> SpanClock.Reading {
        SpanClock.Reading(
            ticks: 900 + 3 * nanoseconds,
            unix: 1_700_000_000_000_000_000 + nanoseconds + step,
            rate: 1.0 / 3
        )
    }

    private func ticks(_ nanoseconds: UInt64) -> UInt64 { 900 + 3 * nanoseconds }

    @Test func `ticks become nanoseconds of the wall clock`() {
        var clock = SpanClock()
        clock.adjust(to: reading(1_000_000))
        for nanoseconds: UInt64 in [0, 1, 999, 500_000, 1_000_000, 1_000_100] {
            #expect(clock.unix(ticks(nanoseconds)) == 1_700_000_000_000_000_000 + nanoseconds)
        }
    }

    @Test func `a small difference leaves the line, so that spans drained apart agree`() {
        var clock = SpanClock()
        clock.adjust(to: reading(1_000_000))
        let before = clock.unix(ticks(700_000))
        clock.adjust(to: reading(2_000_000, step: 900))
        #expect(clock.unix(ticks(700_000)) == before)
    }

    @Test func `a step of the wall clock is followed and bends no duration`() {
        var clock = SpanClock()
        clock.adjust(to: reading(1_000_000))
        clock.adjust(to: reading(2_000_000, step: 5_000_000_000))
        let start = clock.unix(ticks(500_000))
        let end = clock.unix(ticks(1_900_000))
        #expect(end - start == 1_400_000)
        #expect(end == 1_700_000_000_000_000_000 + 1_900_000 + 5_000_000_000)
    }

    @Test func `ticks from before the first comparison have their time too`() {
        var clock = SpanClock()
        clock.adjust(to: reading(5_000_000))
        #expect(clock.unix(ticks(0)) == 1_700_000_000_000_000_000)
    }

    @Test func `absurd ticks are no fault`() {
        var clock = SpanClock()
        #expect(clock.unix(77) == 0)
        clock.adjust(to: SpanClock.Reading(ticks: 0, unix: 55, rate: 4))
        #expect(clock.unix(.max >> 1) == 55)
    }
}
