import CPrimitives
import PostmeterModel
import Testing

@testable import PostmeterMetrics

@Suite
struct ViewTests {
    private static func registry(_ views: MetricView..., heard: Heard = Heard()) -> MetricsRegistry {
        MetricsRegistry(
            now: { UnixTime(seconds: 1_700_000_000) }, diagnostics: heard.diagnostics, views: views)
    }

    private static let mails = InstrumentDescriptor(
        name: "email.mails", kind: .counter, unit: "{mail}", description: "Mails.", labels: ["a", "b", "c"])

    @Test func `name, description and limit are changed, and the rest is not`() throws {
        let registry = Self.registry(
            MetricView("email.mails", name: "letters", description: "Letters.", seriesLimit: 1))
        let family: Family<Counter> = registry.family(Self.mails)
        family("1", "2", "3").add(1)
        family("1", "2", "4").add(1)
        let snapshot = try #require(registry.snapshot().families.first)
        #expect(snapshot.descriptor.name == "letters")
        #expect(snapshot.descriptor.description == "Letters.")
        #expect(snapshot.descriptor.unit == "{mail}")
        #expect(snapshot.integers == [["1", "2", "3"]: 1, ["_overflow"]: 1])
    }

    @Test(arguments: [
        (MetricView("*", keptLabels: ["b"]), [["2"]: Int64(3), ["5"]: 4]),
        (MetricView("*", droppedLabels: ["a", "c"]), [["2"]: 3, ["5"]: 4]),
        (MetricView("*", keptLabels: ["a", "b", "nothing"], droppedLabels: ["b"]), [["1"]: 7]),
        (MetricView("*", keptLabels: []), [[]: 7]),
        (MetricView("*", droppedLabels: ["c"]), [["1", "2"]: 3, ["1", "5"]: 4]),
        (
            MetricView("*", keptLabels: ["a", "b", "c"]),
            [["1", "2", "3"]: 1, ["1", "2", "4"]: 2, ["1", "5", "3"]: 4]
        ),
    ])
    func `labels are left out, and series that they told apart become one`(
        view: MetricView, expected: [[String]: Int64]
    ) {
        let registry = Self.registry(view)
        let family: Family<Counter> = registry.family(Self.mails)
        for _ in 0..<2 {
            family("1", "2", "3").add(1)
            family("1", "2", "4").add(2)
            family.bind("1", "5", "3").add(4)
        }
        #expect(registry.integers("email.mails") == expected.mapValues { 2 * $0 })
        #expect(registry.statistics.overflowed == 0)
    }

    @Test func `what remains is found without making anything, for every form of string`() {
        let registry = Self.registry(MetricView("*", droppedLabels: ["a", "d"]))
        let family: Family<Counter> = registry.family(
            InstrumentDescriptor(name: "x", kind: .counter, labels: ["a", "b", "c", "d"]))
        let long = String(repeating: "long", count: 20)
        var grown = "grown"
        grown.reserveCapacity(100)
        for (index, value) in ["", "small", "sixteen bytes 16", long, grown].enumerated() {
            family("\(index)", value, "c", long).add(1)
            let front = family.storage.core
            let found = Self.raw(value) { first, second in
                let other = unsafeBitCast("z", to: StringLayout.Words.self)
                return pm_family_find4(
                    front, other.0, other.1, first, second, 0x63, 0xe100_0000_0000_0000, other.0, other.1)
            }
            #expect(found != nil, "\(value)")
        }
        #expect(registry.integers("x").count == 5)
        #expect(registry.statistics.series == 5)
    }

    private static func raw<R>(_ text: String, _ body: (UInt64, UInt64) -> R) -> R {
        let words = unsafeBitCast(text, to: StringLayout.Words.self)
        return withExtendedLifetime(text) { body(words.0, words.1) }
    }

    @Test func `instruments that differ in left-out labels share their series`() {
        let registry = Self.registry(MetricView("x", keptLabels: ["a"]))
        for labels in [["a", "b"], ["c", "a"], ["a"]] {
            let family: Family<Counter> = registry.family(
                InstrumentDescriptor(name: "x", kind: .counter, labels: labels))
            family.bind(labels.map { $0 == "a" ? "same" : "other" }).add(1)
        }
        #expect(registry.integers("x") == [["same"]: 3])
        #expect(registry.snapshot().families.count == 1)
    }

