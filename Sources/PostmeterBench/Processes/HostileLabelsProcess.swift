internal import ArgumentParser
internal import PostmeterMetrics
internal import PostmeterModel

/// Records label values that never come twice, and prints by how many bytes its resident memory grew meanwhile.
struct HostileLabelsProcess: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "hostile-labels", shouldDisplay: false)

    @Option(help: "How many.")
    var values: Int

    func run() throws {
        let registry = MetricsRegistry()
        let counters: Family<Counter> = registry.family(
            InstrumentDescriptor(name: "bench.mails", kind: .counter, labels: ["agent", "domain", "event"]))
        let histograms: Family<Histogram> = registry.family(
            InstrumentDescriptor(
                name: "bench.duration", kind: .histogram, labels: ["agent"], bounds: HistogramBenchmark.bounds
            ))
        // By then both families are full.
        let first = 20_000
        Self.record(0..<first, counters, histograms)
        let before = ProcFile.residentBytes()
        Self.record(first..<values, counters, histograms)
        let grown = ProcFile.residentBytes() - before
        guard case .integers(let sums)? = registry.snapshot().families.first?.values,
            sums.reduce(0, +) == Int64(values)
        else {
            throw BenchmarkError("not every value was counted: \(registry.statistics)")
        }
        print(grown)
    }

    private static func record(
        _ numbers: Range<Int>, _ counters: Family<Counter>, _ histograms: Family<Histogram>
    ) {
        for number in numbers {
            let agent = "agent-\(number)@customers.example.com"
            counters(agent, "support.example.com", "delivered").add()
            histograms(agent).record(0.25)
        }
    }
}
