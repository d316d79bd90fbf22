internal import PostmeterMetrics
internal import PostmeterModel

/// Looking a series up by three label values, and adding to it.
struct LookUpBenchmark: Benchmark {
    /// How many series are looked up in turn.
    private static let series = 1_000

    var trials: [Trial] {
        [
            Trial(name: "lookups/borrowed") { try [borrowed($0)] },
            Trial(name: "lookups/mutable") { try [mutable($0)] },
        ]
    }

    /// The values stand in constants, so that a call borrows them.
    private final class Constant: Sendable {
        let agent: String
        let domain: String
        let event: String

        init(_ number: Int) {
            (agent, domain, event) = LookUpBenchmark.values(number)
        }
    }

    /// The values stand in variables that anybody might change during the call, so that it must retain them.
    private final class Variable {
        var agent: String
        var domain: String
        var event: String

        init(_ number: Int) {
            (agent, domain, event) = LookUpBenchmark.values(number)
        }
    }

    /// A short, a long and a short value, as the mail figures have.
    private static func values(_ number: Int) -> (String, String, String) {
        let kinds = ["delivered", "bounced", "accepted", "complained", "opened"]
        return (
            "agent-\(10_000 + number)", "support\(100 + number % 500).customers.example.com",
            opaque(kinds[number % kinds.count])
        )
    }

    private func borrowed(_ harness: Harness) throws -> Row {
        let (registry, family) = makeFamily()
        let list = (0..<Self.series).map(Constant.init).shuffled()
        let samples = harness.measure(operations: 4_000) { count in
            Self.each(list, count) { Self.hook(family, $0) }
        }
        try check(registry)
        return Row(
            "lookups/borrowed", "3-label look-up + add, warm, borrowed Strings, 1,000 series", samples,
            goal: .atMost(25), peer: "26 rust-prometheus, 103 client_golang, 588-1,021 Swift peers")
    }

    private func mutable(_ harness: Harness) throws -> Row {
        let (registry, family) = makeFamily()
        let list = (0..<Self.series).map(Variable.init).shuffled()
        let samples = harness.measure(operations: 4_000) { count in
            Self.each(list, count) { Self.hook(family, $0) }
        }
        try check(registry)
        return Row(
            "lookups/mutable", "3-label look-up + add, warm, Strings from mutable memory, 1,000 series",
            samples,
            goal: .atMost(50), peer: "26 rust-prometheus, 103 client_golang, 588-1,021 Swift peers")
    }

    /// Calls `hook` for each object in turn, without counting references to it: that takes 6 ns.
    @inline(__always)
    private static func each<Values: AnyObject>(
        _ list: [Values], _ count: Int, _ hook: (Values) -> Void
    ) {
        withExtendedLifetime(list) {
            let unmanaged = list.map(Unmanaged.passUnretained)
            unmanaged.withUnsafeBufferPointer { unmanaged in
                var place = 0
                for _ in 0..<count {
                    unmanaged[place]._withUnsafeGuaranteedRef(hook)
                    place += 1
                    if place == unmanaged.count { place = 0 }
                }
            }
        }
    }

    @inline(never)
    private static func hook(_ family: Family<Counter>, _ values: Constant) {
        family(values.agent, values.domain, values.event).add()
    }

    @inline(never)
    private static func hook(_ family: Family<Counter>, _ values: Variable) {
        family(values.agent, values.domain, values.event).add()
    }

    private func makeFamily() -> (MetricsRegistry, Family<Counter>) {
        let registry = MetricsRegistry()
        let family: Family<Counter> = registry.family(
            InstrumentDescriptor(
                name: "bench.events", kind: .counter, labels: ["email.agent", "email.domain", "email.event"]))
        return (registry, family)
    }

    private func check(_ registry: MetricsRegistry) throws {
        guard registry.statistics.series == Self.series, registry.statistics.overflowed == 0 else {
            throw BenchmarkError("there are not \(Self.series) series: \(registry.statistics)")
        }
    }
}
