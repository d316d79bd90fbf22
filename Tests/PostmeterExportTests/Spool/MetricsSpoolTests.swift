import PostmeterMetrics
import PostmeterModel
import PostmeterTransport
import Synchronization
import Testing

@testable import PostmeterExport

@Suite struct MetricsSpoolTests {
    private final class Switch: Sendable {
        let isOn = Mutex(true)
    }

    /// A process that pushes the counter `things` of a registry, and its spool.
    private final class World {
        let clock = ManualClock()
        let disk = SpoolDisk()
        private let isUp = Switch()
        let registry: MetricsRegistry
        let things: Family<Counter>
        let bench = TestBench()
        private(set) var transport = FakeTransport()
        private(set) var lane: ExportLane
        private(set) var pusher: MetricsPusher

        init(
            _ temporality: TemporalityPreference = .cumulative,
            bodyLimit: Int = 4 << 20,
            answer: FakeTransport.Answer? = nil
        ) async throws {
            let clock = clock
            registry = MetricsRegistry(now: { UnixTime(nanoseconds: clock.unix) })
            things = registry.family(
                InstrumentDescriptor(name: "things", kind: .counter, labels: ["kind"]),
                of: Counter.self
            )
            transport = FakeTransport { [isUp] request, retry in
                guard isUp.isOn.withLock({ $0 }) else { return .status(503) }
                return answer?(request, retry) ?? .status(200)
            }
            (lane, pusher) = try Self.begin(
                bench, disk, clock, transport, registry, temporality, bodyLimit: bodyLimit)
        }

        private static func begin(
            _ bench: TestBench, _ disk: SpoolDisk, _ clock: ManualClock, _ transport: FakeTransport,
            _ registry: MetricsRegistry, _ temporality: TemporalityPreference, bodyLimit: Int
        ) throws -> (ExportLane, MetricsPusher) {
            var target = ExportTarget("a", metrics: try bench.target())
            target.spool = SpoolLimits(byteLimit: 16 << 20)
            let maker = LaneMaker(
                spoolDirectory: disk.path,
                transport: transport,
                health: bench.health,
                clock: clock.clock,
                random: { 0.5 },
                fileSystem: disk.fileSystem
            )
            let lane = try #require(maker.lane(.metrics, of: target))
            let pusher = MetricsPusher(
                registry: registry,
                temporality: temporality,
                encoder: bench.encoder,
                lane: lane,
                interval: .seconds(10),
                timeout: .seconds(10),
                bodyLimit: bodyLimit,
                clock: clock.clock,
                includesDurable: { true }
            )
            return (lane, pusher)
        }

        /// Starts a process that has recorded nothing yet, where another has ended.
        func startAnother() async throws {
            (lane, pusher) = try Self.begin(
                bench, disk, clock, transport, MetricsRegistry(), .cumulative, bodyLimit: 4 << 20)
            await lane.start()
            await lane.settle()
        }

        func go(up: Bool) {
            isUp.isOn.withLock { $0 = up }
        }

        func wait(_ time: Duration) async {
            clock.advance(time)
            await lane.settle()
        }

        func figure(_ name: String) -> Double? {
            bench.value("postmeter.spool.\(name)", ["target": "a", "signal": "metrics"])
        }

        /// The points of `things` that were taken, in their order.
        func points() throws -> [Wire.SumPoint] {
            try transport.taken.flatMap { try Wire.sumPoints($0, "things") }
        }
    }

    @Test func `pushes of an outage come later, with the times that they were made at`() async throws {
        let world = try await World()
        world.things("a").add(1)
        await world.pusher.push()
        world.go(up: false)
        for _ in 0..<3 {
            await world.wait(.seconds(10))
            world.things("a").add(1)
            await world.pusher.push()
        }
        #expect(world.figure("written") == 3)
        world.go(up: true)
        await world.wait(.seconds(60))
        world.things("a").add(1)
        await world.pusher.push()
        let points = try world.points()
        #expect(points.map(\.value) == [1, 2, 3, 4, 5])
        #expect(points.map(\.end) == points.map(\.end).sorted())
        #expect(world.figure("items") == 0)
        #expect(world.figure("drained") == 3)
    }

