package import PostmeterTransport
internal import Synchronization

/// Reads a web configuration file and the certificates it names, and again when one of them has changed.
///
/// A change is one of a file's time, size or inode. Safe on any thread.
package final class WebConfigurationSource: Sendable {
    private let path: String
    private let demand: Demand
    private let seen: Mutex<[String: FileContent.Stamp?]>
    private let initial: ListenerSecurity

    /// What in the file has no effect, for the log.
    package let remarks: [String]

    /// What a file has to say at the start and after each change.
    package enum Demand: Sendable {
        /// Nothing.
        case anything
        /// That nobody is answered who has not shown who they are, since others can reach the address.
        case credentials(address: String)
    }

    /// Reads the file at `path` and what it names.
    ///
    /// - Throws: `ConfigurationError`, whose place is the file, or a field in it.
    package init(path: String, demand: Demand = .anything) throws(ConfigurationError) {
        self.path = path
        self.demand = demand
        var seen: [String: FileContent.Stamp?] = [:]
        let file: WebConfigurationFile
        do throws(ConfigurationError) {
            file = try Self.parse(path, &seen)
            initial = try Self.security(file, path: path, &seen)
            try demand.check(initial)
        } catch {
            throw error.located(in: path)
        }
        remarks =
            file.asksForHTTP2
            ? ["\(path): http_server_config.http2: HTTP/2 is not served; requests are taken over HTTP/1.1"]
            : []
        self.seen = Mutex(seen)
    }

    /// What a listener is configured with.
    package var security: ListenerSecuritySource {
        ListenerSecuritySource(initial) { [self] in try changes() }
    }

    /// What the files say; nil when none of them has changed since the last call.
    ///
    /// An empty file, which demands nothing at the start, is none here: it may be one that is being written.
    ///
    /// - Throws: `ConfigurationError`, once for each change, and while a file is being written.
    func changes() throws(ConfigurationError) -> ListenerSecurity? {
        try seen.withLock { known throws(ConfigurationError) in
            guard known.contains(where: { FileContent.stamp(of: $0.key) != $0.value }) else {
                return nil
            }
            var seen: [String: FileContent.Stamp?] = [:]
            defer {
                // A file that could not be read, and so names nothing, does not make the others forgotten.
                known = known.merging(seen) { $1 }
            }
            do throws(ConfigurationError) {
                let file = try Self.parse(path, &seen)
                guard !file.isBlank else {
                    throw ConfigurationError(
                        path: "", problem: "is empty; write {} if it is to demand nothing from now on")
                }
                let security = try Self.security(file, path: path, &seen)
                try demand.check(security)
                return security
            } catch {
                // What was not looked at because of the error is as new as the rest.
                for path in known.keys where seen[path] == nil {
                    seen[path] = FileContent.stamp(of: path)
                }
                throw error.located(in: path)
            }
        }
    }
}

extension WebConfigurationSource.Demand {
    fileprivate func check(_ security: ListenerSecurity) throws(ConfigurationError) {
        guard case .credentials(let address) = self, !security.asksWhoIsThere else { return }
        throw ConfigurationError(
            path: "",
            problem: "asks nobody who they are, and '\(address)' can be reached from outside: "
                + "add basic_auth_users or client certificates that are required and verified")
    }
}

extension ConfigurationError {
    /// The error with the file before its place.
    fileprivate func located(in file: String) -> ConfigurationError {
        ConfigurationError(path: path.isEmpty ? file : "\(file): \(path)", problem: problem)
    }
}
