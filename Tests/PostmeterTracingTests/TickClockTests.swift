import CPrimitives
import PostmeterModel
import Synchronization
import Testing

@testable import PostmeterTracing

@Suite struct TickClockTests {
    /// A clock that goes on by 1.5 s at each reading.
    private static func steps() -> @Sendable () -> UnixTime {
        let count = Atomic<UInt64>(0)
        return { UnixTime(nanoseconds: 1_000 + 1_500_000_000 * count.add(1, ordering: .relaxed).oldValue) }
    }

    @Test func `one reading serves a span and a histogram`() throws {
        let tracer = Tracer(scope: InstrumentationScope(name: "test"), now: Self.steps())
        let start = tracer.clock.now()
        var span = tracer.startSpan("x", at: start)
        let middle = tracer.clock.now()
        span.addEvent("e", at: middle)
        let end = tracer.clock.now()
        span.end(at: end)
        #expect(tracer.clock.seconds(from: start, to: end) == 3)
        #expect(tracer.clock.seconds(from: end, to: start) == 0)
        #expect(tracer.clock.unixTime(of: middle) == UnixTime(nanoseconds: 1_500_001_000))
        let body = try #require(try tracer.drained().first)
        #expect([body.start, body.events[0].time, body.end] == [1_000, 1_500_001_000, 3_000_001_000])
    }

    @Test func `derived spans and handles take ticks too`() throws {
        let clock = TickClock(now: Self.steps())
        let tracer = Tracer(scope: InstrumentationScope(name: "test"), now: Self.steps())
        let (start, end) = (clock.now(), clock.now())
        let context = SpanContext(traceID: TraceID(high: 1, low: 2), spanID: SpanID(3))
        let handle = SpanHandle(
            tracer.startSpan("x", kind: .internal, context: context, parent: nil, at: start))
        handle.end(at: end)
        handle.end(at: start)
        let body = try #require(try tracer.drained().first)
        #expect([body.start, body.end] == [1_000, 1_500_001_000])
        #expect(body.spanID.last == 3)
    }

    @Test func `the system's ticks are right to 100 ppm from the first on`() {
        // Not a timing: two clocks are compared over the same span, whatever its length.
        #expect(TickClock.systemError <= 100e-6)
        let rate = pm_tick_rate(pm_steady_ticks())
        let origin = pm_tick_origin()
        let now = pm_tick_read(8)
        guard pm_ticks_are_steady() else {
            #expect(rate == 1)
            return
        }
        let passed = Double(now.monotonic - origin.monotonic)
        let counted = Double(now.ticks - origin.ticks) * rate
        // Both readings are known to half their width.
        let slack = Double(now.width + origin.width) * rate + passed * 100e-6
        #expect(abs(passed - counted) <= slack)
    }

    @Test func `the rate holds when many threads ask for it at once`() {
        let clock = TickClock.system
        let start = Ticks.now()
        let wrong = Counter()
        let threads = (0..<8).map { _ in
            Thread {
                for _ in 0..<2_000 {
                    let seconds = clock.seconds(from: start, to: .now())
                    if !(seconds >= 0 && seconds < 3_600) { wrong.add() }
                }
            }
        }
        threads.forEach { $0.join() }
        #expect(wrong.value == 0)
    }

    @Test func `ticks have their time of the wall clock`() throws {
        let before = pm_clock_realtime()
        let ticks = Ticks.now()
        let time = TickClock.system.unixTime(of: ticks).nanoseconds
        let tracer = Tracer(scope: InstrumentationScope(name: "test"))
        tracer.startSpan("x", at: ticks).end(at: ticks)
        let body = try #require(try tracer.drained().first)
        // A clock that were off by a factor or an epoch would miss by far more.
        #expect(time > before - 1_000_000_000 && time < pm_clock_realtime() + 1_000_000_000)
        #expect(body.start == body.end)
        #expect(body.start > before - 1_000_000_000 && body.start < pm_clock_realtime() + 1_000_000_000)
    }
}
