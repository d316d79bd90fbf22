import PostmeterModel
import Testing

@testable import PostmeterMetrics

@Suite
struct OverflowTests {
    private static func family(
        _ registry: MetricsRegistry,
        limit: Int,
        labels: [String] = ["agent"]
    ) -> Family<Counter> {
        registry.family(
            InstrumentDescriptor(name: "limited", kind: .counter, labels: labels, seriesLimit: limit)
        )
    }

    @Test func `there is no overflow series up to the limit`() {
        let heard = Heard()
        let registry = MetricsRegistry.fixed(heard.diagnostics)
        let family = Self.family(registry, limit: 3)
        for agent in ["a", "b", "c", "a", "b", "c"] { family(agent).add(1) }
        #expect(registry.integers("limited") == [["a"]: 2, ["b"]: 2, ["c"]: 2])
        #expect(registry.statistics.overflowed == 0)
        #expect(heard.sentences.isEmpty)
    }

    @Test func `past the limit every measurement is in exactly one series`() {
        let heard = Heard()
        let registry = MetricsRegistry.fixed(heard.diagnostics)
        let family = Self.family(registry, limit: 10)
        for round in 0..<5 {
            for agent in 0..<30 {
                (round % 2 == 0 ? family("agent \(agent)") : family.bind("agent \(agent)")).add(1)
            }
        }
        var expected = Dictionary(uniqueKeysWithValues: (0..<10).map { (["agent \($0)"], Int64(5)) })
        expected[["_overflow"]] = 100
        #expect(registry.integers("limited") == expected)
        #expect(registry.statistics.overflowed == 100)
        #expect(registry.statistics.series == 11)
        #expect(
            heard.sentences == [
                "metric limited: the limit of 10 series is reached, raise it or leave a label out; "
                    + "recorded in its overflow series"
            ]
        )
    }

    @Test func `the overflow series carries one attribute, a true otel.metric.overflow`() throws {
        let registry = MetricsRegistry.fixed()
        let family = Self.family(registry, limit: 1)
        family("a").add(1)
        family("b").add(1)
        let identities = try #require(registry.family(named: "limited")).identities
        try #require(identities.count == 2)
        #expect(
            AttributeReader.attributes(in: identities[1].bytes) == [Attribute("otel.metric.overflow", true)]
        )
    }

    @Test func `threads that cross the limit lose and double nothing`() {
        let registry = MetricsRegistry.fixed()
        let family = Self.family(registry, limit: 100)
        onThreads(4) { index in
            for step in 0..<1_000 { family("agent \((step + index * 131) % 200)").add(1) }
        }
        let sums = registry.integers("limited")
        #expect(sums.count == 101)
        #expect(sums.values.reduce(0, +) == 4_000)
        #expect(sums[["_overflow"]] == Int64(registry.statistics.overflowed))
        // A series that was made is used by everybody from then on.
        let before = registry.integers("limited")[["_overflow"]]
        for series in sums.keys where series != ["_overflow"] { family(series[0]).add(1) }
        #expect(registry.integers("limited")[["_overflow"]] == before)
    }

    @Test func `a wrong number of values is reported once and recorded in the overflow series`() {
        let heard = Heard()
        let registry = MetricsRegistry.fixed(heard.diagnostics)
        let family = Self.family(registry, limit: 10, labels: ["agent", "event"])
        family("a").add(1)
        family("a", "b", "c").add(1)
        family("a", "b", "c", "d").add(1)
        family.bind().add(1)
        family.bind(["a"]).add(1)
        family("a", "b").add(1)
        #expect(registry.integers("limited") == [["_overflow"]: 5, ["a", "b"]: 1])
        #expect(
            heard.sentences == [
                "metric limited: 1 label values given for the labels [agent, event]; "
                    + "recorded in its overflow series"
            ]
        )
    }

    @Test func `values too long for a series are recorded in the overflow series`() {
        let heard = Heard()
        let registry = MetricsRegistry.fixed(heard.diagnostics)
        let family = Self.family(registry, limit: 10)
        let long = String(repeating: "x", count: FamilyStorage.identityLimit)
        for _ in 0..<3 { family(long).add(1) }
        family(String(repeating: "y", count: 4_000)).add(1)
        #expect(
            registry.integers("limited") == [["_overflow"]: 3, [String(repeating: "y", count: 4_000)]: 1]
        )
        #expect(heard.sentences.count == 1)
    }

    @Test func `without cells every handle works and nothing is exported`() {
        let heard = Heard()
        let registry = MetricsRegistry.fixed(heard.diagnostics, space: CellSpace(chunks: 0))
        let counters: Family<Counter> = registry.family(
            InstrumentDescriptor(name: "a", kind: .counter, labels: ["x"])
        )
        let gauges: Family<Gauge> = registry.family(InstrumentDescriptor(name: "b", kind: .gauge))
        let histograms: Family<Histogram> = registry.family(
            InstrumentDescriptor(name: "c", kind: .histogram, bounds: [1, 2])
        )
        counters("1").add(1)
        counters("1").add(1)
        gauges.bind().set(1)
        histograms.bind().record(1)
        #expect(registry.snapshot().families.allSatisfy { $0.identities.isEmpty })
        #expect(registry.statistics.series == 0)
        #expect(registry.statistics.exhausted > 0)
        #expect(heard.sentences.count == 3)
        #expect(heard.sentences.allSatisfy { $0.contains("no cell or memory left") })
    }

    @Test func `when cells run out, earlier series go on and later ones share the overflow series`() {
        let registry = MetricsRegistry.fixed(space: CellSpace(chunks: 1))
        let family = Self.family(registry, limit: 5_000)
        let bound = family.bind("first")
        for index in 0..<2_000 { family("agent \(index)").add(1) }
        bound.add(1)
        let sums = registry.integers("limited")
        #expect(sums[["first"]] == 1)
        #expect(sums.count > 1_000)
        #expect(sums.count <= 1_024)
        #expect(registry.statistics.exhausted > 0)
    }
}
