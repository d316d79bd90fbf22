internal import ArgumentParser
internal import PostmeterMetrics
internal import PostmeterModel

/// Makes counters with three labels in a fresh process and prints by how much its resident memory grew.
struct SeriesMemoryProcess: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "series-memory", shouldDisplay: false)

    @Option(help: "How many series.")
    var series: Int

    func run() throws {
        let registry = MetricsRegistry()
        // Whatever the first series brings with it is no cost of a series.
        LabelledCounters.family(in: registry, number: 0, limit: 10)("warm", "up", "first").add()
        let before = ProcFile.residentBytes()
        LabelledCounters.fill(registry, families: 10, series: series)
        let grown = ProcFile.residentBytes() - before
        guard registry.statistics.series > series, registry.statistics.overflowed == 0 else {
            throw BenchmarkError("not all series were made: \(registry.statistics)")
        }
        print(Double(grown) / Double(series))
    }
}
