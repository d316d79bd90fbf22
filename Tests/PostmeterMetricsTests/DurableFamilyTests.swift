import PostmeterModel
import Testing

@testable import PostmeterMetrics

@Suite
struct DurableFamilyTests {
    struct Saved: Equatable {
        var identities: [[UInt8]]
        var words: [UInt64]
    }

    /// One durable family of each kind, with and without labels.
    struct Families {
        let registry: MetricsRegistry
        let events: Family<Counter>
        let total: Family<Counter>
        let cost: Family<DoubleCounter>
        let open: Family<UpDownCounter>
        let ratio: Family<Gauge>
        let lag: Family<Histogram>

        init(limit: Int = 2_000) {
            registry = .fixed()
            events = registry.family(
                InstrumentDescriptor(
                    name: "events",
                    kind: .counter,
                    labels: ["agent", "event"],
                    isDurable: true,
                    seriesLimit: limit
                )
            )
            total = registry.family(InstrumentDescriptor(name: "total", kind: .counter, isDurable: true))
            cost = registry.family(
                InstrumentDescriptor(name: "cost", kind: .counter, labels: ["agent"], isDurable: true)
            )
            open = registry.family(
                InstrumentDescriptor(name: "open", kind: .upDownCounter, labels: ["agent"], isDurable: true)
            )
            ratio = registry.family(
                InstrumentDescriptor(name: "ratio", kind: .gauge, labels: ["agent"], isDurable: true)
            )
            lag = registry.family(
                InstrumentDescriptor(
                    name: "lag",
                    kind: .histogram,
                    labels: ["provider"],
                    bounds: [0.1, 1, 10],
                    isDurable: true
                )
            )
        }

        func save() -> [String: Saved] {
            var saved: [String: Saved] = [:]
            for family in registry.durableFamilies {
                var words: [UInt64] = []
                family.readWords(into: &words)
                let identities = (0..<family.count).map { family.identity(at: $0) }
                #expect(words.count == family.count * family.width)
                #expect(identities == family.identities(from: 0))
                saved[family.name] = Saved(identities: identities, words: words)
            }
            return saved
        }

        func restore(_ saved: [String: Saved]) throws {
            for family in registry.durableFamilies {
                guard let one = saved[family.name] else { continue }
                try family.restore(identities: one.identities, words: one.words)
            }
        }

        func record() {
            for agent in 0..<40 {
                events("agent \(agent % 13)", agent % 2 == 0 ? "sent" : "an event with a rather long name")
                    .add(3)
                total.bind().add(1)
                cost("agent \(agent % 5)").add(0.1)
                open("agent \(agent % 3)").add(agent % 2 == 0 ? -4 : 1)
                ratio("agent \(agent % 4)").set(Double(agent) / 7)
                lag("resend").record(Double(agent) / 3)
            }
            _ = ratio.bind("never set")
        }
    }

