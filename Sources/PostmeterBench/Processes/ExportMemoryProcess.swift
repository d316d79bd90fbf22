internal import ArgumentParser
internal import PostmeterMetrics
internal import PostmeterModel
internal import PostmeterOTLP

/// Reads and encodes many series in a fresh process and prints by how much its resident memory grew at the most,
/// as a share of the bytes that were written.
struct ExportMemoryProcess: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "export-memory", shouldDisplay: false)

    @Option(help: "How many series.")
    var series: Int

    @Option(help: "The largest body, in bytes.")
    var bodyLimit: Int

    func run() throws {
        let registry = MetricsRegistry()
        LabelledCounters.fill(registry, families: 10, series: series)
        let encoder = OTLPEncoder(resource: Resource([Attribute("service.name", "bench")]))
        let before = ProcFile.residentBytes()
        guard ProcFile.forgetPeak() else {
            throw BenchmarkError("the kernel does not let the peak of memory be measured")
        }
        var bytes = 0
        var points = 0
        for body in encoder.metricsBodies(registry.snapshot(), bodyLimit: bodyLimit) {
            bytes += body.bytes.count
            points += body.items
        }
        guard points >= series else { throw BenchmarkError("\(points) points of \(series) were written") }
        print(Double(ProcFile.peakBytes() - before) / Double(bytes))
    }
}
