import PostmeterModel
import Testing

@testable import PostmeterMetrics

@Suite
struct CaseFamilyTests {
    enum Fate: String, CaseIterable { case sent, bounced = "hard bounce", lost }
    enum Plain: CaseIterable { case one, two, three }
    enum Single: CaseIterable { case only }
    enum Partial: CaseIterable, Sendable {
        case hidden, shown, other
        static let allCases: [Partial] = [.other, .shown]
    }
    struct Wide: CaseIterable, Hashable, CustomStringConvertible {
        let number: Int
        static let allCases = (0..<5).map { Wide(number: $0) }
        var description: String { "wide \(number / 2)" }  // cases share texts
    }

    private static let descriptor = InstrumentDescriptor(
        name: "c", kind: .counter, labels: ["case"], seriesLimit: 1)
    private static let pair = InstrumentDescriptor(name: "p", kind: .counter, labels: ["a", "b"])

    @Test func `all series are there from the beginning, whatever the limit`() {
        let registry = MetricsRegistry.fixed()
        let family = registry.family(Self.descriptor, by: Fate.self, of: Counter.self)
        #expect(registry.integers("c") == [["sent"]: 0, ["hard bounce"]: 0, ["lost"]: 0])
        for (index, fate) in Fate.allCases.enumerated() { family[fate].add(UInt64(index + 1)) }
        #expect(registry.integers("c") == [["sent"]: 1, ["hard bounce"]: 2, ["lost"]: 3])
        #expect(registry.statistics.overflowed == 0)
    }

    @Test func `a case without a raw text goes by its name`() {
        let registry = MetricsRegistry.fixed()
        let family = registry.family(Self.descriptor, by: Plain.self, of: Counter.self)
        family[.two].add(1)
        family[.three].add(2)
        #expect(registry.integers("c") == [["one"]: 0, ["two"]: 1, ["three"]: 2])
    }

    @Test func `an enumeration of one case takes no byte`() {
        let registry = MetricsRegistry.fixed()
        let family = registry.family(Self.descriptor, by: Single.self, of: Counter.self)
        family[.only].add(1)
        #expect(registry.integers("c") == [["only"]: 1])
    }

    @Test func `cases in another order and left out keep their handles apart`() {
        let registry = MetricsRegistry.fixed()
        let family = registry.family(Self.descriptor, by: Partial.self, of: Counter.self)
        family[.other].add(1)
        family[.shown].add(10)
        #expect(registry.integers("c") == [["other"]: 1, ["shown"]: 10])
        family[.hidden].add(100)  // is taken for one of them
        #expect(registry.integers("c").values.reduce(0, +) == 111)
    }

    @Test func `cases of more than a byte, and of one text`() {
        let registry = MetricsRegistry.fixed()
        let family = registry.family(Self.descriptor, by: Wide.self, of: Counter.self)
        for wide in Wide.allCases { family[wide].add(UInt64(wide.number)) }
        #expect(registry.integers("c") == [["wide 0"]: 1, ["wide 1"]: 5, ["wide 2"]: 4])
        family[Wide(number: 77)].add(100)
        #expect(registry.integers("c")[["wide 0"]] == 101)
    }

    @Test func `pairs of cases have their own series`() {
        let registry = MetricsRegistry.fixed()
        let family = registry.family(Self.pair, by: Fate.self, Plain.self, of: Counter.self)
        let wide = registry.family(
            InstrumentDescriptor(name: "w", kind: .counter, labels: ["a", "b"]), by: Wide.self, Single.self,
            of: Counter.self)
        var expected: [[String]: Int64] = [:]
        for (row, fate) in Fate.allCases.enumerated() {
            for (column, plain) in Plain.allCases.enumerated() {
                family[fate, plain].add(UInt64(10 * row + column))
                expected[[fate.rawValue, "\(plain)"]] = Int64(10 * row + column)
            }
        }
        for value in Wide.allCases { wide[value, .only].add(1) }
        #expect(registry.integers("p") == expected)
        #expect(
            registry.integers("w") == [
                ["wide 0", "only"]: 2, ["wide 1", "only"]: 2, ["wide 2", "only"]: 1,
            ])
    }

    @Test func `a descriptor with other than one label is reported and records in the overflow series`() {
        let heard = Heard()
        let registry = MetricsRegistry.fixed(heard.diagnostics)
        let family = registry.family(Self.pair, by: Plain.self, of: Counter.self)
        family[.two].add(1)
        #expect(registry.integers("p") == [["_overflow"]: 1])
        #expect(heard.sentences.count == 1)
    }

    @Test func `series of cases do not expire`() {
        let clock = TestClock(seconds: 100)
        let registry = clock.registry()
        var descriptor = Self.descriptor
        descriptor.idleLimit = .seconds(1)
        let family = registry.family(descriptor, by: Plain.self, of: Counter.self)
        _ = registry.snapshot()
        clock.set(seconds: 1_000)
        #expect(registry.integers("c").count == 3)
        family[.one].add(1)
        #expect(registry.integers("c")[["one"]] == 1)
    }
}
