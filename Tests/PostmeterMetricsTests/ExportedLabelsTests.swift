import PostmeterModel
import Testing

@testable import PostmeterMetrics

@Suite
struct ExportedLabelsTests {
    private static func attributes(
        _ descriptor: InstrumentDescriptor, _ values: [[String]]
    ) -> [[Attribute]] {
        let registry = MetricsRegistry.fixed()
        let family: Family<Counter> = registry.family(descriptor)
        for value in values { family.bind(value).add(1) }
        return (registry.family(named: descriptor.name)?.identities ?? []).map {
            AttributeReader.attributes(in: $0.bytes)
        }
    }

    @Test func `an empty value is no attribute`() {
        let descriptor = InstrumentDescriptor(name: "c", kind: .counter, labels: ["a", "b"])
        #expect(
            Self.attributes(descriptor, [["x", "y"], ["", "y"], ["x", ""], ["", ""]]) == [
                [Attribute("a", "x"), Attribute("b", "y")], [Attribute("b", "y")], [Attribute("a", "x")], [],
            ])
    }

    @Test func `a whole number of such a label is an integer as long as no two values become one`() {
        let descriptor = InstrumentDescriptor(
            name: "c", kind: .counter, labels: ["code", "path"], integerLabels: ["code"])
        let values = ["404", "-1", "0", "+7", "007", "4.0", "x", "", "9223372036854775808"]
        let expected: [AttributeValue?] = [404, -1, 0, "+7", "007", "4.0", "x", nil, "9223372036854775808"]
        #expect(
            Self.attributes(descriptor, values.map { [$0, "5"] })
                == expected.map { code in
                    (code.map { [Attribute("code", $0)] } ?? []) + [Attribute("path", "5")]
                })
    }

    @Test func `the exported bytes are those of the attributes, and look-ups go by all values`() throws {
        let registry = MetricsRegistry.fixed()
        let family: Family<Counter> = registry.family(
            InstrumentDescriptor(name: "c", kind: .counter, labels: ["code", "a"], integerLabels: ["code"]))
        for _ in 0..<3 {
            family("200", "x").add(1)
            family("none", "x").add(10)
            family("200", "").add(100)
        }
        let snapshot = try #require(registry.family(named: "c"))
        #expect(
            snapshot.identities.map { Array($0.bytes) } == [
                EncodedAttributes([Attribute("code", 200), Attribute("a", "x")], for: .numberPoint).bytes,
                EncodedAttributes([Attribute("code", "none"), Attribute("a", "x")], for: .numberPoint).bytes,
                EncodedAttributes([Attribute("code", 200)], for: .numberPoint).bytes,
            ])
        #expect(snapshot.integers == [["200", "x"]: 3, ["none", "x"]: 30, ["200", ""]: 300])
        #expect(family.remove("200", ""))
        #expect(registry.integers("c") == [["200", "x"]: 3, ["none", "x"]: 30])
        let values = (0..<100).map { String($0) }
        for value in values { family(value, "y").add(1) }
        #expect(registry.integers("c").count == 102)
    }

    @Test func `gauges and observed values carry them too`() throws {
        let registry = MetricsRegistry.fixed()
        let gauges: Family<Gauge> = registry.family(
            InstrumentDescriptor(name: "g", kind: .gauge, labels: ["n"], integerLabels: ["n"]))
        _ = gauges.bind("1")  // never set, so left out
        gauges("2").set(0.5)
        registry.observe(
            InstrumentDescriptor(name: "o", kind: .gauge, labels: ["n", "m"], integerLabels: ["n"])
        ) { observer in
            observer.record(7, "3", "")
        }
        let identities = try ["g", "o"].map { name in
            try #require(registry.family(named: name)).identities.map {
                AttributeReader.attributes(in: $0.bytes)
            }
        }
        #expect(identities == [[[Attribute("n", 2)]], [[Attribute("n", 3)]]])
    }

    @Test func `a durable family is saved by the values that are looked up`() throws {
        let descriptor = InstrumentDescriptor(
            name: "d", kind: .counter, labels: ["code", "a"], isDurable: true, integerLabels: ["code"])
        let registry = MetricsRegistry.fixed()
        let family: Family<Counter> = registry.family(descriptor)
        family("200", "").add(5)
        family("x", "y").add(6)
        let saved = try #require(registry.durableFamilies.first)
        var words: [UInt64] = []
        saved.readWords(into: &words)
        let later = MetricsRegistry.fixed()
        let again: Family<Counter> = later.family(descriptor)
        try #require(later.durableFamilies.first)
            .restore(
                identities: saved.identities(from: 0), words: words)
        again("200", "").add(10)
        #expect(later.integers("d") == [["200", ""]: 15, ["x", "y"]: 6])
        #expect(
            later.family(named: "d")?.identities.map { AttributeReader.attributes(in: $0.bytes) }
                == [[Attribute("code", 200)], [Attribute("code", "x"), Attribute("a", "y")]])
    }
}
