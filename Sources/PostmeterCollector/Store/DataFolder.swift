internal import Glibc
internal import PostmeterFleet

/// The folder that a collector keeps everything in; its owner alone may look into it.
struct DataFolder {
    /// Where it is.
    let path: String

    /// Makes the folder when it is not there.
    init(path: String) throws(ConfigurationError) {
        self.path = path
        var made = ""
        for part in path.split(separator: "/", omittingEmptySubsequences: false) {
            made += made.isEmpty && !part.isEmpty ? String(part) : (made == "/" ? "\(part)" : "/\(part)")
            guard !part.isEmpty, part != ".", part != ".." else { continue }
            if mkdir(made, 0o700) != 0, errno != EEXIST {
                throw ConfigurationError(
                    path: "data", problem: "'\(made)' cannot be made: \(String(cString: strerror(errno)))")
            }
        }
        guard access(path, R_OK | W_OK | X_OK) == 0 else {
            throw ConfigurationError(
                path: "data", problem: "'\(path)' cannot be written: \(String(cString: strerror(errno)))")
        }
    }

    /// The database of the fold's state.
    var database: String { "\(path)/postmeter.db" }
    /// The folder of the journal's segments.
    var journal: String { "\(path)/journal" }
    /// The file that stands here while a restore or a replay fills the folder.
    var restoring: String { "\(path)/RESTORING" }
    /// The secret of the demonstration's endpoint.
    var demonstrationSecret: String { "\(path)/demo.secret" }

    /// Refuses what a restore or a replay that was cut off has left.
    func refuseUnfinished() throws(ConfigurationError) {
        guard access(restoring, F_OK) == 0 else { return }
        throw ConfigurationError(
            path: "data",
            problem: "a restore or replay into '\(path)' was cut off; remove what is in it and begin again")
    }

    /// The configuration with what is made once and kept here filled in.
    func complete(
        _ configuration: CollectorConfiguration
    ) throws(ConfigurationError) -> CollectorConfiguration {
        guard configuration.isDemonstration else { return configuration }
        var complete = configuration
        let secret = try KeyFile(path: demonstrationSecret).text { "whsec_" + KeyFile.random() }
        for index in complete.endpoints.indices { complete.endpoints[index].secrets = [secret] }
        return complete
    }

    /// The path of the database of a data folder that is only read.
    ///
    /// - Throws: When it is not there, or may not be read.
    static func readableDatabase(of data: String) throws(ConfigurationError) -> String {
        let path = "\(data)/postmeter.db"
        guard access(path, R_OK) == 0 else {
            throw ConfigurationError(
                path: "data", problem: "'\(path)' cannot be read: \(String(cString: strerror(errno)))")
        }
        return path
    }

    /// The secret that trace ids are derived with where there is one: none is made in a folder that is only read.
    static func existingTraceKey(
        _ configuration: CollectorConfiguration
    ) throws(ConfigurationError) -> String? {
        if let key = configuration.traceKey { return key }
        return try KeyFile(path: "\(configuration.data)/trace.key").existing()
    }

    /// The secret that trace ids are derived with: the configuration's, else one made once and kept.
    func traceKey(_ configuration: CollectorConfiguration) throws(ConfigurationError) -> [UInt8] {
        if let key = configuration.traceKey { return Array(key.utf8) }
        return Array(try KeyFile(path: "\(path)/trace.key").text(orMake: KeyFile.random).utf8)
    }
}
