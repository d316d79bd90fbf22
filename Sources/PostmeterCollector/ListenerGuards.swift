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
        admin = try Self.source(listen.webConfigFiles.admin, "admin")
        scrape = try Self.source(listen.webConfigFiles.scrape, "scrape")
        guard let admin, !listen.admin.isLoopback, !admin.security.present.asksWhoIsThere else { return }
        throw ConfigurationError(
            path: "listen.admin.web_config_file",
            problem: "asks nobody who they are, and '\(listen.admin)' can be reached from outside: "
                + "add basic_auth_users or client certificates that are required and verified")
    }

    /// What in the files has no effect.
    package var remarks: [String] {
        [ingest, admin, scrape].compactMap { $0 }.flatMap(\.remarks)
    }

    private static func source(
        _ path: String?, _ name: String
    ) throws(ConfigurationError) -> WebConfigurationSource? {
        guard let path else { return nil }
        do throws(ConfigurationError) {
            return try WebConfigurationSource(path: path)
        } catch {
            throw ConfigurationError(path: "listen.\(name).web_config_file", problem: error.description)
        }
    }
}

extension ListenerSecurity {
    /// Whether nobody is answered who has not shown who they are.
    fileprivate var asksWhoIsThere: Bool {
        !users.isEmpty || tls?.clientAuthentication == .requireAndVerifyClientCert
    }
}
