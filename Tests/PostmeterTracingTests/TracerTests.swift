import CPrimitives
import Glibc
import PostmeterModel
import Synchronization
import Testing

@testable import PostmeterTracing

@Suite struct TracerTests {
    private let scope = InstrumentationScope(name: "test")

    @Test func `an unsampled span records nothing and still has ids`() throws {
        let tracer = Tracer(scope: scope, sampler: .alwaysOff)
        var span = tracer.startSpan("x")
        span.set("a", 1)
        let (isRecording, context) = (span.isRecording, span.context)
        #expect(!isRecording)
        #expect(context.isValid)
        #expect(!context.isSampled)
        span.end()
        #expect(try tracer.drained().isEmpty)
        #expect(tracer.statistics == TracerStatistics(ended: 0, dropped: 0, waiting: 0, capacity: 8_192))
    }

    @Test func `an unsampled child hands the vendors' state on`() {
        let tracer = Tracer(scope: scope)
        let parent = SpanContext(
            traceID: TraceID(high: 1, low: 2),
            spanID: SpanID(3),
            flags: 2,
            state: "k=v",
            isRemote: true
        )
        let span = tracer.startSpan("x", parent: parent)
        let context = span.context
        #expect(context.state == "k=v")
        #expect(context.flags == 2)
    }

