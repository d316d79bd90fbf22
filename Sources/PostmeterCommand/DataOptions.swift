internal import ArgumentParser
internal import PostmeterCollector

/// Which collector's data a command works on.
struct DataOptions: ParsableArguments {
    @Option(name: .long, help: "The configuration file, postmeter.yaml.")
    var config: String?

    @Option(name: .long, help: "The data folder, in place of the one in the file.")
    var data: String?

    /// The configuration, with the data folder that was asked for.
    func load() throws -> CollectorConfiguration {
        do throws(ConfigurationError) {
            var configuration = try ConfigurationLoader.load(path: config)
            if let data { configuration.data = data }
            return configuration
        } catch {
            throw CommandFailure(error.text(in: config))
        }
    }

    /// The data folder; a file is read only where none was named.
    func folder() throws -> String {
        if let data { return data }
        return try load().data
    }
}
