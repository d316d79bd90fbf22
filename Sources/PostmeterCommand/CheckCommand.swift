internal import ArgumentParser
internal import PostmeterCollector

/// Reads a configuration and says what is wrong with it.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Validate a configuration file without starting anything.")

    @Option(name: .long, help: "The configuration file, postmeter.yaml.")
    var config: String

    func run() throws {
        let configuration: CollectorConfiguration
        let warnings: [String]
        do throws(ConfigurationError) {
            configuration = try ConfigurationLoader.load(path: config)
            warnings = configuration.warnings + (try ListenerGuards(configuration.listen).remarks)
        } catch {
            throw CommandFailure(error.text(in: config))
        }
        for warning in warnings { print("warning: \(warning)") }
        print("\(config) is valid: \(configuration.summary)")
    }
}
