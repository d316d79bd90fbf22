import PostmeterModel
import PostmeterTracing
import PostmeterTransport
import Synchronization
import Testing

@testable import PostmeterExport

@Suite struct RecordPusherTests {
    @Test func `spans go out in batches, and nothing goes out when there are none`() async throws {
        let bench = TestBench()
        let transport = FakeTransport()
        let pusher = try bench.spanPusher(transport)
        await pusher.flush()
        #expect(transport.sent.isEmpty)
        bench.endSpans(1_100)
        await pusher.flush()
        #expect(try transport.sent.map { try Wire.spanCount($0.request.body) } == [512, 512, 76])
        #expect(transport.sent[0].request.url == "http://collector:4318/v1/traces")
        #expect(!transport.sent[0].request.gzip)
        #expect(transport.sent[0].retry.deadline == .seconds(60))
        #expect(
            bench.value(
                "postmeter.export.items", ["target": "default", "signal": "traces", "outcome": "accepted"])
                == 1_100)
        #expect(
            bench.value(
                "postmeter.export.requests", ["target": "default", "signal": "traces", "outcome": "accepted"])
                == 3)
        #expect(bench.value("postmeter.spans.queued", ["target": "default"]) == 0)
        #expect(bench.value("postmeter.spans.ended") == 1_100)
    }

    @Test(arguments: [
        (HTTPClientResult.status(503), "unavailable"), (.status(400), "refused"),
        (.failure(.connectionRefused), "connection_refused"), (.failure(.timeout), "timeout"),
    ])
    func `a batch that is not taken is given up and counted by reason`(
        result: HTTPClientResult,
        reason: String
    ) async throws {
        let bench = TestBench()
        let transport = FakeTransport { _, _ in result }
        let pusher = try bench.spanPusher(transport)
        bench.endSpans(600)
        await pusher.flush()
        #expect(transport.sent.count == 2)
        #expect(
            bench.value("postmeter.export.lost", ["target": "default", "signal": "traces", "reason": reason])
                == 600)
        #expect(
            bench.value(
                "postmeter.export.requests", ["target": "default", "signal": "traces", "outcome": "failed"])
                == 2)
        #expect(
            bench.value(
                "postmeter.export.items", ["target": "default", "signal": "traces", "outcome": "accepted"])
                == 0)
        #expect(bench.warnings.all.count == 1)
    }

    @Test func `one export is under way at a time, and spans that end meanwhile are taken by the next flush`()
        async throws
    {
        let bench = TestBench()
        let transport = FakeTransport()
        transport.hold()
        let pusher = try bench.spanPusher(transport)
        bench.endSpans(10)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 { group.addTask { await pusher.flush() } }
            group.addTask {
                await transport.reached(1)
                bench.endSpans(5)
                transport.release()
            }
        }
        await pusher.flush()
        #expect(transport.mostUnderWay == 1)
        #expect(try transport.sent.map { try Wire.spanCount($0.request.body) }.reduce(0, +) == 15)
    }

    @Test func `spans that end during an export wait for the next interval, so that batches stay large`()
        async throws
    {
        let bench = TestBench()
        let transport = FakeTransport()
        transport.hold()
        let pusher = try bench.spanPusher(transport)
        await pusher.start()
        bench.endSpans(10)
        async let flush: Void = pusher.flush()
        await transport.reached(1)
        bench.endSpans(5)
        transport.release()
        await flush
        #expect(transport.sent.count == 1)
        #expect(bench.value("postmeter.spans.waiting") == 5)
        await bench.clock.sleeping(1)
        bench.clock.advance(.seconds(5))
        await transport.reached(2)
        #expect(try Wire.spanCount(transport.sent[1].request.body) == 5)
        await pusher.shutdown(within: .seconds(1))
    }

    @Test func `a shutdown takes what ends during its last export`() async throws {
        let bench = TestBench()
        let transport = FakeTransport()
        transport.hold()
        let pusher = try bench.spanPusher(transport)
        bench.endSpans(10)
        async let isInTime = pusher.shutdown(within: .seconds(5))
        await transport.reached(1)
        bench.endSpans(5)
        transport.release()
        #expect(await isInTime)
        #expect(try transport.sent.map { try Wire.spanCount($0.request.body) } == [10, 5])
    }

    @Test func `what is queued waits for the export that is under way`() async throws {
        let bench = TestBench()
        let transport = FakeTransport()
        transport.hold()
        let pusher = try bench.spanPusher(transport)
        bench.endSpans(10)
        async let first: Void = pusher.flush()
        await transport.reached(1)
        bench.endSpans(5)
        async let second: Void = pusher.flush()
        while bench.value("postmeter.spans.queued", ["target": "default"]) != 5 { await Task.yield() }
        // Time for an export that does not wait to begin.
        for _ in 0..<100 { await Task.yield() }
        transport.release()
        await first
        await second
        #expect(transport.mostUnderWay == 1)
        #expect(try transport.sent.map { try Wire.spanCount($0.request.body) } == [10, 5])
    }

    @Test func `a full queue leaves spans with the tracer, which counts what it cannot take`() async throws {
        let bench = TestBench(capacity: 20)
        let transport = FakeTransport()
        transport.hold()
        let pusher = try bench.spanPusher(transport) {
            $0.batchLimit = 5
            $0.queueLimit = 2
        }
        bench.endSpans(20)
        async let first: Void = pusher.flush()
        await transport.reached(1)
        async let second: Void = pusher.flush()
        while bench.tracer.statistics.waiting != 5 { await Task.yield() }
        // 5 are under way, 10 queued, 5 with the tracer, which has room for 15 more.
        #expect(bench.value("postmeter.spans.queued", ["target": "default"]) == 10)
        bench.endSpans(22)
        #expect(bench.value("postmeter.spans.waiting") == 20)
        #expect(bench.value("postmeter.spans.dropped") == 7)
        transport.release()
        await first
        await second
        let sent = try transport.sent.map { try Wire.spanCount($0.request.body) }
        #expect(sent == [5, 5, 5, 5, 5, 5, 5])
        #expect(bench.value("postmeter.spans.queued", ["target": "default"]) == 0)
    }

    @Test func `the interval brings an export`() async throws {
        let bench = TestBench()
        let transport = FakeTransport()
        let pusher = try bench.spanPusher(transport)
        await pusher.start()
        bench.endSpans(1)
        await bench.clock.sleeping(1)
        #expect(transport.sent.isEmpty)
        bench.clock.advance(.seconds(5))
        await transport.reached(1)
        bench.endSpans(1)
        await bench.clock.sleeping(1)
        bench.clock.advance(.seconds(5))
        await transport.reached(2)
        await pusher.shutdown(within: .seconds(1))
    }

    @Test func `pressure brings an export before the interval is over`() async throws {
        let bench = TestBench(capacity: 64)
        let transport = FakeTransport()
        let pusher = try bench.spanPusher(transport)
        await pusher.start()
        bench.endSpans(40)
        await transport.reached(1)
        await pusher.shutdown(within: .seconds(1))
        #expect(
            bench.value(
                "postmeter.export.items", ["target": "default", "signal": "traces", "outcome": "accepted"])
                == 40)
    }

    @Test func `a shutdown exports what is left`() async throws {
        let bench = TestBench()
        let transport = FakeTransport()
        let pusher = try bench.spanPusher(transport)
        await pusher.start()
        bench.endSpans(700)
        #expect(await pusher.shutdown(within: .seconds(5)))
        #expect(try transport.sent.map { try Wire.spanCount($0.request.body) } == [512, 188])
        #expect(transport.sent.allSatisfy { $0.retry.deadline == .seconds(5) })
        #expect(await pusher.shutdown(within: .seconds(5)))
        #expect(transport.sent.count == 2)
    }

    @Test func `what a shutdown has no time for is counted`() async throws {
        let bench = TestBench()
        let transport = FakeTransport { _, _ in .failure(.cancelled) }
        transport.hold()
        let pusher = try bench.spanPusher(transport) { $0.batchLimit = 10 }
        bench.endSpans(35)
        async let isInTime = pusher.shutdown(within: .seconds(3))
        await transport.reached(1)
        await bench.clock.sleeping(1)
        bench.clock.advance(.seconds(3))
        #expect(await isInTime == false)
        #expect(
            bench.value(
                "postmeter.export.lost", ["target": "default", "signal": "traces", "reason": "shutdown"])
                == 25)
        transport.release()
        let cancelled = ["target": "default", "signal": "traces", "reason": "cancelled"]
        while bench.value("postmeter.export.lost", cancelled) != 10 { await Task.yield() }
        bench.endSpans(1)
        await pusher.flush()
        #expect(transport.sent.count == 1)
    }

    @Test func `every span that ended is accepted, lost or dropped`() async throws {
        let bench = TestBench(capacity: 300)
        let number = Mutex(0)
        let transport = FakeTransport { _, _ in
            let turn = number.withLock { number in
                number += 1
                return number
            }
            return turn % 3 == 0 ? .status(500) : turn % 3 == 1 ? .status(200) : .failure(.connectionLost)
        }
        let pusher = try bench.spanPusher(transport) { $0.batchLimit = 50 }
        await pusher.start()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    for _ in 0..<50 {
                        bench.endSpans(20)
                        await pusher.flush()
                    }
                }
            }
        }
        await pusher.shutdown(within: .seconds(1))
        let accepted =
            bench.value(
                "postmeter.export.items", ["target": "default", "signal": "traces", "outcome": "accepted"])
            ?? 0
        let lost = ["refused", "connection_lost", "shutdown"].reduce(0) { sum, reason in
            sum
                + (bench.value(
                    "postmeter.export.lost", ["target": "default", "signal": "traces", "reason": reason]) ?? 0)
        }
        let dropped = bench.value("postmeter.spans.dropped") ?? 0
        #expect(accepted + lost + dropped == 4_000)
        #expect(transport.mostUnderWay == 1)
    }
}
