import PostmeterModel
import Synchronization
import Testing

@testable import PostmeterMetrics

@Suite
struct SnapshotTests {
    @Test func `a snapshot is dated by the clock and its sums by the registry's start`() {
        let clock = Atomic<UInt64>(100)
        let registry = MetricsRegistry(now: { UnixTime(seconds: clock.load(ordering: .relaxed)) })
        let _: Family<Counter> = registry.family(InstrumentDescriptor(name: "x", kind: .counter))
        clock.store(160, ordering: .relaxed)
        let snapshot = registry.snapshot()
        #expect(snapshot.time == UnixTime(seconds: 160))
        #expect(snapshot.families.map(\.startTime) == [UnixTime(seconds: 100)])
    }

    @Test func `a clock that goes back does not date a snapshot before its sums`() {
        let clock = Atomic<UInt64>(100)
        let registry = MetricsRegistry(now: { UnixTime(seconds: clock.load(ordering: .relaxed)) })
        clock.store(50, ordering: .relaxed)
        #expect(registry.snapshot().time == UnixTime(seconds: 100))
    }

    @Test func `identities are the encoded attributes of their values`() throws {
        let registry = MetricsRegistry.fixed()
        let values = ["triage", "größer", String(repeating: "long", count: 40), "nul \0", "\" \\ \n"]
        let counters: Family<Counter> = registry.family(
            InstrumentDescriptor(name: "c", kind: .counter, labels: ["email.agent", "k"])
        )
        let histograms: Family<Histogram> = registry.family(
            InstrumentDescriptor(name: "h", kind: .histogram, labels: ["email.agent", "k"], bounds: [1])
        )
        for value in values {
            counters(value, "v").add(1)
            histograms(value, "v").record(1)
        }
        for (name, field) in [("c", AttributeField.numberPoint), ("h", AttributeField.histogramPoint)] {
            let family = try #require(registry.family(named: name))
            for (identity, value) in zip(family.identities, values) {
                let attributes = [Attribute("email.agent", .string(value)), Attribute("k", "v")]
                #expect(Array(identity.bytes) == EncodedAttributes(attributes, for: field).bytes)
                #expect(AttributeReader.attributes(in: identity.bytes) == attributes)
            }
            #expect(family.identities.count == values.count)
        }
    }

    @Test func `identities outlive the registry they came from`() throws {
        func snapshot() -> MetricsSnapshot {
            let registry = MetricsRegistry.fixed()
            let family: Family<Counter> = registry.family(
                InstrumentDescriptor(name: "x", kind: .counter, labels: ["a"], seriesLimit: 5_000)
            )
            for index in 0..<3_000 { family("value \(index)").add(UInt64(index)) }
            return registry.snapshot()
        }
        let family = try #require(snapshot().families.first)
        #expect(family.labelValues == (0..<3_000).map { ["value \($0)"] })
        guard case .integers(let values) = family.values else {
            Issue.record("not integers")
            return
        }
        #expect(values == (0..<3_000).map(Int64.init))
    }

    @Test func `values stay with their identities as a family grows between others`() {
        let registry = MetricsRegistry.fixed()
        let families: [Family<Counter>] = (0..<3).map { index in
            registry.family(
                InstrumentDescriptor(name: "f\(index)", kind: .counter, labels: ["a"], seriesLimit: 5_000)
            )
        }
        for step in 0..<2_500 {
            for (index, family) in families.enumerated() where step % (index + 1) == 0 {
                family("\(step)").add(UInt64(step * 10 + index))
            }
        }
        for index in 0..<3 {
            let steps = stride(from: 0, to: 2_500, by: index + 1)
            let expected = Dictionary(uniqueKeysWithValues: steps.map { (["\($0)"], Int64($0 * 10 + index)) })
            #expect(registry.integers("f\(index)") == expected)
        }
    }

    @Test func `durable families can be left out`() {
        let registry = MetricsRegistry.fixed()
        let _: Family<Counter> = registry.family(
            InstrumentDescriptor(name: "kept", kind: .counter, isDurable: true)
        )
        let _: Family<Counter> = registry.family(InstrumentDescriptor(name: "lost", kind: .counter))
        #expect(registry.snapshot().families.map(\.descriptor.name) == ["kept", "lost"])
        #expect(registry.snapshot(includingDurable: false).families.map(\.descriptor.name) == ["lost"])
    }

    @Test func `only durable sums are dated back to a restored start`() {
        let registry = MetricsRegistry.fixed()
        let _: Family<Counter> = registry.family(
            InstrumentDescriptor(name: "kept", kind: .counter, isDurable: true)
        )
        let _: Family<Counter> = registry.family(InstrumentDescriptor(name: "lost", kind: .counter))
        registry.setDurableStartTime(UnixTime(seconds: 5))
        #expect(
            registry.snapshot().families.map(\.startTime)
                == [UnixTime(seconds: 5), UnixTime(seconds: 1_700_000_000)]
        )
        #expect(registry.durableStartTime == UnixTime(seconds: 5))
    }
}
