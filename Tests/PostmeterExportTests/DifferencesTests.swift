import PostmeterMetrics
import PostmeterModel
import PostmeterTransport
import Synchronization
import Testing

@testable import PostmeterExport

@Suite struct DifferencesTests {
    /// What becomes of a request.
    private enum Fate: CaseIterable {
        case accepted
        /// Taken, with an answer that warns.
        case partial
        /// Turned away for now.
        case away
        case nobodyThere
        /// Lost on the way there.
        case lost
        /// Taken, and the answer lost on the way back.
        case takenUnanswered
        /// Taken by a first try without an answer; the second one is turned away.
        case takenThenAway
        /// Will not be taken, however often it comes.
        case refused
    }

    /// A receiver of differences of the counter `things`.
    private final class Receiver: Sendable {
        private let points = Mutex<[Wire.SumPoint]>([])

        func take(_ body: [UInt8]) {
            do {
                let new = try Wire.sumPoints(body, "things")
                points.withLock { $0 += new }
            } catch {
                Issue.record("\(error)")
            }
        }

        /// All that was taken, in its order.
        var all: [Wire.SumPoint] { points.withLock { $0 } }

        /// The sum for who counts everything that comes.
        var total: Int64 { all.reduce(0) { $0 + $1.value } }

        /// The points for who counts one time once.
        var distinct: [Wire.SumPoint] { Set(all).sorted { $0.end < $1.end } }
    }

    private struct World {
        let bench = TestBench()
        let registry: MetricsRegistry
        let things: Counter
        let receiver = Receiver()
        let transport: FakeTransport
        let pusher: MetricsPusher
        private let time: Seconds
        private let fates: Fates

        final class Seconds: Sendable {
            let value = Mutex<UInt64>(1_000)
        }

        final class Fates: Sendable {
            let next = Mutex(Fate.accepted)
        }

        init(_ temporality: TemporalityPreference = .delta) throws {
            let time = Seconds()
            let fates = Fates()
            registry = MetricsRegistry(now: { UnixTime(seconds: time.value.withLock { $0 }) })
            things = registry.family(
                InstrumentDescriptor(name: "things", kind: .counter),
                of: Counter.self
            ).bind()
            transport = FakeTransport { [receiver] request, _ in
                let fate = fates.next.withLock { $0 }
                switch fate {
                case .accepted, .partial, .takenUnanswered, .takenThenAway: receiver.take(request.body)
                case .away, .nobodyThere, .lost, .refused: break
                }
                switch fate {
                case .accepted: return .status(200)
                // partial_success { error_message: "hm" }
                case .partial: return .status(200, [0x0a, 4, 0x12, 2] + Array("hm".utf8))
                case .away: return .status(503)
                case .nobodyThere: return .failure(.connectionRefused)
                case .lost, .takenUnanswered: return .failure(.timeout)
                case .takenThenAway: return .status(503, attempts: 2)
                case .refused: return .status(400)
                }
            }
            pusher = try bench.metricsPusher(transport, temporality, of: registry)
            self.time = time
            self.fates = fates
        }

        /// Lets a second go by.
        func wait() {
            time.value.withLock { $0 += 1 }
        }

        func shutdown() async {
            fates.next.withLock { $0 = .accepted }
            _ = await pusher.shutdown(within: .seconds(5))
        }

        func push(_ fate: Fate = .accepted) async {
            wait()
            fates.next.withLock { $0 = fate }
            await pusher.push()
        }
    }

    @Test func `a push carries what came since the last one that was taken`() async throws {
        let world = try World()
        world.things.add(3)
        await world.push()
        world.things.add(4)
        await world.push(.away)
        world.things.add(5)
        await world.push(.partial)
        await world.push()
        world.things.add(6)
        await world.push()
        #expect(world.receiver.all.map(\.value) == [3, 9, 6])
        #expect(world.receiver.all.map(\.start) == [1_000, 1_001, 1_004].map { $0 * 1_000_000_000 })
        #expect(world.receiver.all.map(\.end) == [1_001, 1_003, 1_005].map { $0 * 1_000_000_000 })
    }

