import PostmeterModel
import Synchronization
import Testing

@testable import PostmeterMetrics

@Suite
struct HistogramTests {
    @Test func `values at, below and above the bounds fall into their buckets`() {
        let registry = MetricsRegistry.fixed()
        let family: Family<Histogram> = registry.family(
            InstrumentDescriptor(name: "lag", kind: .histogram, unit: "s", bounds: [0.1, 1, 10])
        )
        let lag = family.bind()
        for value in [0.05, 0.1, 0.5, 1, 1.5, 10, 10.5, 99, -3, 0] { lag.record(value) }
        let read = registry.histograms("lag")
        #expect(read.map(\.counts) == [[4, 2, 2, 2]])
        #expect(abs((read.first?.sum ?? 0) - 119.65) < 1e-9)
    }

    @Test(arguments: [0, 1, 2, 3, 7, 14, 15, 16, 17, 18, 31, 32, 33, 64, 100])
    func `the search finds the bucket that a linear search finds`(count: Int) {
        // Uneven steps, negative ones included.
        let bounds = (0..<count).map { Double($0 * $0) / 7 - 20 }
        let registry = MetricsRegistry.fixed()
        let family: Family<Histogram> = registry.family(
            InstrumentDescriptor(name: "search", kind: .histogram, bounds: bounds)
        )
        let histogram = family.bind()
        var expected = [UInt64](repeating: 0, count: count + 1)
        var values = bounds.flatMap { [$0, $0.nextUp, $0.nextDown, $0 + 0.001] }
        values += [
            0, -0.0, 1e300, -1e300, .leastNonzeroMagnitude, .greatestFiniteMagnitude,
            -.greatestFiniteMagnitude,
        ]
        for value in values {
            histogram.record(value)
            expected[bounds.firstIndex { value <= $0 } ?? count] += 1
        }
        #expect(registry.histograms("search").map(\.counts) == [expected])
    }

    @Test func `values that are not finite are refused`() {
        let registry = MetricsRegistry.fixed()
        let family: Family<Histogram> = registry.family(
            InstrumentDescriptor(name: "lag", kind: .histogram, bounds: [1])
        )
        let lag = family.bind()
        for value in [Double.nan, .infinity, -.infinity, .signalingNaN] { lag.record(value) }
        lag.record(0.5)
        #expect(registry.histograms("lag").map(\.counts) == [[1, 0]])
        #expect(registry.histograms("lag").map(\.sum) == [0.5])
        #expect(registry.statistics.refused == 4)
    }

    @Test func `series of one family do not share buckets`() {
        let registry = MetricsRegistry.fixed()
        let family: Family<Histogram> = registry.family(
            InstrumentDescriptor(
                name: "lag",
                kind: .histogram,
                labels: ["provider"],
                bounds: [1, 2, 3, 4, 5, 6, 7]
            )
        )
        for index in 0..<300 {
            family("p\(index)").record(Double(index % 9))
        }
        let read = registry.histograms("lag")
        #expect(read.count == 300)
        for (index, series) in read.enumerated() {
            #expect(series.counts.reduce(0, +) == 1)
            #expect(series.sum == Double(index % 9))
        }
    }

    @Test func `count and sum belong together while threads record`() {
        let registry = MetricsRegistry.fixed()
        let family: Family<Histogram> = registry.family(
            InstrumentDescriptor(name: "lag", kind: .histogram, bounds: [10, 30, 50])
        )
        let lag = family.bind()
        let other: Family<Histogram> = registry.family(
            InstrumentDescriptor(name: "other", kind: .histogram, bounds: [10])
        )
        let noise = other.bind()
        let isDone = Atomic(0)
        // Every value is 40, so the sum must be 40 times the count, in all snapshots that are not marked torn.
        let threads = (0..<2).map { _ in
            OneThread {
                for _ in 0..<300 {
                    for _ in 0..<20 {
                        lag.record(40)
                        noise.record(1)
                    }
                    _ = registry.statistics  // time for a reader to find nothing under way
                }
                isDone.add(1, ordering: .releasing)
            }
        }
        var last: UInt64 = 0
        while isDone.load(ordering: .acquiring) < 2 {
            var reader = CellReader()
            let words = family.storage.words(&reader)
            let count = words.dropLast().reduce(0, +)
            #expect(reader.torn > 0 || Double(bitPattern: words.last ?? 0) == 40 * Double(count))
            #expect(count >= last)
            last = count
        }
        for thread in threads { thread.join() }
        #expect(registry.histograms("lag").first?.counts == [0, 0, 12_000, 0])
        #expect(registry.histograms("lag").first?.sum == 480_000)
    }

    @Test func `bounds that cannot be used are put in order, and somebody is told`() {
        let heard = Heard()
        let registry = MetricsRegistry.fixed(heard.diagnostics)
        let family: Family<Histogram> = registry.family(
            InstrumentDescriptor(name: "lag", kind: .histogram, bounds: [5, .infinity, 1, 5, .nan, 2])
        )
        family.bind().record(3)
        #expect(registry.family(named: "lag")?.descriptor.bounds == [1, 2, 5])
        #expect(registry.histograms("lag").map(\.counts) == [[0, 0, 1, 0]])
        #expect(heard.sentences.count == 1)
        #expect(heard.sentences.first?.contains("metric lag has bounds") == true)
    }

    @Test func `a histogram without bounds counts and sums`() {
        let registry = MetricsRegistry.fixed()
        let family: Family<Histogram> = registry.family(InstrumentDescriptor(name: "lag", kind: .histogram))
        family.bind().record(3)
        family.bind().record(4)
        #expect(registry.histograms("lag").map(\.counts) == [[2]])
        #expect(registry.histograms("lag").map(\.sum) == [7])
    }
}
