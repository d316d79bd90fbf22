internal import ArgumentParser
internal import PostmeterMetrics
internal import PostmeterModel

/// Makes series in a fresh process and prints by how much its resident memory grew with each.
struct SeriesMemoryProcess: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "series-memory", shouldDisplay: false)

    /// What kind of series.
    enum Kind: String, ExpressibleByArgument, CaseIterable {
        /// Counters with three labels.
        case counters
        /// Histograms with 11 bounds and one label.
        case histograms
        /// Exponential histograms with one label.
        case exponentials
    }

    @Option(help: "What kind of series: counters, histograms, exponentials.")
    var kind = Kind.counters

    @Option(help: "How many series.")
    var series: Int

    func run() throws {
        let registry = MetricsRegistry()
        // Whatever the first series brings with it is no cost of a series.
        LabelledCounters.family(in: registry, number: 0, limit: 10)("warm", "up", "first").add()
        Self.fill(kind, registry, family: 0, series: 1)
        let before = ProcFile.residentBytes()
        if kind == .counters {
            LabelledCounters.fill(registry, families: 10, series: series)
        } else {
            Self.fill(kind, registry, family: 1, series: series)
        }
        let grown = ProcFile.residentBytes() - before
        guard registry.statistics.series > series, registry.statistics.overflowed == 0 else {
            throw BenchmarkError("not all series were made: \(registry.statistics)")
        }
        print(Double(grown) / Double(series))
    }

    private static func fill(_ kind: Kind, _ registry: MetricsRegistry, family number: Int, series: Int) {
        let bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
        let family: Family<Histogram> = registry.family(
            InstrumentDescriptor(
                name: "bench.duration.\(number)", kind: .histogram, unit: "s", labels: ["path"],
                bounds: kind == .exponentials ? [] : bounds, seriesLimit: series + 1,
                exponential: kind == .exponentials ? ExponentialLimits() : nil))
        for one in 0..<series {
            let histogram = family("/api/v1/resource/" + String(one))
            histogram.record(0.003 * Double(1 + one % 1_000))
            histogram.record(0.001 * Double(1 + one % 2_000))
        }
    }
}
