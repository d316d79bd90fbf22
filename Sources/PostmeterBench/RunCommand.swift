internal import ArgumentParser
internal import Glibc

/// Runs the benchmarks and prints their table.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run the benchmarks, print the table, and write it as JSON lines.",
        discussion: """
            A goal that is missed is printed as MISSED and does not change the exit code. The last column is \
            the share of the machine's CPU that other processes took meanwhile: with more than a few percent \
            the figures say little.
            """
    )

    @Option(help: "The file that one JSON object a row is written to.")
    var json = ".build/bench.jsonl"

    @Option(help: "Only what has this in its name, for example 'spans' or 'counters/add'; may be repeated.")
    var filter: [String] = []

    @Option(help: "A folder on the disk to be measured, for journals and databases; emptied at the end.")
    var folder = ".build"

    @Flag(help: "A tenth of the time: to see that everything runs.")
    var quick = false

    @Flag(help: "What takes minutes too.")
    var long = false

    static let benchmarks: [any Benchmark] = [
        CounterBenchmark(), GaugeBenchmark(), LookUpBenchmark(), HistogramBenchmark(), ExemplarBenchmark(),
        SpanBenchmark(), LogBenchmark(), SwiftMetricsBenchmark(), EcosystemBenchmark(), ExpositionBenchmark(),
        OTLPBenchmark(), SeriesMemoryBenchmark(), HostileLabelsBenchmark(), JournalBenchmark(),
        FoldBenchmark(), CheckpointBenchmark(), IntakeBenchmark(), PeerIntakeBenchmark(), BatchBenchmark(),
        OverloadBenchmark(), CollectorMemoryBenchmark(), DayBenchmark(),
    ]

    func run() async throws {
        let trials = Self.benchmarks.flatMap(\.trials).filter { trial in
            (long || !trial.isLong) && (filter.isEmpty || filter.contains { trial.name.contains($0) })
        }
        guard !trials.isEmpty else {
            let hint = long ? "" : "; what takes minutes needs --long"
            throw ValidationError("no benchmark has \(filter) in its name\(hint)")
        }
        let output = try JSONLines(path: json)
        let scratch = try ScratchFolder(in: folder)
        defer { scratch.remove() }
        let harness = Harness(isQuick: quick, scratch: scratch)
        let table = Table()
        table.begin(Machine(), isQuick: quick)
        var missed = 0
        for trial in trials {
            do {
                for row in try await trial.run(harness) {
                    table.add(row)
                    try output.write(row)
                    if row.isMet == false { missed += 1 }
                }
            } catch {
                // One that breaks must not hide the others, nor pass for one that was not asked for.
                table.addFailure(of: trial.name, "\(error)")
                missed += 1
            }
        }
        table.end(missed: missed, json: json)
    }
}
