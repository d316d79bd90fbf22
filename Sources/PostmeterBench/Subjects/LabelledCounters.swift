internal import PostmeterMetrics
internal import PostmeterModel

/// Counters with three labels, as peers were measured with: ten families, lines of about 80 bytes.
enum LabelledCounters {
    /// A family of counters; `number` makes its name.
    static func family(in registry: MetricsRegistry, number: Int, limit: Int) -> Family<Counter> {
        registry.family(
            InstrumentDescriptor(
                name: "bench.requests.\(number)", kind: .counter, unit: "{request}",
                description: "Requests of the benchmark.", labels: ["method", "path", "status"],
                seriesLimit: limit))
    }

    /// Makes series in new families and gives each a value of its own.
    static func fill(_ registry: MetricsRegistry, families: Int, series: Int) {
        for number in 1...families {
            let family = family(in: registry, number: number, limit: series / families)
            for one in 0..<(series / families) {
                let path = "/api/v1/resource/" + String(one)
                family(one % 2 == 0 ? "GET" : "POST", path, "200").add(UInt64(one * 7_919 + 1))
            }
        }
    }
}
