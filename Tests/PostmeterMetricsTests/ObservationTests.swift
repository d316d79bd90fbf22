import PostmeterModel
import Synchronization
import Testing

@testable import PostmeterMetrics

@Suite
struct ObservationTests {
    private static func descriptor(
        _ kind: InstrumentKind, _ number: InstrumentDescriptor.Number = .integer, labels: [String] = ["a"],
        limit: Int = 100
    ) -> InstrumentDescriptor {
        InstrumentDescriptor(name: "o", kind: kind, number: number, labels: labels, seriesLimit: limit)
    }

    @Test func `what is not reported is not exported`() {
        let registry = MetricsRegistry.fixed()
        let round = Atomic(0)
        registry.observe(Self.descriptor(.counter)) { observer in
            if round.add(1, ordering: .relaxed).newValue == 1 {
                observer.record(5, "x")
                observer.record(6, "y")
            } else {
                observer.record(8, "y")
            }
        }
        #expect(registry.integers("o") == [["x"]: 5, ["y"]: 6])
        #expect(registry.integers("o") == [["y"]: 8])
    }

    @Test func `numbers are turned into those of the instrument`() {
        let registry = MetricsRegistry.fixed()
        registry.observe(Self.descriptor(.upDownCounter)) { observer in
            observer.record(-3, "int")
            observer.record(2.6, "double")
            observer.record(UInt8(7), "byte")
        }
        registry.observe(
            InstrumentDescriptor(name: "f", kind: .gauge, number: .floating, labels: ["a"])
        ) { observer in
            observer.record(4, "int")
            observer.record(0.5, ["list"])
        }
        #expect(registry.integers("o") == [["int"]: -3, ["double"]: 3, ["byte"]: 7])
        #expect(registry.doubles("f") == [["int"]: 4, ["list"]: 0.5])
        #expect(registry.snapshot().families.allSatisfy { $0.descriptor.isObservable })
        #expect(registry.statistics.cells == 0)
    }

    @Test func `what an instrument cannot hold is refused and counted`() {
        let registry = MetricsRegistry.fixed()
        registry.observe(Self.descriptor(.counter)) { observer in
            observer.record(-1, "x")
            observer.record(Double.nan, "x")
            observer.record(1e19, "x")
            observer.record(UInt64.max, "x")
        }
        registry.observe(
            InstrumentDescriptor(name: "f", kind: .counter, number: .floating, labels: ["a"])
        ) { observer in
            observer.record(-0.1, "x")
            observer.record(Double.infinity, "x")
        }
        #expect(registry.integers("o") == [:])
        #expect(registry.statistics.refused == 6)
    }

    @Test func `a cancelled callback reports no more, and others go on`() throws {
        let registry = MetricsRegistry.fixed()
        let token = try #require(
            registry.observe(Self.descriptor(.gauge)) { $0.record(1, "x") })
        registry.observe(Self.descriptor(.gauge)) { $0.record(2, "y") }
        #expect(registry.integers("o") == [["x"]: 1, ["y"]: 2])
        token.cancel()
        token.cancel()
        #expect(registry.integers("o") == [["y"]: 2])
    }

    @Test func `a later value of a series holds, and past the limit sums share the overflow series`() {
        let heard = Heard()
        let registry = MetricsRegistry.fixed(heard.diagnostics)
        registry.observe(Self.descriptor(.counter, limit: 2)) { observer in
            for (index, value) in ["x", "y", "z", "w", "x"].enumerated() { observer.record(index, value) }
        }
        for _ in 0..<2 {
            #expect(registry.integers("o") == [["x"]: 4, ["y"]: 1, ["_overflow"]: 5])
        }
        #expect(heard.sentences.count == 1)
    }

    @Test func `an instrument without labels is observed`() {
        let registry = MetricsRegistry.fixed()
        registry.observe(Self.descriptor(.gauge, .floating, labels: [])) { $0.record(0.25) }
        #expect(registry.doubles("o") == [[]: 0.25])
    }

    @Test func `there is no observable histogram`() {
        let heard = Heard()
        let registry = MetricsRegistry.fixed(heard.diagnostics)
        #expect(registry.observe(Self.descriptor(.histogram)) { $0.record(1, "x") } == nil)
        #expect(registry.snapshot().families.isEmpty)
        #expect(heard.sentences.count == 1)
    }

    @Test func `callbacks run once a snapshot, and not for whom the instrument is not shown`() {
        let registry = MetricsRegistry.fixed()
        let runs = Atomic(0)
        var descriptor = Self.descriptor(.counter)
        descriptor.audience = .pushes
        registry.observe(descriptor) { observer in
            runs.add(1, ordering: .relaxed)
            observer.record(1, "x")
        }
        #expect(registry.snapshot(audience: .scrapes).families.isEmpty)
        #expect(runs.load(ordering: .relaxed) == 0)
        #expect(registry.snapshot(audience: .pushes).families.count == 1)
        #expect(runs.load(ordering: .relaxed) == 1)
    }

    @Test func `callbacks of one instrument run one at a time`() {
        let registry = MetricsRegistry.fixed()
        let inside = Atomic(0)
        let overlaps = Atomic(0)
        for index in 0..<3 {
            registry.observe(Self.descriptor(.gauge)) { observer in
                if inside.add(1, ordering: .sequentiallyConsistent).newValue > 1 {
                    overlaps.add(1, ordering: .relaxed)
                }
                observer.record(index, "x")
                inside.subtract(1, ordering: .sequentiallyConsistent)
            }
        }
        onThreads(4) { _ in
            for _ in 0..<200 { _ = registry.snapshot() }
        }
        #expect(overlaps.load(ordering: .relaxed) == 0)
    }

    @Test func `differences of an observable counter go over its silence and begin anew when it does`() {
        let registry = MetricsRegistry.fixed()
        let reports: [[(Int, String)]] = [
            [(10, "x"), (1, "y")], [(3, "y")], [(15, "x"), (3, "y")], [(4, "x")],
        ]
        let round = Atomic(0)
        registry.observe(Self.descriptor(.counter)) { observer in
            for (value, name) in reports[round.load(ordering: .relaxed)] { observer.record(value, name) }
        }
        let reader = MetricsReader(registry, temporality: .delta)
        let low = MetricsReader(registry, temporality: .lowMemory)
        var found: [[[String]: Int64]] = []
        for index in reports.indices {
            round.store(index, ordering: .relaxed)
            found.append(reader.read().families.first?.integers ?? [:])
            reader.commit()
            #expect(low.read().families.first?.temporality == .cumulative)
        }
        #expect(found == [[["x"]: 10, ["y"]: 1], [["y"]: 2], [["x"]: 5], [["x"]: 4]])
    }
}
