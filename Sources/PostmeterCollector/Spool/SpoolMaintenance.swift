internal import Glibc
internal import Postmeter
internal import PostmeterExport
internal import PostmeterJournal
internal import PostmeterModel
internal import PostmeterTransport

/// What can be done with the spools of a collector from outside of it.
package struct SpoolMaintenance: Sendable {
    /// Which spools are meant; nil: all.
    package struct Selection: Sendable, Hashable {
        let target: String?
        let signal: ExportSignal?

        /// Means a target and a signal by their names; nil when there is no such signal.
        package init?(target: String? = nil, signal: String? = nil) {
            self.target = target
            self.signal = signal.flatMap { ExportSignal(rawValue: $0) }
            if signal != nil, self.signal == nil { return nil }
        }
    }

    private let data: String
    private let folder: SpoolFolder

    /// Works on the spools in a data folder.
    package init(data: String) {
        self.data = data
        folder = SpoolFolder("\(data)/spool")
    }

    /// What the spools hold; a collector may be running.
    ///
    /// - Throws: When the folder cannot be looked into.
    package func status(_ selection: Selection) throws(ConfigurationError) -> SpoolReport {
        try checkReadable()
        return SpoolReport(
            folder.inspect(target: selection.target, signal: selection.signal), now: ExportClock.unixTime())
    }

    /// Throws away what the spools hold and returns how many points, spans and log records that was.
    package func drop(_ selection: Selection) throws(ConfigurationError) -> Int {
        try checkReadable()
        do throws(JournalError) {
            try checkUnused(selection)
            return try folder.drop(target: selection.target, signal: selection.signal).reduce(0) {
                $0 + $1.items
            }
        } catch {
            throw Self.failure(error)
        }
    }

    /// Sends what the spools hold to where the configuration says.
    ///
    /// - Returns: Whether nothing is left.
    package func drain(
        _ configuration: CollectorConfiguration, _ selection: Selection, version: String, patience: Duration,
        say: @escaping @Sendable (String) -> Void
    ) async throws(ConfigurationError) -> Bool {
        do throws(JournalError) {
            try checkUnused(selection)
        } catch {
            throw Self.failure(error)
        }
        let targets = try CollectorExports.targets(configuration).pushed.filter { target in
            selection.target == nil || selection.target == target.name
        }
        if targets.isEmpty {
            let what = selection.target.map { "no target '\($0)' that is enabled" } ?? "no target"
            throw ConfigurationError(path: "otlp", problem: "names \(what); nothing can be sent")
        }
        let client = HTTPClient(.init(userAgent: "OTel-OTLP-Exporter-Swift/\(version) postmeter/\(version)"))
        defer { client.shutdown() }
        let drain = SpoolDrain(
            targets: targets, folder: folder, signal: selection.signal, transport: client,
            diagnostics: Diagnostics(say))
        let ends = await drain.run(patience: patience) { lanes in
            for lane in lanes where lane.left > 0 { say(Self.line(lane)) }
        }
        for lane in ends where lane.drained + lane.lost + lane.left > 0 { say(Self.line(lane)) }
        let left = folder.inspect(target: selection.target, signal: selection.signal).filter { spool in
            spool.items > 0 || spool.problem != nil
        }
        for spool in left {
            let lane = ends.first { $0.target == spool.target && $0.signal == spool.signal }
            if let lane, lane.left > 0 { continue }
            let why =
                spool.problem
                ?? (lane == nil ? "the configuration has no spool of that name" : "it was not opened")
            say("\(spool.target) \(spool.signal): \(spool.items) left; \(why)")
        }
        return left.isEmpty && !ends.contains { $0.left > 0 }
    }

    private static func line(_ lane: SpoolDrain.Progress) -> String {
        let lost = lane.lost > 0 ? ", \(lane.lost) given up" : ""
        return "\(lane.target) \(lane.signal): \(lane.drained) sent\(lost), \(lane.left) left"
    }

    /// Throws when the data folder is not there, or its spool cannot be read: it is not as if nothing waited.
    private func checkReadable() throws(ConfigurationError) {
        for path in [data, folder.path] where access(path, R_OK | X_OK) != 0 {
            if path == folder.path, errno == ENOENT { return }
            let reason = String(cString: strerror(errno))
            throw ConfigurationError(path: "data", problem: "'\(path)' cannot be read: \(reason)")
        }
    }

    /// Throws when a running process has one of the spools open.
    private func checkUnused(_ selection: Selection) throws(JournalError) {
        for spool in folder.inspect(target: selection.target, signal: selection.signal) where spool.isInUse {
            throw .locked(directory: folder.path(spool.target, spool.signal))
        }
    }

    private static func failure(_ error: JournalError) -> ConfigurationError {
        let advice = if case .locked = error { "; stop the collector first" } else { "" }
        return ConfigurationError(path: "data", problem: "\(error)\(advice)")
    }
}
