import PostmeterModel
import Testing

@testable import PostmeterMetrics

@Suite
struct ExtremesTests {
    private func histogram(_ registry: MetricsRegistry, bounds: [Double], isDurable: Bool = false)
        -> Histogram
    {
        let family: Family<Histogram> = registry.family(
            InstrumentDescriptor(name: "lag", kind: .histogram, bounds: bounds, isDurable: isDurable))
        return family.bind()
    }

    @Test(arguments: [
        [3.0], [3, -2, 7], [-5, -4], [1e308, 1e-308], [0], [-1.7976931348623157e308, 1.7976931348623157e308],
    ])
    func `the least and the greatest value are kept`(values: [Double]) {
        let registry = MetricsRegistry.fixed()
        let lag = histogram(registry, bounds: [1, 2, 5])
        for value in values { lag.record(value) }
        let expected = Extremes(minimum: values.min() ?? .nan, maximum: values.max() ?? .nan)
        #expect(registry.family(named: "lag")?.extremes == [expected])
        #expect(registry.histograms("lag").first?.counts.reduce(0, +) == UInt64(values.count))
    }

    @Test func `a series without values has no extremes, and neither do refused values`() {
        let registry = MetricsRegistry.fixed()
        let lag = histogram(registry, bounds: [])
        lag.record(.infinity)
        lag.record(-.infinity)
        #expect(registry.family(named: "lag")?.extremes.map(\.isKnown) == [false])
    }

    @Test func `the extremes are those of all threads`() {
        let registry = MetricsRegistry.fixed()
        let lag = histogram(registry, bounds: [10, 100])
        onThreads(4) { thread in
            for step in 0..<100 { lag.record(Double(thread * 100 + step) - 50) }
        }
        #expect(registry.family(named: "lag")?.extremes == [Extremes(minimum: -50, maximum: 349)])
    }

    @Test func `each series has extremes of its own`() {
        let registry = MetricsRegistry.fixed()
        let family: Family<Histogram> = registry.family(
            InstrumentDescriptor(
                name: "lag", kind: .histogram, labels: ["a"], bounds: Array(repeating: 0, count: 1)))
        for index in 0..<40 {
            family("\(index)").record(Double(index))
            family("\(index)").record(Double(-index))
        }
        #expect(
            registry.family(named: "lag")?.extremes
                == (0..<40).map { Extremes(minimum: Double(-$0), maximum: Double($0)) })
    }

    @Test func `a durable histogram keeps none, and its words stay buckets and sum`() {
        let registry = MetricsRegistry.fixed()
        histogram(registry, bounds: [1, 2], isDurable: true).record(5)
        #expect(registry.family(named: "lag")?.extremes == [])
        #expect(registry.durableFamilies.first?.width == 4)
        var words: [UInt64] = []
        registry.durableFamilies.first?.readWords(into: &words)
        #expect(words == [0, 0, 1, Double(5).bitPattern])
    }

    @Test func `a histogram takes as many bounds as fit, and its extremes`() {
        let registry = MetricsRegistry.fixed()
        let lag = histogram(registry, bounds: (0..<2_000).map(Double.init))
        lag.record(1_500)
        #expect(registry.family(named: "lag")?.descriptor.bounds.count == 1_020)
        #expect(registry.histograms("lag").first?.counts.last == 1)
        #expect(registry.family(named: "lag")?.extremes == [Extremes(minimum: 1_500, maximum: 1_500)])
    }
}
