import Glibc
import PostmeterModel
import PostmeterTracing
import PostmeterTransport
import Testing

@testable import PostmeterExport

/// Several things that go wrong at a time.
@Suite struct SpoolOutageTests {
    @Test func `a disk that takes nothing more lets out what it holds, and what waits in memory behind it`()
        async throws
    {
        let world = try await SpoolWorld()
        world.receiver.mood = .nobodyThere
        await world.record(300)
        world.disk.fail(true)
        await world.record(100)
        #expect(world.process.figure("items", "a") == 300)
        world.receiver.mood = .accepts
        await world.drain(hours: 1)
        #expect(world.receiver.records == Array(0..<400))
        #expect(world.lost() == [:])
    }

    @Test func `a request that had to make room on disk while it was under way is not counted twice`()
        async throws
    {
        let transport = FakeTransport()
        let world = try await SpoolWorld { $0.transport = transport }
        let pipeline = world.process.pipeline
        func log(_ numbers: Range<Int>) {
            for number in numbers {
                world.process.bench.logs.record(
                    scope: "mail", severity: .info, body: String(repeating: "-", count: 100) + " \(number)")
            }
        }
        transport.hold()
        log(0..<100)
        let first = Task { await pipeline.flush() }
        await transport.reached(1)
        log(100..<20_000)
        let second = Task { await pipeline.flush() }
        while world.lost().isEmpty { await Task.yield() }
        transport.release()
        await first.value
        await second.value
        await world.drain()
        let taken = try transport.taken.flatMap { body in
            try Wire.texts(body, [1, 2, 2, 5, 1]).map { Int($0.split(separator: " ").last ?? "") }
        }
        let lost = try #require(world.lost()["spool_full"])
        #expect(world.lost().count == 1)
        #expect(Array(taken.prefix(100)) == Array(0..<100))
        #expect(Set(taken).count == taken.count)
        #expect(taken.count + lost == 20_000)
    }

    /// The lock of the spool, as a process that ends slowly holds it.
    private func lock(_ world: SpoolWorld) -> Int32 {
        let file = open("\(world.disk.path)/a/logs/LOCK", O_RDWR)
        flock(file, LOCK_EX)
        return file
    }

    @Test func `a spool that another process still holds is waited for, and what is in it goes first`()
        async throws
    {
        let world = try await SpoolWorld()
        world.receiver.mood = .nobodyThere
        await world.record(200)
        var file: Int32 = -1
        try await world.restart { file = lock(world) }
        world.receiver.mood = .accepts
        await world.record(50)
        await world.wait(.seconds(5))
        #expect(world.receiver.records == [])
        close(file)
        await world.drain()
        #expect(world.receiver.records == Array(0..<250))
        #expect(world.lost() == [:])
    }

    @Test func `a spool that is never let go of keeps nothing back for long`() async throws {
        let world = try await SpoolWorld()
        world.receiver.mood = .nobodyThere
        await world.record(200)
        var file: Int32 = -1
        try await world.restart { file = lock(world) }
        world.receiver.mood = .accepts
        await world.record(50)
        for _ in 0..<40 { await world.wait(.seconds(1)) }
        #expect(world.receiver.records == Array(200..<250))
        close(file)
        await world.drain()
        #expect(world.receiver.records.sorted() == Array(0..<250))
    }

    @Test func `without a spool a receiver that asks for an hour is left alone for it`() async throws {
        let world = try await SpoolWorld { $0.spool = nil }
        world.receiver.mood = .busy(status: 429, retryAfter: "3600")
        await world.record(300)
        #expect(world.receiver.requests == 1)
        #expect(world.lost() == ["unavailable": 100])
        world.receiver.mood = .accepts
        await world.wait(.seconds(3_590))
        #expect(world.receiver.requests == 1)
        await world.drain(hours: 1)
        #expect(world.receiver.records == Array(100..<300))
    }
}
