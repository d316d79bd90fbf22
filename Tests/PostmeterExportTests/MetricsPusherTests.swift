import PostmeterMetrics
import PostmeterModel
import PostmeterTransport
import Synchronization
import Testing

@testable import PostmeterExport

@Suite struct MetricsPusherTests {
    private func counter(_ bench: TestBench, _ name: String, isDurable: Bool = false) -> Counter {
        bench.registry.family(
            InstrumentDescriptor(name: name, kind: .counter, isDurable: isDurable),
            of: Counter.self
        ).bind()
    }

    @Test func `a push is an OTLP request`() async throws {
        let bench = TestBench()
        counter(bench, "things").add(3)
        let transport = FakeTransport()
        try await bench.metricsPusher(transport).push()

        let sent = try #require(transport.sent.first)
        #expect(sent.request.method == .post)
        #expect(sent.request.url == "http://collector:4318/v1/metrics")
        #expect(sent.request.headers["Content-Type"] == "application/x-protobuf")
        #expect(sent.request.headers["x-key"] == "k")
        #expect(sent.request.gzip)
        #expect(sent.request.timeout == .seconds(10))
        #expect(sent.retry.deadline == .seconds(10))
        #expect(try Wire.metricNames(sent.request.body).contains("things"))
        #expect(try Wire.texts(sent.request.body, [1, 1, 1, 2, 1]) == ["test"])
        #expect(
            bench.value(
                "postmeter.export.requests",
                ["target": "default", "signal": "metrics", "outcome": "accepted"]) == 1)
        #expect(
            (bench.value(
                "postmeter.export.items", ["target": "default", "signal": "metrics", "outcome": "accepted"])
                ?? 0) > 1
        )
    }

    @Test func `a push that fails leaves nothing queued and the next one carries the sums`() async throws {
        let bench = TestBench()
        let things = counter(bench, "things")
        let isUp = Mutex(false)
        let transport = FakeTransport { _, _ in isUp.withLock { $0 } ? .status(200) : .status(503) }
        let pusher = try bench.metricsPusher(transport)
        things.add(1)
        await pusher.push()
        isUp.withLock { $0 = true }
        await pusher.push()
        #expect(transport.sent.count == 2)
        #expect(try Wire.metricNames(transport.sent[1].request.body).contains("things"))
        #expect(
            bench.value(
                "postmeter.export.requests", ["target": "default", "signal": "metrics", "outcome": "failed"])
                == 1)
        #expect(
            bench.value(
                "postmeter.export.requests",
                ["target": "default", "signal": "metrics", "outcome": "accepted"]) == 1)
        #expect(
            bench.value(
                "postmeter.export.lost", ["target": "default", "signal": "metrics", "reason": "unavailable"])
                == nil)
        #expect(bench.warnings.all.count == 2)
        #expect(bench.warnings.all.last?.hasSuffix("works again") == true)
    }

    @Test func `durable families wait for the gate`() async throws {
        let bench = TestBench()
        counter(bench, "durable.things", isDurable: true).add(1)
        counter(bench, "other.things").add(1)
        let isOpen = Mutex(false)
        let transport = FakeTransport()
        let pusher = try bench.metricsPusher(transport) { isOpen.withLock { $0 } }
        await pusher.push()
        isOpen.withLock { $0 = true }
        await pusher.push()
        let names = try transport.sent.map { try Wire.metricNames($0.request.body) }
        #expect(!names[0].contains("durable.things") && names[0].contains("other.things"))
        #expect(names[1].contains("durable.things") && names[1].contains("other.things"))
    }

    @Test func `one push is under way at a time`() async throws {
        let bench = TestBench()
        let transport = FakeTransport()
        transport.hold()
        let pusher = try bench.metricsPusher(transport)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<5 { group.addTask { await pusher.push() } }
            group.addTask {
                await transport.reached(1)
                transport.release()
            }
        }
        #expect(transport.sent.count == 5)
        #expect(transport.mostUnderWay == 1)
    }

    @Test func `every interval brings a push`() async throws {
        let bench = TestBench()
        let transport = FakeTransport()
        let pusher = try bench.metricsPusher(transport)
        await pusher.start()
        await pusher.start()
        for round in 1...3 {
            await bench.clock.sleeping(1)
            #expect(transport.sent.count == round - 1)
            bench.clock.advance(.seconds(10))
            await transport.reached(round)
        }
        await bench.clock.sleeping(1)
        #expect(await pusher.shutdown(within: .seconds(5)))
        #expect(transport.sent.count == 4)
    }

    @Test func `the last push is bounded by the deadline of the shutdown`() async throws {
        let bench = TestBench()
        let transport = FakeTransport()
        transport.hold()
        let pusher = try bench.metricsPusher(transport)
        async let isInTime = pusher.shutdown(within: .seconds(2))
        await transport.reached(1)
        await bench.clock.sleeping(1)
        bench.clock.advance(.seconds(2))
        #expect(await isInTime == false)
        #expect(transport.sent[0].retry.deadline == .seconds(2))
        #expect(transport.sent[0].request.timeout == .seconds(2))
        transport.release()
        await pusher.push()
        #expect(transport.sent.count == 1)
    }

    @Test func `what a receiver rejects is counted and its message reported once`() async throws {
        let bench = TestBench()
        // partial_success { rejected_data_points: 2, error_message: "no" }
        let partial: [UInt8] = [0x0a, 6, 0x08, 2, 0x12, 2] + Array("no".utf8)
        let transport = FakeTransport { _, _ in .status(200, partial) }
        let pusher = try bench.metricsPusher(transport)
        await pusher.push()
        await pusher.push()
        #expect(
            bench.value(
                "postmeter.export.requests", ["target": "default", "signal": "metrics", "outcome": "partial"])
                == 2)
        #expect(
            bench.value(
                "postmeter.export.items", ["target": "default", "signal": "metrics", "outcome": "rejected"])
                == 4)
        #expect(
            bench.warnings.all == [
                "push of metrics to http://collector:4318/v1/metrics: it refused 2 of them: no"
            ]
        )
    }

    @Test func `further tries are counted`() async throws {
        let bench = TestBench()
        let transport = FakeTransport { _, _ in .status(200, attempts: 4) }
        try await bench.metricsPusher(transport).push()
        #expect(bench.value("postmeter.export.retries", ["target": "default", "signal": "metrics"]) == 3)
        #expect(bench.value("postmeter.export.duration", ["target": "default", "signal": "metrics"]) == 1)
    }

    @Test(
        arguments: [
            // 1 is delta, 2 cumulative: a counter, a histogram, an up-down counter, an observable counter.
            (TemporalityPreference.cumulative, [2, 2, 2, 2]), (.delta, [1, 1, 2, 1]),
            (.lowMemory, [1, 1, 2, 2]),
        ] as [(TemporalityPreference, [UInt64])])
    func `the preference decides what is pushed as differences`(
        preference: TemporalityPreference,
        temporalities: [UInt64]
    ) async throws {
        let bench = TestBench()
        counter(bench, "a").add(1)
        bench.registry.family(
            InstrumentDescriptor(name: "b", kind: .histogram, bounds: [1]),
            of: Histogram.self
        ).bind().record(2)
        bench.registry.family(
            InstrumentDescriptor(name: "c", kind: .upDownCounter),
            of: UpDownCounter.self
        ).bind().add(-3)
        _ = bench.registry.observe(
            InstrumentDescriptor(name: "d", kind: .counter, isObservable: true)
        ) { $0.record(4) }
        let transport = FakeTransport()
        try await bench.metricsPusher(transport, preference).push()
        let body = try #require(transport.sent.first).request.body
        let found = try ["a", "b", "c", "d"].map { name in try Wire.temporality(body, name) }
        #expect(found == temporalities)
    }
}
