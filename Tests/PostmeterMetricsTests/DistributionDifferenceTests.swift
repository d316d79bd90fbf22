import PostmeterModel
import Synchronization
import Testing

@testable import PostmeterMetrics

@Suite
struct DistributionDifferenceTests {
    private static let limits = ExponentialLimits(maxSize: 20)

    private static func family(_ registry: MetricsRegistry) -> Family<Histogram> {
        registry.family(
            InstrumentDescriptor(name: "x", kind: .histogram, labels: ["a"], exponential: limits))
    }

    private static func points(_ snapshot: MetricsSnapshot) -> [ExponentialPoint] {
        guard case .exponentials(let points)? = snapshot.families.first?.values else { return [] }
        return points
    }

    @Test func `exponential differences have the new values alone, at the present scale`() throws {
        let registry = MetricsRegistry.fixed()
        let family = Self.family(registry)
        let reader = MetricsReader(registry, temporality: .delta)
        let old = [1.0, 1.1, 1.2, 0, -3]
        for value in old { family("s").record(value) }
        #expect(Self.points(reader.read()) == [ExactIndex.point(old, Self.limits)])
        reader.commit()
        let new = [1000.0, 1.15, 0, -3, 0.001]
        for value in new { family("s").record(value) }
        let difference = try #require(Self.points(reader.read()).first)
        let scale = ExactIndex.idealScale(old + new, Self.limits)
        #expect(difference.scale == scale)
        #expect(difference.count == 5)
        #expect(difference.zeroCount == 1)
        #expect(abs(difference.sum - new.reduce(0, +)) < 1e-9)
        for value in [1000.0, 1.15, 0.001] {
            let place = Int(ExactIndex.index(value, scale) - difference.positive.offset)
            #expect(
                difference.positive.counts.indices.contains(place) && difference.positive.counts[place] > 0)
        }
        #expect(difference.negative.total == 1)
        reader.commit()
        #expect(Self.points(reader.read()).isEmpty)
        #expect(reader.read().families.first?.extremes.isEmpty == true)
    }

    @Test func `a removed exponential histogram gives its last difference and its late values are counted`() {
        let registry = MetricsRegistry.fixed()
        let family = Self.family(registry)
        let reader = MetricsReader(registry, temporality: .delta)
        let kept = family("s")
        kept.record(1)
        _ = reader.read()
        reader.commit()
        kept.record(8)
        #expect(family.remove("s"))
        kept.record(9)
        family("s").record(1_000_000)
        #expect(Self.points(reader.read()).map(\.count) == [2])
        #expect(Self.points(registry.snapshot()).map(\.count) == [1])
        #expect(registry.statistics.late == 1)
    }

    @Test(arguments: [[0.0], [1], [-1, 2]])
    func `a difference knows of negative values that came at any time`(bounds: [Double]) throws {
        let registry = MetricsRegistry.fixed()
        let family: Family<Histogram> = registry.family(
            InstrumentDescriptor(name: "x", kind: .histogram, labels: ["a"], bounds: bounds))
        let reader = MetricsReader(registry, temporality: .delta)
        family("below").record(-3)
        family("below").record(1)
        family("above").record(0)
        let first = try #require(reader.read().families.first)
        #expect(first.labelValues == [["below"], ["above"]])
        #expect(first.negatives == [true, false])
        reader.commit()
        family("above").record(1)
        #expect(reader.read().families.first?.negatives == [])
        family("below").record(1)
        #expect(reader.read().families.first?.negatives == [true, false])
    }

    @Test func `the last difference of a removed histogram knows of its negative values`() throws {
        let registry = MetricsRegistry.fixed()
        let family: Family<Histogram> = registry.family(
            InstrumentDescriptor(name: "x", kind: .histogram, labels: ["a"], bounds: [0, 1]))
        let reader = MetricsReader(registry, temporality: .delta)
        for (name, value) in [("gone", -3.0), ("back", -1), ("other", 5)] { family(name).record(value) }
        for name in ["gone", "back", "other"] { #expect(family.remove(name)) }
        // In one point with what has come since.
        family("back").record(0.5)
        let difference = try #require(reader.read().families.first)
        #expect(difference.labelValues == [["back"], ["gone"], ["other"]])
        #expect(difference.negatives == [true, true, false])
    }

    @Test func `exponential differences of threads add up to what was recorded`() {
        let registry = MetricsRegistry.fixed()
        let family = Self.family(registry)
        let reader = MetricsReader(registry, temporality: .delta)
        let totals = Mutex((count: UInt64(0), zeros: UInt64(0), sum: 0.0))
        let isDone = Atomic(false)
        let collect: @Sendable () -> Void = {
            for point in Self.points(reader.read()) {
                totals.withLock {
                    $0.count += point.count
                    $0.zeros += point.zeroCount
                    $0.sum += point.sum
                }
            }
            reader.commit()
        }
        let watcher = OneThread { while !isDone.load(ordering: .acquiring) { collect() } }
        onThreads(3) { thread in
            var random = SplitMix(seed: UInt64(thread))
            for _ in 0..<3_000 {
                let value = Double(random.next() % 1_000) * Double(1 << (random.next() % 12))
                family("\(random.next() % 3)").record(value)
            }
        }
        isDone.store(true, ordering: .releasing)
        watcher.join()
        collect()
        let points = Self.points(registry.snapshot())
        let found = totals.withLock { $0 }
        #expect(found.count == 9_000)
        #expect(points.reduce(0) { $0 + $1.count } == 9_000)
        #expect(found.zeros == points.reduce(0) { $0 + $1.zeroCount })
        #expect(abs(found.sum - points.reduce(0) { $0 + $1.sum }) < 1e-3)
    }

    @Test func `a difference carries the exemplars that are newer than the last reading`() throws {
        let seconds = Atomic<UInt64>(1_000)
        let registry = MetricsRegistry(
            now: { UnixTime(seconds: seconds.load(ordering: .relaxed)) }, exemplars: .alwaysOn)
        let family: Family<Counter> = registry.family(
            InstrumentDescriptor(name: "c", kind: .counter, labels: ["a"]))
        let reader = MetricsReader(registry, temporality: .delta)
        family("x").add(1)
        family("y").add(2)
        #expect(reader.read().families.first?.exemplars.map(\.value) == [1, 2])
        reader.commit()
        seconds.store(1_010, ordering: .relaxed)
        family("y").add(3)
        let difference = try #require(reader.read().families.first)
        #expect(difference.integers == [["y"]: 3])
        #expect(difference.exemplars.map(\.value) == [3])
        #expect(difference.exemplars.map(\.series) == [0])
    }

    @Test func `integer gauges expire while their value stands still or is missing`() {
        let clock = TestClock(seconds: 1_000)
        let registry = clock.registry()
        let family: Family<IntegerGauge> = registry.family(
            InstrumentDescriptor(name: "g", kind: .gauge, labels: ["a"], idleLimit: .seconds(60)))
        family("same").set(5)
        family("other").set(5)
        _ = family.bind("unset")
        #expect(registry.integers("g") == [["same"]: 5, ["other"]: 5])
        clock.set(seconds: 1_050)
        family("other").set(6)
        _ = registry.snapshot()
        clock.set(seconds: 1_061)
        #expect(registry.integers("g") == [["other"]: 6])
        #expect(registry.statistics.retired == 2)
    }

    @Test func `a view's exponential limits hold`() throws {
        let registry = MetricsRegistry(
            now: { UnixTime(seconds: 5) }, views: [MetricView("x", exponential: Self.limits)])
        let family: Family<Histogram> = registry.family(
            InstrumentDescriptor(name: "x", kind: .histogram, labels: ["a"], bounds: [1, 2]))
        family("s").record(3)
        #expect(Self.points(registry.snapshot()) == [ExactIndex.point([3], Self.limits)])
        let identity = try #require(registry.family(named: "x")?.identities.first)
        #expect(Array(identity.bytes) == EncodedAttributes([Attribute("a", "s")], for: .resource).bytes)
    }
}