    @Test func `a push of which nothing was heard is sent again as it was, before anything newer`()
        async throws
    {
        let world = try World()
        world.things.add(3)
        await world.push(.takenUnanswered)
        world.things.add(4)
        await world.push(.away)
        world.things.add(5)
        await world.push()
        let bodies = world.transport.sent.map(\.request.body)
        #expect(bodies.count == 4)
        #expect(bodies[0] == bodies[1] && bodies[0] == bodies[2])
        #expect(world.receiver.all.map(\.value) == [3, 3, 9])
        #expect(world.receiver.distinct.map(\.value) == [3, 9])
        await world.push()
        #expect(world.transport.sent.count == 4)
    }

    @Test func `a push that is refused when it comes again is not kept`() async throws {
        let world = try World()
        world.things.add(3)
        await world.push(.lost)
        world.things.add(4)
        await world.push(.refused)
        await world.push()
        #expect(world.transport.sent.count == 3)
        #expect(world.receiver.all.map(\.value) == [7])
    }

    @Test func `sums are read anew, whatever was heard of the last push`() async throws {
        let world = try World(.cumulative)
        world.things.add(3)
        await world.push(.takenUnanswered)
        world.things.add(4)
        await world.push()
        #expect(world.receiver.all.map(\.value) == [3, 7])
        #expect(world.transport.sent.count == 2)
    }

    @Test func `differences over failed pushes add up to the total`() async throws {
        let seed = UInt64.random(in: .min ... .max)
        var generator = SplitMix(seed: seed)
        let fates = Fate.allCases.filter { $0 != .refused }
        for round in 0..<40 {
            let world = try World()
            var total: Int64 = 0
            for _ in 0..<Int.random(in: 1...30, using: &generator) {
                let count = UInt64.random(in: 0...3, using: &generator)
                world.things.add(count)
                total += Int64(count)
                await world.push(fates.randomElement(using: &generator) ?? .accepted)
            }
            await world.push()
            let distinct = world.receiver.distinct
            #expect(distinct.reduce(0) { $0 + $1.value } == total, "seed \(seed), round \(round)")
            #expect(world.receiver.total >= total, "seed \(seed), round \(round)")
            for (earlier, later) in zip(distinct, distinct.dropFirst()) {
                #expect(earlier.end <= later.start, "seed \(seed), round \(round)")
            }
        }
    }

    @Test func `without lost answers they add up for who counts all that comes`() async throws {
        let seed = UInt64.random(in: .min ... .max)
        var generator = SplitMix(seed: seed)
        let fates: [Fate] = [.accepted, .partial, .away, .nobodyThere, .lost, .refused]
        for round in 0..<40 {
            let world = try World()
            var total: Int64 = 0
            for _ in 0..<Int.random(in: 1...30, using: &generator) {
                let count = UInt64.random(in: 0...3, using: &generator)
                world.things.add(count)
                total += Int64(count)
                await world.push(fates.randomElement(using: &generator) ?? .accepted)
            }
            await world.push()
            #expect(world.receiver.total == total, "seed \(seed), round \(round)")
        }
    }

    @Test func `adding and pushing at a time loses nothing`() async throws {
        let world = try World()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<2 {
                group.addTask {
                    for _ in 0..<20_000 { world.things.add(1) }
                }
            }
            for fate in [Fate.accepted, .away] {
                group.addTask {
                    for _ in 0..<50 { await world.push(fate) }
                }
            }
        }
        await world.push()
        #expect(world.receiver.total == 40_000)
        #expect(world.transport.mostUnderWay == 1)
    }

    @Test func `the last push sends again what was not answered, and then the rest`() async throws {
        let world = try World()
        world.things.add(3)
        await world.push(.lost)
        world.things.add(4)
        await world.push(.lost)
        world.wait()
        // The fate of the two last requests.
        await world.push(.away)
        #expect(world.receiver.all.isEmpty)
        await world.shutdown()
        #expect(world.receiver.all.map(\.value) == [3, 4])
        await world.push()
        #expect(world.receiver.total == 7)
    }
}
