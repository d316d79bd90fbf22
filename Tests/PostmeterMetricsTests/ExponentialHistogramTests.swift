import Glibc
import PostmeterModel
import Synchronization
import Testing

@testable import PostmeterMetrics

@Suite
struct ExponentialHistogramTests {
    @Test func `a single value stands at the greatest scale`() {
        let registry = MetricsRegistry.fixed()
        registry.exponential("size").record(4)
        #expect(
            registry.exponentials("size") == [
                ExponentialPoint(scale: 20, sum: 4, positive: .init(offset: (2 << 20) - 1, counts: [1]))
            ])
        #expect(registry.family(named: "size")?.extremes == [Extremes(minimum: 4, maximum: 4)])
    }

    @Test func `a histogram without values has none`() {
        let registry = MetricsRegistry.fixed()
        _ = registry.exponential("size", ExponentialLimits(maxSize: 10, maxScale: 3))
        #expect(registry.exponentials("size") == [ExponentialPoint(scale: 3)])
        #expect(registry.family(named: "size")?.extremes == [Extremes()])
    }

    @Test func `values on both sides of zero share a scale`() {
        let registry = MetricsRegistry.fixed()
        let size = registry.exponential("size", ExponentialLimits(maxSize: 4, maxScale: 20))
        for value in [1.5, -1, -16, 0, -0.0, 3] { size.record(value) }
        // 2^-1 < 1 <= 2^0 and 2^3 < 16 <= 2^4 are five buckets apart at scale 0, so three at scale -1.
        #expect(
            registry.exponentials("size") == [
                ExponentialPoint(
                    scale: -1, zeroCount: 2, sum: -12.5, positive: .init(offset: 0, counts: [2]),
                    negative: .init(offset: -1, counts: [1, 0, 1]))
            ])
        #expect(registry.family(named: "size")?.extremes == [Extremes(minimum: -16, maximum: 3)])
    }

    @Test func `values that are not finite are refused`() {
        let registry = MetricsRegistry.fixed()
        let size = registry.exponential("size")
        for value in [Double.nan, .infinity, -.infinity, .signalingNaN] { size.record(value) }
        #expect(registry.exponentials("size") == [ExponentialPoint(scale: 20)])
        #expect(registry.statistics.refused == 4)
    }

    // Narrow and wide, few and many buckets, one sign and both.
    @Test(arguments: [2, 3, 4, 16, 20, 160, 1_024], [0, 1, 8, 60, 1_000])
    func `buckets and scale are those of exact arithmetic, however many threads record`(
        size: Int, spread: Int
    ) {
        let seed = 0x5eed_0003 &+ UInt64(size * 10_000 + spread)
        var random = SplitMix(seed: seed)
        for (turn, threads) in [1, 1, 3].enumerated() {
            let limits = ExponentialLimits(maxSize: size, maxScale: [20, 8, 20][turn])
            let values = (0..<60).map { index in
                // With several threads each has a range of its own, so that only together they need the scale.
                let factor = Double(
                    sign: .plus, exponent: threads > 1 ? 8 * (index % threads) : 0, significand: 1)
                return switch random.next() % 8 {
                case 0: 0.0
                case 1, 2: (turn == 1 ? 1 : -1) * factor * random.value(spread: spread)
                default: factor * random.value(spread: spread)
                }
            }
            let registry = MetricsRegistry.fixed()
            let histogram = registry.exponential("size", limits)
            let arrived = Atomic(0)
            onThreads(threads) { thread in
                for index in stride(from: thread, to: values.count, by: threads) {
                    histogram.record(values[index])
                    // No thread leaves its place to another before all have one.
                    if index == thread { arrived.add(1, ordering: .relaxed) }
                    while arrived.load(ordering: .relaxed) < threads { sched_yield() }
                }
            }
            var found = registry.exponentials("size").first ?? ExponentialPoint(scale: .min)
            var expected = ExactIndex.point(values, limits)
            #expect(abs(found.sum - expected.sum) <= 1e-9 * values.reduce(0) { $0 + $1.magnitude })
            found.sum = 0
            expected.sum = 0
            #expect(found == expected, "seed \(seed), turn \(turn)")
            let extremes = Extremes(minimum: values.min() ?? 0, maximum: values.max() ?? 0)
            #expect(registry.family(named: "size")?.extremes == [extremes], "seed \(seed), turn \(turn)")
        }
    }

    @Test func `the smallest histogram takes the smallest and the greatest doubles`() {
        let registry = MetricsRegistry.fixed()
        let size = registry.exponential("size", ExponentialLimits(maxSize: 2, maxScale: 20))
        for value in [Double.leastNonzeroMagnitude, .greatestFiniteMagnitude, 1, -1] { size.record(value) }
        let point = registry.exponentials("size").first
        #expect(point?.scale == -11)
        #expect(point?.positive == .init(offset: -1, counts: [2, 1]))
        #expect(point?.negative == .init(offset: -1, counts: [1]))
    }

    @Test func `a thread that ends leaves its values to the next one`() {
        let registry = MetricsRegistry.fixed()
        let size = registry.exponential("size", ExponentialLimits(maxSize: 8, maxScale: 20))
        for index in 0..<200 {
            OneThread { size.record(Double(index + 1)) }.join()
            #expect(registry.exponentials("size").first?.count == UInt64(index + 1))
        }
        #expect(
            registry.exponentials("size").first
                == ExactIndex.point((1...200).map(Double.init), ExponentialLimits(maxSize: 8, maxScale: 20)))
    }

    @Test func `the count never falls while threads make their buckets coarser`() {
        let seed: UInt64 = 0x5eed_0004
        let registry = MetricsRegistry.fixed()
        let limits = ExponentialLimits(maxSize: 16, maxScale: 20)
        let families: Family<Histogram> = registry.family(
            InstrumentDescriptor(name: "size", kind: .histogram, labels: ["round"], exponential: limits))
        let rounds = 20
        let perThread = 400
        var total: UInt64 = 0
        for round in 0..<rounds {
            let size = families.bind("\(round)")
            let isDone = Atomic(0)
            let threads = (0..<2).map { thread in
                OneThread {
                    var random = SplitMix(seed: seed &+ UInt64(round * 2 + thread))
                    // Wider and wider, so that the scale falls step by step all the while.
                    for index in 0..<perThread { size.record(random.value(spread: index)) }
                    isDone.add(1, ordering: .releasing)
                }
            }
            var last: UInt64 = 0
            var lastScale: Int32 = 20
            while isDone.load(ordering: .acquiring) < 2 {
                guard let point = registry.exponentials("size").last else { continue }
                #expect(point.count >= last, "seed \(seed), round \(round)")
                #expect(point.scale <= lastScale, "seed \(seed), round \(round)")
                #expect(point.positive.counts.first != 0 && point.positive.counts.last != 0)
                last = point.count
                lastScale = point.scale
            }
            for thread in threads { thread.join() }
            total += registry.exponentials("size").last?.count ?? 0
        }
        #expect(total == UInt64(rounds * perThread * 2))
    }

    @Test func `count, sum and extremes belong together while threads record`() {
        let registry = MetricsRegistry.fixed()
        let size = registry.exponential("size")
        let isDone = Atomic(0)
        let threads = (0..<2).map { _ in
            OneThread {
                for _ in 0..<300 {
                    for _ in 0..<20 { size.record(40) }
                    _ = registry.statistics  // time for a reader to find nothing under way
                }
                isDone.add(1, ordering: .releasing)
            }
        }
        while isDone.load(ordering: .acquiring) < 2 {
            let torn = registry.statistics.torn
            guard let family = registry.family(named: "size"), case .exponentials(let points) = family.values,
                let point = points.first
            else { continue }
            #expect(registry.statistics.torn > torn || point.sum == 40 * Double(point.count))
            #expect(
                point.count == 0 || registry.statistics.torn > torn || family.extremes.first?.maximum == 40)
        }
        for thread in threads { thread.join() }
        #expect(registry.exponentials("size").first?.count == 12_000)
        #expect(registry.exponentials("size").first?.sum == 480_000)
    }

    @Test func `limits and forms that cannot be are put right, and somebody is told`() {
        let heard = Heard()
        let registry = MetricsRegistry.fixed(heard.diagnostics)
        var limits = ExponentialLimits()
        limits.maxSize = 5_000
        limits.maxScale = 99
        let family: Family<Histogram> = registry.family(
            InstrumentDescriptor(
                name: "size", kind: .histogram, bounds: [1, 2], isDurable: true, exponential: limits))
        family.bind().record(1)
        let found = registry.family(named: "size")?.descriptor
        #expect(found?.exponential == ExponentialLimits(maxSize: 1_024, maxScale: 20))
        #expect(found?.bounds == [])
        #expect(found?.isDurable == false)
        #expect(registry.exponentials("size").first?.count == 1)
        #expect(heard.sentences.count == 3)
        let counters: Family<Counter> = registry.family(
            InstrumentDescriptor(name: "count", kind: .counter, exponential: ExponentialLimits()))
        counters.bind().add(2)
        #expect(registry.integers("count") == [[]: 2])
        #expect(registry.family(named: "count")?.descriptor.exponential == nil)
        #expect(heard.sentences.count == 4)
    }
}