    @Test func `reading and then restoring is the identity`() throws {
        let first = Families()
        onThreads(3) { _ in first.record() }
        let saved = first.save()
        let second = Families()
        try second.restore(saved)
        #expect(second.save() == saved)
        for name in ["events", "total", "open"] {
            #expect(second.registry.integers(name) == first.registry.integers(name))
        }
        for name in ["cost", "ratio"] {
            #expect(second.registry.doubles(name) == first.registry.doubles(name))
        }
        #expect(
            second.registry.histograms("lag").map(\.counts) == first.registry.histograms("lag").map(\.counts)
        )
        #expect(second.registry.histograms("lag").map(\.sum) == first.registry.histograms("lag").map(\.sum))
    }

    @Test func `a restored family goes on counting, and new series get the next numbers`() throws {
        let first = Families()
        first.events("a", "sent").add(5)
        first.events("b", "sent").add(6)
        let second = Families()
        try second.restore(first.save())
        second.events("b", "sent").add(1)
        second.events("c", "sent").add(1)
        #expect(
            second.registry.integers("events")
                == [["a", "sent"]: 5, ["b", "sent"]: 7, ["c", "sent"]: 1]
        )
        let family = try #require(second.registry.durableFamilies.first)
        #expect(family.count == 3)
        #expect(Array(family.identities(from: 0).prefix(2)) == first.save()["events"]?.identities)
        let third = Attribute("agent", "c")
        #expect(
            family.identities(from: 2)
                == [EncodedAttributes([third, Attribute("event", "sent")], for: .numberPoint).bytes]
        )
    }

    @Test func `an overflow series keeps its place among the others`() throws {
        let first = Families(limit: 2)
        for agent in ["a", "b", "c", "d"] { first.events(agent, "sent").add(1) }
        let saved = first.save()
        #expect(saved["events"]?.identities.count == 3)
        let second = Families(limit: 2)
        try second.restore(saved)
        second.events("e", "sent").add(1)
        #expect(
            second.registry.integers("events") == [["a", "sent"]: 1, ["b", "sent"]: 1, ["_overflow"]: 3]
        )
    }

    @Test func `a limit that was lowered does not merge saved series`() throws {
        let first = Families()
        for agent in ["a", "b", "c"] { first.events(agent, "sent").add(2) }
        let second = Families(limit: 1)
        try second.restore(first.save())
        second.events("c", "sent").add(1)
        second.events("d", "sent").add(1)
        #expect(
            second.registry.integers("events")
                == [["a", "sent"]: 2, ["b", "sent"]: 2, ["c", "sent"]: 3, ["_overflow"]: 1]
        )
    }

    @Test func `a family that was used cannot be restored`() throws {
        let first = Families()
        first.record()
        let saved = try #require(first.save()["events"])
        let second = Families()
        second.events("x", "sent").add(1)
        let family = try #require(second.registry.durableFamilies.first)
        #expect(throws: DurableFamilyError.notFresh(family: "events")) {
            try family.restore(identities: saved.identities, words: saved.words)
        }
        #expect(second.registry.integers("events") == [["x", "sent"]: 1])
    }

    @Test func `saved values that do not fit are refused and change nothing`() throws {
        let identity = EncodedAttributes(
            [Attribute("agent", "a"), Attribute("event", "sent")],
            for: .numberPoint
        )
        let other = EncodedAttributes(
            [Attribute("agent", "a"), Attribute("state", "sent")],
            for: .numberPoint
        )
        let number = EncodedAttributes([Attribute("agent", "a"), Attribute("event", 7)], for: .numberPoint)
        let field = EncodedAttributes(identity.attributes, for: .histogramPoint)
        let families = Families()
        let events = try #require(families.registry.durableFamilies.first)
        #expect(throws: DurableFamilyError.wordCount(family: "events", expected: 1, found: 2)) {
            try events.restore(identities: [identity.bytes], words: [1, 2])
        }
        let damaged = Array(identity.bytes.dropLast())
        for wrong in [other.bytes, number.bytes, field.bytes, damaged, [], identity.bytes + [0]] {
            #expect(throws: DurableFamilyError.identity(family: "events", ordinal: 0)) {
                try events.restore(identities: [wrong], words: [1])
            }
        }
        #expect(throws: DurableFamilyError.identity(family: "events", ordinal: 1)) {
            try events.restore(identities: [identity.bytes, identity.bytes], words: [1, 2])
        }
        #expect(families.registry.integers("events") == [:])
        let cost = try #require(families.registry.durableFamilies.first { $0.name == "cost" })
        let agent = EncodedAttributes([Attribute("agent", "a")], for: .numberPoint)
        #expect(throws: DurableFamilyError.value(family: "cost", ordinal: 0)) {
            try cost.restore(identities: [agent.bytes], words: [Double.nan.bitPattern])
        }
        try events.restore(identities: [identity.bytes], words: [9])
        #expect(families.registry.integers("events") == [["a", "sent"]: 9])
    }

    @Test func `only the first durable family of a name is kept`() {
        let heard = Heard()
        let registry = MetricsRegistry.fixed(heard.diagnostics)
        for (scope, unit) in [("a", "s"), ("a", "ms"), ("b", "s")] {
            let _: Family<Counter> = registry.family(
                InstrumentDescriptor(
                    name: "x",
                    kind: .counter,
                    unit: unit,
                    isDurable: true,
                    scope: InstrumentationScope(name: scope)
                )
            )
        }
        #expect(registry.durableFamilies.map(\.name) == ["x"])
        #expect(registry.snapshot().families.count == 3)
        #expect(heard.sentences.count == 2)
    }
}
