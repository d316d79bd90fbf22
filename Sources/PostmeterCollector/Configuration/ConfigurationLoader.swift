internal import FoundationEssentials

/// Reads the configuration of this process: a file, or the defaults of a demonstration.
package enum ConfigurationLoader {
    /// The configuration in the file at `path`, or the demonstration's when there is none.
    package static func load(path: String?) throws(ConfigurationError) -> CollectorConfiguration {
        let environment = ProcessInfo.processInfo.environment
        guard let path else {
            var demonstration = CollectorConfiguration.demonstration
            demonstration.apply(environment: environment)
            return demonstration
        }
        return try ConfigurationReader(environment: environment) { path in
            try String(contentsOfFile: path, encoding: .utf8)
        }.read(path: path)
    }
}
