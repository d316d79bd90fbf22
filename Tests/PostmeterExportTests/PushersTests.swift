import PostmeterTransport
import Testing

@testable import PostmeterExport

@Suite struct PushersTests {
    private func pushers(_ bench: TestBench, _ transport: FakeTransport) throws -> Pushers {
        Pushers(
            metrics: try bench.metricsPusher(transport),
            spans: try bench.spanPusher(transport),
            logs: try bench.logPusher(transport)
        )
    }

    private func paths(_ transport: FakeTransport) -> [String] {
        transport.sent.map { String($0.request.url.split(separator: "/").last ?? "") }
    }

    @Test func `a flush pushes all signals`() async throws {
        let bench = TestBench()
        let transport = FakeTransport()
        bench.endSpans(1)
        bench.log(1)
        try await pushers(bench, transport).flush()
        #expect(paths(transport).sorted() == ["logs", "metrics", "traces"])
    }

    @Test func `the last metrics tell what became of the last spans and log records`() async throws {
        let bench = TestBench()
        let transport = FakeTransport { request, _ in
            request.url.hasSuffix("logs") ? .status(400) : .status(200)
        }
        let pushers = try pushers(bench, transport)
        await pushers.start()
        bench.endSpans(3)
        bench.log(5)
        #expect(await pushers.shutdown(within: .seconds(10), clock: bench.clock.clock))
        #expect(paths(transport).dropLast().sorted() == ["logs", "traces"])
        #expect(paths(transport).last == "metrics")
        let last = try #require(transport.sent.last).request
        let lost = try Wire.sumPoints(last.body, "postmeter.export.lost").map(\.value)
        #expect(lost.filter { $0 != 0 } == [5])
        let items = try Wire.sumPoints(last.body, "postmeter.export.items").map(\.value)
        #expect(items.filter { $0 != 0 } == [3])
        // They have what is left of the time: all of it, on a clock that stood.
        #expect(transport.sent.last?.retry.deadline == .seconds(10))
        #expect(transport.sent.first?.retry.deadline == .seconds(5))
    }

    @Test func `spans that nobody takes leave half of the time to the metrics`() async throws {
        let bench = TestBench()
        let (hung, transport) = (FakeTransport(), FakeTransport())
        hung.hold()
        bench.endSpans(2)
        let pushers = Pushers(
            metrics: try bench.metricsPusher(transport),
            spans: try bench.spanPusher(hung)
        )
        async let isInTime = pushers.shutdown(within: .seconds(8), clock: bench.clock.clock)
        await hung.reached(1)
        await bench.clock.sleeping(1)
        bench.clock.advance(.seconds(4))
        #expect(await isInTime == false)
        #expect(transport.sent.map(\.retry.deadline) == [.seconds(4)])
        hung.release()
    }

    @Test func `signals that are not pushed need no time`() async throws {
        let bench = TestBench()
        let transport = FakeTransport()
        bench.log(1)
        let logs = Pushers(logs: try bench.logPusher(transport))
        #expect(await logs.shutdown(within: .seconds(8), clock: bench.clock.clock))
        #expect(transport.sent.map(\.retry.deadline) == [.seconds(8)])
        #expect(await Pushers().shutdown(within: .seconds(8), clock: bench.clock.clock))
    }
}
