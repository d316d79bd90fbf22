import PostmeterModel
import PostmeterTracing
import PostmeterTransport
import Testing

@testable import PostmeterExport

@Suite struct SpoolLedgerTests {
    @Test func `a receiver that was away gets all that was recorded meanwhile, in order`() async throws {
        let world = try await SpoolWorld()
        await world.record(150)
        world.receiver.mood = .busy(status: 503, retryAfter: nil)
        for _ in 0..<20 {
            await world.record(130)
            await world.wait(.seconds(60))
        }
        #expect(world.process.figure("items", "a") == 2_600)
        #expect(world.process.figure("written", "a") == 2_600)
        world.receiver.mood = .accepts
        await world.drain()
        #expect(world.receiver.records == Array(0..<2_750))
        #expect(world.process.figure("drained", "a") == 2_600)
        #expect(world.process.figure("items", "a") == 0)
        #expect(world.lost() == [:])
    }

    @Test func `after an outage the files are gone and records go straight to the receiver`() async throws {
        let world = try await SpoolWorld()
        #expect(world.disk.files == [])
        world.receiver.mood = .nobodyThere
        await world.record(10)
        #expect(world.disk.segmentBytes > 0)
        #expect(world.process.figure("bytes", "a") == world.disk.segmentBytes)
        world.receiver.mood = .accepts
        await world.drain()
        #expect(world.disk.segmentBytes == 0)
        #expect(world.process.figure("bytes", "a") == 0)
        await world.record(10)
        #expect(world.receiver.records == Array(0..<20))
        #expect(world.process.figure("written", "a") == 10)
    }

    @Test func `what was on disk when the process was killed is sent by the next one`() async throws {
        let world = try await SpoolWorld()
        world.receiver.mood = .lostBefore
        await world.record(250)
        try await world.kill()
        #expect(world.process.figure("items", "a") == 250)
        await world.record(250)
        try await world.restart()
        #expect(world.process.figure("items", "a") == 500)
        world.receiver.mood = .accepts
        await world.drain()
        #expect(world.receiver.records == Array(0..<500))
    }

    @Test func `a process that is killed in the middle of draining repeats nothing that was answered`()
        async throws
    {
        let world = try await SpoolWorld()
        world.receiver.mood = .busy(status: 429, retryAfter: nil)
        await world.record(1_000)
        for round in 1...4 {
            world.receiver.mood = .accepts
            // One try, of one request, before it is away again.
            let seen = world.receiver.requests
            let lane = try #require(world.process.pipeline.lanes.first)
            world.clock.advance(.seconds(120))
            await lane.wake()
            while world.receiver.requests < seen + round { await Task.yield() }
            world.receiver.mood = .busy(status: 503, retryAfter: nil)
            await world.settle()
            try await world.kill()
        }
        world.receiver.mood = .accepts
        await world.drain()
        #expect(world.receiver.records == Array(0..<1_000))
    }

    @Test(arguments: [400, 401, 413, 500])
    func `what a receiver refuses for good is dropped, counted, and blocks nothing`(status: Int) async throws
    {
        let world = try await SpoolWorld()
        world.receiver.mood = .busy(status: 503, retryAfter: nil)
        await world.record(300)
        world.receiver.mood = .refuses(status: status)
        await world.wait(.seconds(60))
        #expect(world.process.figure("items", "a") == 0)
        #expect(world.lost() == ["refused": 300])
        #expect(world.process.figure("drained", "a") == 0)
        world.receiver.mood = .accepts
        await world.record(5)
        #expect(world.receiver.records == Array(300..<305))
    }

    @Test func `a partial success from the spool is taken and never repeated`() async throws {
        let world = try await SpoolWorld()
        world.receiver.mood = .busy(status: 503, retryAfter: nil)
        await world.record(200)
        world.receiver.mood = .rejectsOne
        await world.drain()
        #expect(world.receiver.records == Array(0..<200))
        let labels = ["target": "a", "signal": "logs", "outcome": "rejected"]
        #expect(world.process.bench.value("postmeter.export.items", labels) == 2)
        #expect(world.process.figure("drained", "a") == 200)
    }

    @Test func `a request is repeated only when the answer to it was lost`() async throws {
        let world = try await SpoolWorld()
        world.receiver.mood = .lostAfter
        await world.record(100)
        await world.wait(.seconds(120))
        world.receiver.mood = .accepts
        await world.drain()
        let taken = world.receiver.taken
        #expect(taken.map(\.records) == Array(repeating: Array(0..<100), count: taken.count))
        #expect(taken.filter(\.isAnswered).count == 1)
        #expect(taken.count == 3)
    }

    @Test(arguments: [("120", 120), ("Thu, 16 Nov 2023 22:13:21 GMT", 7_200)])
    func `a receiver is left alone as long as it asks`(retryAfter: String, seconds: Int64) async throws {
        let world = try await SpoolWorld()
        world.receiver.mood = .busy(status: 429, retryAfter: retryAfter)
        await world.record(1)
        #expect(world.receiver.requests == 1)
        world.receiver.mood = .accepts
        // A date far ahead is honoured for an hour.
        let asked = min(seconds, 3_600)
        await world.wait(.seconds(asked - 1))
        #expect(world.receiver.requests == 1)
        // The jitter goes on top of it.
        await world.wait(.seconds(3))
        #expect(world.receiver.records == [0])
    }

    @Test func `an hour of 503 costs a request every so often, not more`() async throws {
        let world = try await SpoolWorld()
        world.receiver.mood = .busy(status: 503, retryAfter: nil)
        for _ in 0..<3_600 {
            await world.record(1)
            await world.wait(.seconds(1))
        }
        // Half of 1, 2, 4 ... 30 seconds between tries, with the random number of this test.
        #expect((200...260).contains(world.receiver.requests))
        world.receiver.mood = .accepts
        await world.drain()
        #expect(world.receiver.records == Array(0..<3_600))
    }

