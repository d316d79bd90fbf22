internal import PostmeterTransport

/// How each listener is guarded, as its file says, and again when the file changes.
package struct ListenerGuards: Sendable {
    let ingest: WebConfigurationSource?
    let admin: WebConfigurationSource?
    let scrape: WebConfigurationSource?

    /// Reads the files that are named, and the certificates that these name.
    ///
    /// - Throws: What is wrong in a file, and an admin listener that others can reach and nothing guards.
    package init(_ listen: CollectorConfiguration.Listen) throws(ConfigurationError) {
        ingest = try Self.source(listen.webConfigFiles.ingest, "ingest")
        admin = try Self.source(
            listen.webConfigFiles.admin, "admin",
            listen.admin.isLoopback ? .anything : .credentials(address: "\(listen.admin)"))
        scrape = try Self.source(listen.webConfigFiles.scrape, "scrape")
    }

    /// What in the files has no effect.
    package var remarks: [String] {
        [ingest, admin, scrape].compactMap { $0 }.flatMap(\.remarks)
    }

    private static func source(
        _ path: String?, _ name: String, _ demand: WebConfigurationSource.Demand = .anything
    ) throws(ConfigurationError) -> WebConfigurationSource? {
        guard let path else { return nil }
        do throws(ConfigurationError) {
            return try WebConfigurationSource(path: path, demand: demand)
        } catch {
            throw ConfigurationError(path: "listen.\(name).web_config_file", problem: error.description)
        }
    }
}
