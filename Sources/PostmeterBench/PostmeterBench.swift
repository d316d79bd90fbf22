internal import ArgumentParser

/// The command line of the benchmarks.
@main
struct PostmeterBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "PostmeterBench",
        abstract: "Measure what Postmeter promises, beside the peers' recorded figures.",
        subcommands: [
            RunCommand.self, CollectorProcess.self, SeriesMemoryProcess.self, HostileLabelsProcess.self,
            ExportMemoryProcess.self,
        ],
        defaultSubcommand: RunCommand.self
    )
}
