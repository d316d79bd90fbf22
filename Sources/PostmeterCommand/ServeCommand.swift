internal import ArgumentParser
internal import FoundationEssentials
internal import PostmeterCollector

/// Runs the collector until it is told to stop.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Take webhooks, keep them safe, and show their figures.",
        discussion: """
            Without a file it starts a demonstration on this machine alone, and prints a line to try it with. \
            SIGTERM and SIGINT end it cleanly; kill -9 loses nothing that was acknowledged.
            """
    )

    @Option(name: .long, help: "The configuration file, postmeter.yaml.")
    var config: String?

    @Option(name: .long, help: "The data folder, in place of the one in the file.")
    var data: String?

    func run() async throws {
        var configuration: CollectorConfiguration
        do throws(ConfigurationError) {
            configuration = try ConfigurationLoader.load(path: config)
        } catch {
            throw CommandFailure(error.text(in: config))
        }
        if let data { configuration.data = data }
        do {
            try await Collector(
                configuration: configuration, version: PostmeterVersion.text,
                manager: ServiceManager(environment: ProcessInfo.processInfo.environment)
            ).runUntilSignal()
        } catch let error as ConfigurationError {
            throw CommandFailure("\(error)")
        }
    }
}