    @Test func `differences that are on disk are not read again`() async throws {
        let world = try await World(.delta)
        world.go(up: false)
        for number in 1...3 {
            await world.wait(.seconds(10))
            world.things("a").add(UInt64(number))
            await world.pusher.push()
        }
        world.go(up: true)
        await world.wait(.seconds(60))
        world.things("a").add(4)
        await world.pusher.push()
        let points = try world.points()
        #expect(points.map(\.value) == [1, 2, 3, 4])
        for (earlier, later) in zip(points, points.dropFirst()) { #expect(earlier.end == later.start) }
    }

    @Test func `a disk that refuses leaves the differences with the registry`() async throws {
        let world = try await World(.delta)
        world.go(up: false)
        world.disk.fail(true)
        for number in 1...3 {
            await world.wait(.seconds(60))
            world.things("a").add(UInt64(number))
            await world.pusher.push()
        }
        world.go(up: true)
        await world.wait(.seconds(60))
        await world.pusher.push()
        // The first may have been taken when no answer came; that is all that is kept as it was.
        #expect(try world.points().map(\.value).reduce(0, +) == 6)
        #expect(world.figure("written") == 0)
    }

    @Test func `the longer an outage lasts, the further apart are the pushes that are kept of it`() {
        let seconds: (Int64, UInt64) -> UInt64 = { interval, outage in
            ExportLane.spacing(.seconds(interval), outage: outage * 1_000_000_000) / 1_000_000_000
        }
        #expect(seconds(10, 0) == 10 && seconds(10, 600) == 10)
        #expect(seconds(10, 660) == 11 && seconds(10, 3_600) == 60 && seconds(10, 18_000) == 300)
        #expect(seconds(10, 4 * 86_400) == 300)
        #expect(seconds(900, 0) == 900 && seconds(900, 4 * 86_400) == 900)
    }

    @Test func `pushes that are too close in a long outage are left out and counted`() async throws {
        let world = try await World()
        world.go(up: false)
        world.things("a").add(1)
        await world.pusher.push()
        await world.wait(.seconds(3_600))
        await world.pusher.pushInTurn()
        // An hour after the beginning they are kept 61 seconds apart: the seventh of these is.
        for _ in 0..<12 {
            await world.wait(.seconds(10))
            world.things("a").add(1)
            await world.pusher.pushInTurn()
        }
        #expect(world.figure("written").map { $0 > 0 } == true)
        #expect(world.bench.value("postmeter.spool.thinned", ["target": "a"]) == 11)
        #expect(SpoolFolder(world.disk.path).inspect().map(\.requests) == [3])
        // Who asks for a push has it.
        await world.pusher.push()
        #expect(SpoolFolder(world.disk.path).inspect().map(\.requests) == [4])
        world.go(up: true)
        await world.wait(.seconds(60))
        #expect(try world.points().last?.value == 13)
        await world.pusher.pushInTurn()
        #expect(world.bench.value("postmeter.spool.thinned", ["target": "a"]) == 11)
    }

    @Test func `differences are never thinned`() async throws {
        let world = try await World(.delta)
        world.go(up: false)
        for _ in 0..<100 {
            await world.wait(.seconds(60))
            world.things("a").add(1)
            await world.pusher.push()
        }
        #expect(world.figure("written") == 100)
    }

    @Test func `the last push is on disk when its receiver is away, and the next process sends it`()
        async throws
    {
        let world = try await World()
        world.go(up: false)
        world.things("a").add(7)
        await world.pusher.shutdown(within: .seconds(1))
        #expect(world.figure("written") == 1)
        #expect(SpoolFolder(world.disk.path).inspect().map(\.items) == [1])
        world.go(up: true)
        try await world.startAnother()
        #expect(try world.points().map(\.value) == [7])
        #expect(SpoolFolder(world.disk.path).inspect() == [])
    }

    @Test(arguments: [TemporalityPreference.cumulative, .delta])
    func `the last push is on disk even when there is no time to send it`(temporality: TemporalityPreference)
        async throws
    {
        let world = try await World(temporality)
        world.things("a").add(7)
        await world.pusher.shutdown(within: .zero)
        #expect(SpoolFolder(world.disk.path).inspect().map(\.items) == [1])
    }

    @Test func `a push is several requests when it is large, and all its points have one time`() async throws
    {
        let world = try await World(bodyLimit: 2_000)
        for number in 0..<200 { world.things("kind \(number)").add(1) }
        await world.pusher.push()
        #expect(world.transport.sent.count > 5)
        #expect(world.transport.sent.allSatisfy { $0.request.body.count <= 2_000 })
        let points = try world.points()
        #expect(points.count == 200)
        #expect(Set(points.map(\.end)).count == 1)
    }

    @Test func `differences of a push that was taken in part go on as they were`() async throws {
        let number = Mutex(0)
        let world = try await World(.delta, bodyLimit: 2_000) { _, _ in
            let turn = number.withLock { number in
                number += 1
                return number
            }
            // The disk refuses too, so that nothing is kept there.
            return turn == 3 ? .failure(.connectionRefused) : .status(200)
        }
        world.disk.fail(true)
        for number in 0..<200 { world.things("kind \(number)").add(1) }
        await world.pusher.push()
        for number in 0..<200 { world.things("kind \(number)").add(1) }
        await world.wait(.seconds(120))
        await world.pusher.push()
        #expect(try world.points().reduce(0) { $0 + $1.value } == 400)
        #expect(try world.points().count == 400)
    }

    @Test func `a request that is refused for good does not keep the others of its push`() async throws {
        let number = Mutex(0)
        let world = try await World(.delta, bodyLimit: 2_000) { _, _ in
            let turn = number.withLock { number in
                number += 1
                return number
            }
            return turn == 2 ? .status(400) : .status(200)
        }
        for number in 0..<200 { world.things("kind \(number)").add(1) }
        await world.pusher.push()
        await world.pusher.push()
        let points = try world.points()
        let labels = ["target": "a", "signal": "metrics", "outcome": "rejected"]
        let rejected = Int(world.bench.value("postmeter.export.items", labels) ?? 0)
        #expect(rejected > 0)
        #expect(points.count + rejected == 200)
    }
}
