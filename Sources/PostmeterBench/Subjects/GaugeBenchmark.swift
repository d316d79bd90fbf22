internal import PostmeterMetrics
internal import PostmeterModel

/// Setting a gauge whose handle is kept, and adding to it.
struct GaugeBenchmark: Benchmark {
    var trials: [Trial] {
        [
            Trial(name: "gauges/set") { try [set($0)] },
            Trial(name: "gauges/add") { try [add($0)] },
        ]
    }

    private func set(_ harness: Harness) throws -> Row {
        let (registry, gauge) = makeGauge()
        let samples = harness.measure(operations: 100_000) { Self.set(gauge, $0) }
        try check(registry, 99_999)
        return Row("gauges/set", "bound gauge set", samples, peer: "1.3 otel-rust, on another machine")
    }

    private func add(_ harness: Harness) throws -> Row {
        let (registry, gauge) = makeGauge()
        var expected = 0.0
        let samples = harness.measure(operations: 100_000) { count in
            Self.add(gauge, count)
            expected += 0.5 * Double(count)
        }
        try check(registry, expected)
        return Row("gauges/add", "bound gauge add", samples, peer: "5.2 a CAS on a double")
    }

    @inline(never)
    private static func set(_ gauge: Gauge, _ count: Int) {
        for number in 0..<count { gauge.set(Double(number)) }
    }

    @inline(never)
    private static func add(_ gauge: Gauge, _ count: Int) {
        for _ in 0..<count { gauge.add(0.5) }
    }

    private func makeGauge() -> (MetricsRegistry, Gauge) {
        let registry = MetricsRegistry()
        let family: Family<Gauge> = registry.family(
            InstrumentDescriptor(name: "bench.depth", kind: .gauge, number: .floating))
        return (registry, family.bind())
    }

    private func check(_ registry: MetricsRegistry, _ expected: Double) throws {
        guard case .doubles([expected])? = registry.snapshot().families.first?.values else {
            throw BenchmarkError("the gauge does not show \(expected)")
        }
    }
}