    @Test func `a full pool drops and counts, and room comes back`() throws {
        let tracer = Tracer(scope: scope, capacity: 10)
        for _ in 0..<25 { tracer.startSpan("x").end() }
        #expect(tracer.statistics == TracerStatistics(ended: 10, dropped: 15, waiting: 10, capacity: 10))
        #expect(try tracer.drained(limit: 4).count == 4)
        for _ in 0..<5 {
            tracer.startSpan("y").end()
        }
        #expect(tracer.statistics == TracerStatistics(ended: 14, dropped: 16, waiting: 10, capacity: 10))
        #expect(
            try tracer.drained().map(\.name) == Array(repeating: "x", count: 6)
                + Array(repeating: "y", count: 4)
        )
        #expect(tracer.statistics.waiting == 0)
    }

    @Test func `a live span takes room too`() throws {
        let tracer = Tracer(scope: scope, capacity: 1)
        let first = tracer.startSpan("first")
        let second = tracer.startSpan("second")
        let recording = [first.isRecording, second.isRecording]
        let context = second.context
        #expect(recording == [true, false])
        #expect(context.isSampled)
        second.end()
        first.end()
        #expect(try tracer.drained().map(\.name) == ["first"])
    }

    @Test func `spans of a thread are drained in the order in which they ended`() throws {
        let tracer = Tracer(scope: scope)
        for index in 0..<100 { tracer.startSpan("\(index)").end() }
        #expect(try tracer.drained(limit: 30).map(\.name) == (0..<30).map { "\($0)" })
        #expect(try tracer.drained().map(\.name) == (30..<100).map { "\($0)" })
    }

    @Test func `a drain that lags behind loses nothing`() throws {
        let tracer = Tracer(scope: scope, capacity: 1_000)
        var names: [String] = []
        for index in 0..<900 {
            tracer.startSpan("\(index)").end()
            if index % 3 != 0 { names += try tracer.drained(limit: 1).map(\.name) }
        }
        names += try tracer.drained().map(\.name)
        #expect(names == (0..<900).map { "\($0)" })
    }

    @Test func `half a pool of waiting spans wakes the exporter`() {
        let counter = Counter()
        let tracer = Tracer(scope: scope, capacity: 64)
        tracer.onPressure { counter.add() }
        for _ in 0..<30 { tracer.startSpan("x").end() }
        #expect(counter.value == 0)
        for _ in 0..<10 { tracer.startSpan("x").end() }
        #expect(counter.value > 0)
    }

    @Test func `a span may outlive its tracer`() {
        func make() -> Span {
            let tracer = Tracer(scope: scope, capacity: 4)
            tracer.startSpan("a").end()
            return tracer.startSpan("b")
        }
        var span = make()
        span.set("k", "v")
        span.end()
    }

    @Test func `explicit flags decide for derived ids`() throws {
        let tracer = Tracer(scope: scope, sampler: .alwaysOff)
        let ids = (TraceID(high: 1, low: 2), SpanID(3))
        tracer.startSpan(
            "kept",
            kind: .internal,
            context: SpanContext(traceID: ids.0, spanID: ids.1, flags: 1),
            parent: nil,
            at: UnixTime(nanoseconds: 5)
        ).end(at: UnixTime(nanoseconds: 5))
        tracer.startSpan(
            "left out",
            kind: .internal,
            context: SpanContext(traceID: ids.0, spanID: ids.1, flags: 0),
            parent: nil,
            at: UnixTime(nanoseconds: 5)
        ).end()
        let bodies = try tracer.drained()
        #expect(bodies.map(\.name) == ["kept"])
        #expect(bodies[0].flags == 0x101)
    }

    @Test func `the processor's counter gives times of the wall clock`() throws {
        // Not a measurement: a clock that were off by a factor or an epoch would miss by far more.
        let tracer = Tracer(scope: scope)
        let before = pm_clock_realtime()
        tracer.startSpan("x").end()
        let after = pm_clock_realtime()
        let body = try #require(try tracer.drained().first)
        #expect(body.start > before - 1_000_000_000 && body.end < after + 1_000_000_000)
        #expect(body.start <= body.end)
    }

    @Test func `started is drained and dropped, with many threads and a drain beside them`() throws {
        let tracer = Tracer(scope: scope, capacity: 256)
        let threads = 8
        let spans = 4_000
        let running = Counter(threads)
        let drained = Mutex<[[UInt8]: Int]>([:])
        let workers = (0..<threads).map { worker in
            Thread {
                for index in 0..<spans {
                    var span = tracer.startSpan("worker \(worker)")
                    span.set("index", index)
                    span.set("text", "a value that is not kept in place")
                    if index % 3 == 0 { span.addEvent("e") }
                    span.end()
                }
                running.subtract()
            }
        }
        let drainer = Thread {
            while true {
                let isOver = running.value == 0
                var records = EncodedRecords()
                if tracer.drain(into: &records, limit: 100) == 0, isOver { return }
                for index in 0..<records.count {
                    guard let body = try? SpanBody(records.bytes[records.range(of: index)]),
                        body.attributes.count == 2, body.name.hasPrefix("worker ")
                    else { continue }
                    drained.withLock { $0[body.spanID, default: 0] += 1 }
                }
            }
        }
        workers.forEach { $0.join() }
        drainer.join()
        let statistics = tracer.statistics
        let seen = drained.withLock { $0 }
        #expect(seen.values.allSatisfy { $0 == 1 })
        #expect(UInt64(seen.count) == statistics.ended)
        #expect(statistics.ended + statistics.dropped == UInt64(threads * spans))
        #expect(statistics.waiting == 0)
    }

    @Test func `a span may end on another thread than it started on`() throws {
        let tracer = Tracer(scope: scope, capacity: 64)
        let handles = Mutex<[SpanHandle]>([])
        let total = 2_000
        let starters = (0..<2).map { _ in
            Thread {
                for _ in 0..<(total / 2) {
                    let handle = SpanHandle(tracer.startSpan("x"))
                    handles.withLock { $0.append(handle) }
                }
            }
        }
        let ended = Counter()
        let ender = Thread {
            while ended.value < total {
                if let handle = handles.withLock({ $0.popLast() }) {
                    handle.end()
                    ended.add()
                }
                var records = EncodedRecords()
                _ = tracer.drain(into: &records)
            }
        }
        (starters + [ender]).forEach { $0.join() }
        var records = EncodedRecords()
        _ = tracer.drain(into: &records)
        let statistics = tracer.statistics
        #expect(statistics.ended + statistics.dropped == UInt64(total))
        #expect(statistics.waiting == 0)
    }
}