    @Test func `a wrong number of values is told in the labels that are asked for`() {
        let heard = Heard()
        let registry = Self.registry(MetricView("*", keptLabels: ["a"]), heard: heard)
        let family: Family<Counter> = registry.family(Self.mails)
        family("1").add(1)
        #expect(!family.remove("1"))
        #expect(registry.integers("email.mails") == [["_overflow"]: 1])
        #expect(
            heard.sentences == [
                "metric email.mails: 1 label values given for the labels [a, b, c]; "
                    + "recorded in its overflow series"
            ])
        family("1", "2", "3").add(1)
        #expect(family.remove("1", "9", "9"))
    }

    @Test func `a dropped instrument records to nothing`() {
        let registry = Self.registry(MetricView("gone*", isDropped: true))
        let counters: Family<Counter> = registry.family(
            InstrumentDescriptor(name: "gone.c", kind: .counter, labels: ["a"]))
        let histograms: Family<Histogram> = registry.family(
            InstrumentDescriptor(name: "gone.h", kind: .histogram, labels: ["a"], bounds: [1, 2]))
        let gauges: Family<Gauge> = registry.family(InstrumentDescriptor(name: "gone.g", kind: .gauge))
        registry.observe(InstrumentDescriptor(name: "gone.o", kind: .gauge)) { $0.record(1) }
        counters("x").add(1)
        counters.bind("x", "too many").add(1)
        histograms("x").record(1)
        histograms("y").record(7)
        gauges.bind().set(1)
        #expect(!counters.remove("x"))
        #expect(counters.removeAll() == 0)
        #expect(registry.snapshot().families.isEmpty)
        #expect(registry.statistics.series == 0)
        #expect(registry.statistics.overflowed == 0)
    }

    @Test func `histograms get other bounds`() {
        let registry = Self.registry(MetricView("*", kind: .histogram, bounds: [10, 20]))
        let family: Family<Histogram> = registry.family(
            InstrumentDescriptor(name: "h", kind: .histogram, bounds: [1]))
        let counter: Family<Counter> = registry.family(InstrumentDescriptor(name: "c", kind: .counter))
        family.bind().record(15)
        counter.bind().add(1)
        #expect(registry.histograms("h").map(\.counts) == [[0, 1, 0]])
        #expect(registry.integers("c") == [[]: 1])
    }

    @Test func `histograms become exponential and back`() {
        let limits = ExponentialLimits(maxSize: 20)
        let described = InstrumentDescriptor(name: "h", kind: .histogram, bounds: [1])
        let exponential = MetricView("*", exponential: limits).applied(to: described).descriptor
        #expect(exponential.exponential == limits)
        #expect(exponential.bounds.isEmpty)
        let explicit = MetricView("*", bounds: [5]).applied(to: exponential).descriptor
        #expect(explicit.exponential == nil)
        #expect(explicit.bounds == [5])
        let counter = InstrumentDescriptor(name: "c", kind: .counter)
        #expect(MetricView("*", exponential: limits).applied(to: counter).descriptor == counter)
    }

    @Test(arguments: [
        ("email.mails", true), ("EMAIL.Mails", true), ("email.mail", false), ("email.mailss", false),
        ("*", true), ("email.*", true), ("*mails", true), ("e*l.m*s", true), ("e*x*s", false),
        ("email?mails", true), ("email.mail?", true), ("email.mails?", false), ("*?", true), ("**", true),
        ("email.mails*", true), ("?*.*?", true), ("*.*.*", false), ("*ai*ail*", true), ("a*", false),
    ])
    func `patterns match whole names`(pattern: String, isMatch: Bool) {
        #expect(MetricView(pattern).matches(Self.mails) == isMatch)
    }

    @Test func `kind and scope are part of the choice`() {
        #expect(MetricView("*", kind: .counter).matches(Self.mails))
        #expect(!MetricView("*", kind: .gauge).matches(Self.mails))
        #expect(MetricView("*", scope: "postmeter").matches(Self.mails))
        #expect(!MetricView("*", scope: "other").matches(Self.mails))
    }

    @Test func `the first view that matches holds`() {
        let registry = Self.registry(
            MetricView("other"), MetricView("email.*", keptLabels: ["a"]),
            MetricView("email.mails", isDropped: true))
        let family: Family<Counter> = registry.family(Self.mails)
        family("1", "2", "3").add(1)
        #expect(registry.integers("email.mails") == [["1"]: 1])
    }

    @Test(arguments: [
        (MetricView("email.*", name: "one"), "would give one name to all that match"),
        (MetricView("email.mail?", name: "one"), "would give one name to all that match"),
        (MetricView("email.mails", name: "1"), "has an invalid name"),
        (MetricView(""), "has no pattern"),
        (
            MetricView("*", bounds: [1], exponential: ExponentialLimits()),
            "has both bounds and exponential limits"
        ),
        (MetricView("*", bounds: [2, 1]), "has bounds that are not finite"),
        (MetricView("*", bounds: [1, .infinity]), "has bounds that are not finite"),
        (MetricView("*", seriesLimit: 0), "has a series limit below 1"),
    ])
    func `a view that cannot be used is reported once and left out`(view: MetricView, reason: String) {
        var view = view
        view.description = "Changed."
        let heard = Heard()
        let registry = Self.registry(view, heard: heard)
        let _: Family<Counter> = registry.family(Self.mails)
        #expect(registry.snapshot().families.map(\.descriptor) == [Self.mails])
        #expect(heard.sentences.count == 1)
        #expect(heard.sentences.first?.contains(reason) == true)
    }

    @Test func `durable instruments are left as they are`() {
        let registry = Self.registry(MetricView("*", keptLabels: [], isDropped: true))
        let family: Family<Counter> = registry.family(
            InstrumentDescriptor(name: "d", kind: .counter, labels: ["a"], isDurable: true))
        family("x").add(1)
        #expect(registry.integers("d") == [["x"]: 1])
    }

    @Test func `observed sums are added up over left-out labels`() {
        let registry = Self.registry(MetricView("*", keptLabels: ["a"]))
        registry.observe(InstrumentDescriptor(name: "o", kind: .counter, labels: ["a", "b"])) { observer in
            observer.record(1, "x", "1")
            observer.record(2, "x", "2")
            observer.record(4, "y", "1")
            observer.record(8, "wrong")
        }
        registry.observe(InstrumentDescriptor(name: "o", kind: .counter, labels: ["a"])) { observer in
            observer.record(16, "z")
        }
        for _ in 0..<2 {
            #expect(registry.integers("o") == [["x"]: 3, ["y"]: 4, ["z"]: 16, ["_overflow"]: 8])
        }
    }
}