    @Test func `four days of outage beyond the budget leave the newest, and the oldest are counted`()
        async throws
    {
        let world = try await SpoolWorld()
        world.receiver.mood = .nobodyThere
        for step in 0..<576 {
            await world.record(100)
            await world.wait(.seconds(600))
            if step % 100 == 50 { try await world.kill() }
            #expect(world.disk.segmentBytes <= 1 << 20)
        }
        world.receiver.mood = .accepts
        await world.drain()
        let records = world.receiver.records
        let first = try #require(records.first)
        #expect(first > 0 && first % 100 == 0)
        #expect(records == Array(first..<57_600))
        #expect(world.lost() == ["spool_full": first])
        // A quarter of the budget at the most is lost to whole segments going at a time.
        #expect(records.count > 57_600 / 8)
    }

    @Test func `four days of outage within the budget lose nothing`() async throws {
        let world = try await SpoolWorld { target in
            target.spool = SpoolLimits(byteLimit: 64 << 20)
            target.logs = try? OTLPTarget(.base("http://a:4318"), compression: .gzip)
        }
        world.receiver.mood = .nobodyThere
        for step in 0..<576 {
            await world.record(100)
            await world.wait(.seconds(600))
            if step % 200 == 50 { try await world.kill() }
        }
        world.receiver.mood = .accepts
        await world.drain()
        #expect(world.receiver.records == Array(0..<57_600))
        #expect(!world.receiver.taken.dropFirst().contains { !$0.isCompressed })
        #expect(world.lost() == [:])
    }

    @Test func `what is older than the limit is dropped first and counted`() async throws {
        let world = try await SpoolWorld { $0.spool = SpoolLimits(ageLimit: .seconds(3_600)) }
        world.receiver.mood = .nobodyThere
        for _ in 0..<10 {
            await world.record(100)
            await world.wait(.seconds(600))
        }
        world.receiver.mood = .accepts
        // An hour and ten minutes later only what came in the last hour is left.
        await world.wait(.seconds(60))
        await world.drain()
        #expect(world.receiver.records == Array(500..<1_000))
        #expect(world.lost() == ["spool_expired": 500])
    }

    @Test func `a target that is away takes nothing from another`() async throws {
        let world = try await SpoolWorld(["a", "b"])
        let (away, there) = (try #require(world.receivers["a"]), try #require(world.receivers["b"]))
        away.mood = .nobodyThere
        for _ in 0..<20 {
            await world.record(90)
            await world.wait(.seconds(10))
        }
        #expect(there.records == Array(0..<1_800))
        #expect(away.records == [])
        #expect(world.process.figure("items", "a") == 1_800)
        #expect(world.process.figure("items", "b") == 0)
        away.mood = .accepts
        await world.drain()
        #expect(away.records == Array(0..<1_800))
    }

    @Test func `a slow target without a spool loses what it has no room for, and another nothing`()
        async throws
    {
        let world = try await SpoolWorld(["a", "b"]) { target in
            target.spool = nil
            if target.name == "a" { target.logRecords.queueLimit = 2 }
        }
        await world.record(900)
        let slow = try #require(world.receivers["a"])
        #expect(world.receivers["b"]?.records == Array(0..<900))
        #expect(world.lost("b") == [:])
        #expect(slow.records.count + (world.lost("a")["queue_full"] ?? 0) == 900)
        #expect(slow.records.count >= 200)
    }

    @Test func `a disk that refuses leaves records in memory until it works again`() async throws {
        let world = try await SpoolWorld()
        world.disk.fail(true)
        world.receiver.mood = .nobodyThere
        await world.record(300)
        #expect(world.process.figure("items", "a") == 0)
        #expect(world.lost() == [:])
        world.disk.fail(false)
        await world.drain(hours: 1)
        #expect(world.process.figure("items", "a") == 300)
        world.receiver.mood = .accepts
        await world.drain()
        #expect(world.receiver.records == Array(0..<300))
        #expect(world.warnings.all.contains { $0.contains("the spool in ") })
    }

    @Test func `what neither receiver nor disk take by the end is counted`() async throws {
        let world = try await SpoolWorld()
        world.disk.fail(true)
        world.receiver.mood = .nobodyThere
        await world.record(300)
        try await world.restart()
        #expect(world.lost() == ["shutdown": 300])
    }

    @Test func `a folder that cannot be made ends nothing`() async throws {
        let bench = TestBench()
        var target = ExportTarget("a", logs: try bench.target())
        target.spool = SpoolLimits()
        let transport = FakeTransport()
        let pipeline = ExportPipeline(
            targets: [target],
            spoolDirectory: "/proc/nothing",
            registry: bench.registry,
            tracers: [],
            logs: [bench.logs],
            encoder: bench.encoder,
            transport: transport,
            health: bench.health,
            clock: bench.clock.clock,
            diagnostics: bench.warnings.diagnostics
        )
        await pipeline.start()
        bench.log(10)
        await pipeline.flush()
        #expect(transport.sent.count == 1)
        #expect(await pipeline.shutdown(within: .seconds(1)))
    }

    @Test func `what a shutdown has no time for is on disk`() async throws {
        let world = try await SpoolWorld()
        world.receiver.mood = .lostBefore
        for number in 0..<250 {
            world.process.bench.logs.record(scope: "mail", severity: .info, body: "record \(number)")
        }
        await world.process.pipeline.shutdown(within: .seconds(5))
        #expect(world.lost() == [:])
        #expect(world.process.figure("items", "a") == 250)
    }
}
