import PostmeterModel
import PostmeterTransport
import Testing

@testable import PostmeterExport

@Suite struct OTLPSenderTests {
    private func send(_ body: [UInt8], _ bench: TestBench, _ transport: FakeTransport) async throws
        -> ExportResult
    {
        let sender = OTLPSender(
            to: try bench.target(),
            by: transport,
            health: bench.health.declare("default", .traces, LaneFigures()),
            clock: bench.clock.clock,
            diagnostics: bench.warnings.diagnostics
        )
        return await sender.send(body, items: 7, retry: RetryPolicy(deadline: .seconds(1))).result
    }

    @Test func `a body over the limit is not sent`() async throws {
        let bench = TestBench()
        let transport = FakeTransport()
        let body = [UInt8](repeating: 0, count: OTLPTarget.bodyLimit + 1)
        #expect(try await send(body, bench, transport) == .failed(reason: "too_large", .refused))
        #expect(transport.sent.isEmpty)
        let failed = ["target": "default", "signal": "traces", "outcome": "failed"]
        #expect(bench.value("postmeter.export.requests", failed) == 1)
    }

    @Test func `the receiver's reason is reported`() async throws {
        let bench = TestBench()
        // google.rpc.Status { message: "bad key" }
        let status: [UInt8] = [0x12, 7] + Array("bad key".utf8)
        let transport = FakeTransport { _, _ in .status(401, status) }
        #expect(try await send([1], bench, transport) == .failed(reason: "refused", .refused))
        #expect(
            bench.warnings.all == [
                "push of traces to http://collector:4318/v1/traces: it answered 401: bad key"
            ]
        )
    }

    @Test func `a warning without a rejection is an acceptance`() async throws {
        let bench = TestBench()
        let warning: [UInt8] = [0x0a, 4, 0x12, 2] + Array("hm".utf8)
        let transport = FakeTransport { _, _ in .status(200, warning) }
        #expect(try await send([1], bench, transport) == .accepted)
        #expect(
            bench.value(
                "postmeter.export.items", ["target": "default", "signal": "traces", "outcome": "accepted"])
                == 7)
        #expect(bench.warnings.all.first?.hasSuffix("it warns: hm") == true)
    }

    @Test func `a receiver that rejects more than was sent rejects all of it`() async throws {
        let bench = TestBench()
        let partial: [UInt8] = [0x0a, 3, 0x08, 0xe8, 0x07]
        let transport = FakeTransport { _, _ in .status(200, partial) }
        #expect(try await send([1], bench, transport) == .partial(rejected: 1_000))
        #expect(
            bench.value(
                "postmeter.export.items", ["target": "default", "signal": "traces", "outcome": "rejected"])
                == 7)
        #expect(
            bench.value(
                "postmeter.export.items", ["target": "default", "signal": "traces", "outcome": "accepted"])
                == 0)
    }

    @Test(arguments: [
        // An answer, or that nobody was there, says that the body was not taken.
        (HTTPClientResult.status(429), ExportResult.Failure.away), (.status(503), .away),
        (.failure(.connectionRefused), .away), (.failure(.nameNotResolved), .away), (.failure(.tls), .away),
        (.failure(.queueFull, attempts: 0), .away), (.failure(.timeout, attempts: 0), .away),
        // Sent, and nothing came back, from the last try or perhaps from an earlier one.
        (.failure(.timeout), .unanswered), (.failure(.connectionLost), .unanswered),
        (.failure(.cancelled), .unanswered), (.failure(.other), .unanswered),
        (.status(502), .unanswered), (.status(504), .unanswered),
        (.status(503, attempts: 2), .unanswered), (.failure(.connectionRefused, attempts: 2), .unanswered),
        // Again in vain.
        (.status(400), .refused), (.status(500), .refused), (.status(301), .refused),
        (.status(413, attempts: 2), .refused), (.failure(.invalidRequest, attempts: 0), .refused),
        (.failure(.responseTooLarge), .refused), (.failure(.invalidResponse), .refused),
    ])
    func `a failure says whether the body may have been taken`(
        answer: HTTPClientResult,
        failure: ExportResult.Failure
    ) async throws {
        let bench = TestBench()
        guard case .failed(_, let found) = try await send([1], bench, FakeTransport { _, _ in answer }) else {
            Issue.record("it did not fail")
            return
        }
        #expect(found == failure)
    }

    @Test func `no try is given more time than all of them`() async throws {
        let bench = TestBench()
        let transport = FakeTransport()
        _ = try await send([1], bench, transport)
        #expect(transport.sent[0].request.timeout == .seconds(1))
    }
}
