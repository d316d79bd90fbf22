import PostmeterModel
import PostmeterTracing
import PostmeterTransport
import Synchronization
import Testing

@testable import PostmeterExport

@Suite struct LogPusherTests {
    private func lost(_ bench: TestBench, _ reason: String) -> Double? {
        bench.value("postmeter.export.lost", ["target": "default", "signal": "logs", "reason": reason])
    }

    @Test func `log records go out grouped by scope`() async throws {
        let bench = TestBench()
        let transport = FakeTransport()
        let pusher = try bench.logPusher(transport)
        await pusher.flush()
        #expect(transport.sent.isEmpty)
        bench.log(40, scope: "mail")
        bench.log(3, scope: "http")
        bench.log(40, scope: "mail")
        await pusher.flush()

        let sent = try #require(transport.sent.first?.request)
        #expect(transport.sent.count == 1)
        #expect(sent.url == "http://collector:4318/v1/logs")
        #expect(sent.headers["Content-Type"] == "application/x-protobuf")
        #expect(sent.gzip)
        #expect(try Wire.texts(sent.body, [1, 1, 1, 2, 1]) == ["test"])
        let counts = try Wire.recordCounts(sent.body)
        #expect(Dictionary(counts.map { ($0.scope, $0.records) }) { $0 + $1 } == ["mail": 80, "http": 3])
        #expect(counts.count == 2)
        #expect(
            bench.value(
                "postmeter.export.items", ["target": "default", "signal": "logs", "outcome": "accepted"])
                == 83)
        #expect(
            bench.value(
                "postmeter.export.requests", ["target": "default", "signal": "logs", "outcome": "accepted"])
                == 1)
    }

    @Test func `an export holds so many records`() async throws {
        let bench = TestBench()
        let transport = FakeTransport()
        let pusher = try bench.logPusher(transport)
        bench.log(1_100)
        await pusher.flush()
        let counts = try transport.sent.map { try Wire.recordCounts($0.request.body).map(\.records) }
        #expect(counts == [[512], [512], [76]])
    }

    @Test func `what a receiver rejects or does not take is counted`() async throws {
        let bench = TestBench()
        // partial_success { rejected_log_records: 2 }
        let turn = Mutex(0)
        let transport = FakeTransport { _, _ in
            let number = turn.withLock { turn in
                turn += 1
                return turn
            }
            return number == 1 ? .status(200, [0x0a, 2, 0x08, 2]) : .failure(.connectionLost)
        }
        let pusher = try bench.logPusher(transport) { $0.batchLimit = 10 }
        bench.log(15)
        await pusher.flush()
        #expect(
            bench.value(
                "postmeter.export.items", ["target": "default", "signal": "logs", "outcome": "rejected"]) == 2
        )
        #expect(
            bench.value(
                "postmeter.export.items", ["target": "default", "signal": "logs", "outcome": "accepted"]) == 8
        )
        #expect(lost(bench, "connection_lost") == 5)
        #expect(
            bench.warnings.all.first?.hasPrefix("push of logs to http://collector:4318/v1/logs: ") == true)
    }

    @Test func `records that wait for an export are shown as queued`() async throws {
        let bench = TestBench()
        let transport = FakeTransport()
        transport.hold()
        let pusher = try bench.logPusher(transport) { $0.batchLimit = 10 }
        bench.log(25)
        async let flush: Void = pusher.flush()
        await transport.reached(1)
        #expect(bench.value("postmeter.logs.queued", ["target": "default"]) == 15)
        transport.release()
        await flush
        #expect(bench.value("postmeter.logs.queued", ["target": "default"]) == 0)
    }

    @Test func `pressure brings an export before the interval is over`() async throws {
        let bench = TestBench(capacity: 64)
        let transport = FakeTransport()
        let pusher = try bench.logPusher(transport)
        await pusher.start()
        bench.log(40)
        await transport.reached(1)
        await pusher.shutdown(within: .seconds(1))
        #expect(
            bench.value(
                "postmeter.export.items", ["target": "default", "signal": "logs", "outcome": "accepted"])
                == 40)
    }

    @Test func `the interval brings an export`() async throws {
        let bench = TestBench()
        let transport = FakeTransport()
        let pusher = try bench.logPusher(transport) { $0.interval = .seconds(1) }
        await pusher.start()
        bench.log(1)
        await bench.clock.sleeping(1)
        #expect(transport.sent.isEmpty)
        bench.clock.advance(.seconds(1))
        await transport.reached(1)
        await pusher.shutdown(within: .seconds(1))
    }

    @Test func `what a shutdown has no time for is counted`() async throws {
        let bench = TestBench()
        let transport = FakeTransport { _, _ in .failure(.cancelled) }
        transport.hold()
        let pusher = try bench.logPusher(transport) {
            $0.batchLimit = 10
            $0.queueLimit = 1
        }
        bench.log(35)
        async let isInTime = pusher.shutdown(within: .seconds(3))
        await transport.reached(1)
        await bench.clock.sleeping(1)
        bench.clock.advance(.seconds(3))
        #expect(await isInTime == false)
        #expect(lost(bench, "shutdown") == 25)
        #expect(bench.value("postmeter.logs.waiting") == 0)
        transport.release()
        while lost(bench, "cancelled") != 10 { await Task.yield() }
        bench.log(1)
        await pusher.flush()
        #expect(transport.sent.count == 1)
    }

    @Test func `every record is accepted, lost or dropped, and exports of one signal never overlap`()
        async throws
    {
        let bench = TestBench(capacity: 300)
        let number = Mutex(0)
        let answer: FakeTransport.Answer = { _, _ in
            let turn = number.withLock { number in
                number += 1
                return number
            }
            return turn % 3 == 0 ? .status(500) : turn % 3 == 1 ? .status(200) : .failure(.connectionLost)
        }
        let (spanTransport, logTransport) = (FakeTransport(answer), FakeTransport(answer))
        let spans = try bench.spanPusher(spanTransport) { $0.batchLimit = 50 }
        let logs = try bench.logPusher(logTransport) { $0.batchLimit = 50 }
        await spans.start()
        await logs.start()
        await withTaskGroup(of: Void.self) { group in
            for index in 0..<4 {
                group.addTask {
                    for _ in 0..<50 {
                        bench.endSpans(20)
                        bench.log(20, scope: "\(index)")
                        await spans.flush()
                        await logs.flush()
                    }
                }
            }
        }
        await spans.shutdown(within: .seconds(1))
        await logs.shutdown(within: .seconds(1))
        for signal in ["traces", "logs"] {
            let labels = ["target": "default", "signal": signal, "outcome": "accepted"]
            let accepted = bench.value("postmeter.export.items", labels) ?? 0
            let lost = ["refused", "connection_lost", "shutdown"].reduce(0) { sum, reason in
                sum
                    + (bench.value(
                        "postmeter.export.lost", ["target": "default", "signal": signal, "reason": reason])
                        ?? 0)
            }
            let dropped = bench.value("postmeter.\(signal == "logs" ? "logs" : "spans").dropped") ?? 0
            #expect(accepted + lost + dropped == 4_000, "\(signal)")
        }
        #expect(spanTransport.mostUnderWay == 1)
        #expect(logTransport.mostUnderWay == 1)
    }
}
