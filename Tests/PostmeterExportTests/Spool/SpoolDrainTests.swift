import PostmeterModel
import Testing

@testable import PostmeterExport

@Suite struct SpoolDrainTests {
    /// A folder with records of a process that has ended, and their target.
    private func left(_ records: Int) async throws -> (SpoolWorld, ExportTarget) {
        let world = try await SpoolWorld()
        world.receiver.mood = .nobodyThere
        await world.record(records)
        await world.process.pipeline.shutdown(within: .seconds(1))
        var target = ExportTarget("a", logs: try OTLPTarget(.base("http://a:4318")))
        target.spool = SpoolLimits(byteLimit: 1 << 20)
        return (world, target)
    }

    private func drain(_ world: SpoolWorld, _ target: ExportTarget) -> SpoolDrain {
        SpoolDrain(
            targets: [target],
            folder: SpoolFolder(world.disk.path),
            transport: world.receiver.line(),
            clock: world.clock.clock,
            diagnostics: world.warnings.diagnostics
        )
    }

    @Test func `what was left is sent in order and the files are gone`() async throws {
        let (world, target) = try await left(450)
        world.receiver.mood = .accepts
        let drain = drain(world, target)
        async let end = drain.run()
        await world.clock.sleeping(1)
        while world.receiver.records.count < 450 { await Task.yield() }
        world.clock.advance(.seconds(1))
        #expect(await end == [SpoolDrain.Progress(target: "a", signal: .logs, drained: 450)])
        #expect(world.receiver.records == Array(0..<450))
        #expect(world.disk.segmentBytes == 0)
    }

    @Test func `a receiver that stays away ends it with everything still there`() async throws {
        let (world, target) = try await left(450)
        let drain = drain(world, target)
        async let end = drain.run(patience: .seconds(5))
        let ticker = Task { [clock = world.clock] in
            while !Task.isCancelled {
                await clock.sleeping(1)
                clock.advance(.seconds(1))
                await Task.yield()
            }
        }
        #expect(await end == [SpoolDrain.Progress(target: "a", signal: .logs, left: 450)])
        ticker.cancel()
        #expect(SpoolFolder(world.disk.path).inspect().map(\.items) == [450])
    }
}
