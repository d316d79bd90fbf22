import PostmeterModel
import Testing

@testable import PostmeterMetrics

@Suite
struct RegistrationTests {
    @Test func `an equal descriptor gives the same family`() {
        let heard = Heard()
        let registry = MetricsRegistry.fixed(heard.diagnostics)
        let descriptor = InstrumentDescriptor(name: "mails", kind: .counter, labels: ["agent"])
        let one: Family<Counter> = registry.family(descriptor)
        let other = registry.family(descriptor, of: Counter.self)
        one("a").add(1)
        other("a").add(2)
        #expect(registry.integers("mails") == [["a"]: 3])
        #expect(registry.statistics.families == 1)
        #expect(heard.sentences.isEmpty)
    }

    @Test(arguments: [
        InstrumentDescriptor(name: "mails", kind: .counter, unit: "{bounce}", labels: ["agent"]),
        InstrumentDescriptor(
            name: "mails",
            kind: .counter,
            unit: "{mail}",
            description: "Other.",
            labels: ["agent"]
        ),
        InstrumentDescriptor(name: "MAILS", kind: .counter, labels: ["agent"]),
    ])
    func `a conflict gives a working family and one warning`(second: InstrumentDescriptor) {
        let heard = Heard()
        let registry = MetricsRegistry.fixed(heard.diagnostics)
        let first = InstrumentDescriptor(name: "mails", kind: .counter, unit: "{mail}", labels: ["agent"])
        let one: Family<Counter> = registry.family(first)
        for _ in 0..<3 {
            let other: Family<Counter> = registry.family(second)
            other("a").add(10)
        }
        one("a").add(1)
        let families = registry.snapshot().families
        #expect(families.map(\.descriptor.name) == ["mails", "mails"])
        let values: [[Int64]] = families.map { family in
            if case .integers(let values) = family.values { values } else { [] }
        }
        #expect(values == [[1], [30]])
        #expect(heard.sentences.count == 1)
        #expect(heard.sentences.first?.contains("is made already with another kind") == true)
    }

    @Test func `instruments of two kinds under one name both work`() {
        let heard = Heard()
        let registry = MetricsRegistry.fixed(heard.diagnostics)
        let counter: Family<Counter> = registry.family(InstrumentDescriptor(name: "x", kind: .counter))
        let gauge: Family<Gauge> = registry.family(InstrumentDescriptor(name: "x", kind: .gauge))
        let floating: Family<DoubleCounter> = registry.family(InstrumentDescriptor(name: "x", kind: .counter))
        counter.bind().add(1)
        gauge.bind().set(2)
        floating.bind().add(0.5)
        let families = registry.snapshot().families
        #expect(families.map(\.descriptor.kind) == [.counter, .gauge, .counter])
        #expect(families.map(\.descriptor.number) == [.integer, .floating, .floating])
        #expect(heard.sentences.count == 1)
    }

    @Test func `a name in other letter case is the same instrument, under its first name`() {
        let heard = Heard()
        let registry = MetricsRegistry.fixed(heard.diagnostics)
        let one: Family<Counter> = registry.family(InstrumentDescriptor(name: "Mails.Sent", kind: .counter))
        for _ in 0..<2 {
            let other: Family<Counter> = registry.family(
                InstrumentDescriptor(name: "mails.sent", kind: .counter)
            )
            other.bind().add(1)
        }
        one.bind().add(1)
        #expect(registry.integers("Mails.Sent") == [[]: 3])
        #expect(registry.snapshot().families.count == 1)
        #expect(heard.sentences == ["metric mails.sent is made as Mails.Sent already, which holds"])
    }

    @Test func `one name in two scopes is two instruments without a warning`() {
        let heard = Heard()
        let registry = MetricsRegistry.fixed(heard.diagnostics)
        for scope in ["a", "b"] {
            let family: Family<Counter> = registry.family(
                InstrumentDescriptor(name: "x", kind: .counter, scope: InstrumentationScope(name: scope))
            )
            family.bind().add(1)
        }
        #expect(registry.snapshot().families.map(\.descriptor.scope.name) == ["a", "b"])
        #expect(heard.sentences.isEmpty)
    }

    @Test(arguments: [
        "", "1mails", "mails sent", "mäils", "mails{", "_mails", String(repeating: "m", count: 256),
    ])
    func `an invalid name is recorded and not exported`(name: String) {
        let heard = Heard()
        let registry = MetricsRegistry.fixed(heard.diagnostics)
        let family: Family<Counter> = registry.family(
            InstrumentDescriptor(name: name, kind: .counter, labels: ["a"])
        )
        family("x").add(1)
        #expect(registry.snapshot().families.isEmpty)
        #expect(registry.statistics.series == 1)
        #expect(heard.sentences.count == 1)
        #expect(heard.sentences.first?.contains("invalid name") == true)
    }

    @Test(arguments: ["m", "M9_.-/x", "email.events", String(repeating: "m", count: 255)])
    func `a valid name is exported`(name: String) {
        let registry = MetricsRegistry.fixed()
        let _: Family<Counter> = registry.family(InstrumentDescriptor(name: name, kind: .counter))
        #expect(registry.integers(name) == [[]: 0])
    }

    @Test(arguments: [["a", "a"], ["", "b"], (0..<65).map { "label\($0)" }])
    func `labels that cannot be exported keep the family out`(labels: [String]) {
        let heard = Heard()
        let registry = MetricsRegistry.fixed(heard.diagnostics)
        let family: Family<Counter> = registry.family(
            InstrumentDescriptor(name: "x", kind: .counter, labels: labels)
        )
        family.bind(labels).add(1)
        #expect(registry.snapshot().families.isEmpty)
        #expect(heard.sentences.count == 1)
    }

    @Test func `the kind follows from the handles when the descriptor says another`() {
        let heard = Heard()
        let registry = MetricsRegistry.fixed(heard.diagnostics)
        let family: Family<Gauge> = registry.family(InstrumentDescriptor(name: "x", kind: .counter))
        family.bind().set(3)
        #expect(registry.doubles("x") == [[]: 3])
        #expect(registry.family(named: "x")?.descriptor.kind == .gauge)
        #expect(heard.sentences == ["metric x is described as counter and made as gauge, which holds"])
    }

    @Test func `families come in the order in which they were made`() {
        let registry = MetricsRegistry.fixed()
        for name in ["c", "a", "b"] {
            let _: Family<Counter> = registry.family(InstrumentDescriptor(name: name, kind: .counter))
        }
        #expect(registry.snapshot().families.map(\.descriptor.name) == ["c", "a", "b"])
    }

    @Test func `statistics count families, series and cells`() {
        let registry = MetricsRegistry.fixed()
        let counters: Family<Counter> = registry.family(
            InstrumentDescriptor(name: "a", kind: .counter, labels: ["x"])
        )
        let _: Family<Histogram> = registry.family(
            InstrumentDescriptor(name: "b", kind: .histogram, bounds: [1, 2, 3])
        )
        counters("1").add(1)
        counters("2").add(1)
        #expect(
            registry.statistics
                == RegistryStatistics(
                    families: 2,
                    series: 3,
                    cells: 9,
                    overflowed: 0,
                    refused: 0,
                    exhausted: 0,
                    torn: 0
                )
        )
    }
}
