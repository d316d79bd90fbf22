internal import FoundationEssentials
internal import Glibc

/// Reads the configuration of this process: a file, or the defaults of a demonstration.
package enum ConfigurationLoader {
    /// The configuration in the file at `path`, or the demonstration's when there is none.
    package static func load(path: String?) throws(ConfigurationError) -> CollectorConfiguration {
        let environment = ProcessInfo.processInfo.environment
        guard let path else {
            var demonstration = CollectorConfiguration.demonstration
            demonstration.apply(environment: environment)
            return looked(demonstration)
        }
        return looked(
            try ConfigurationReader(environment: environment, readFile: text(ofFile:)).read(path: path))
    }

    /// The configuration with warnings of files that are named and are not there.
    private static func looked(_ configuration: CollectorConfiguration) -> CollectorConfiguration {
        var looked = configuration
        looked.warnings += configuration.warnings { access($0, R_OK) != 0 }
        return looked
    }

    /// A file as text; the error is what the system says, in a few words.
    private static func text(ofFile path: String) throws -> String {
        guard access(path, R_OK) == 0 else { throw Unreadable(reason: String(cString: strerror(errno))) }
        return try String(contentsOfFile: path, encoding: .utf8)
    }

    private struct Unreadable: Error, CustomStringConvertible {
        let reason: String

        var description: String { reason }
    }
}
