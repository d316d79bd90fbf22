internal import CPrimitives
internal import FoundationEssentials
internal import Glibc
internal import PostmeterExposition
internal import PostmeterJournal
internal import PostmeterMail
internal import PostmeterMetrics
internal import PostmeterModel
internal import PostmeterTracing

/// Folds a part of a collector's journal again, into figures of its own.
///
/// The collector may be running: its journal is only read, and its state is left alone. What the fold depends on
/// besides webhooks, the fleet and the settings, is in the journal; where a part begins, those hold that were
/// journaled last before it, as far as the journal still has them.
///
/// One thread at a time.
package struct Replay {
    /// What a replay found.
    package struct Result: Sendable {
        /// Records that were folded.
        package var records = 0
        /// Records that are damaged or gone.
        package var damaged: UInt64 = 0
        /// The numbers of the first and the last record that were folded; nil when there was none.
        package var range: ClosedRange<UInt64>?
        /// The durable figures as Prometheus has them, in the order of their names and labels: the same for the
        /// same records, to the byte.
        package var figures: [String] = []
    }

    private let configuration: CollectorConfiguration
    private let warn: @Sendable (String) -> Void

    /// Prepares a replay of the journal in a configuration's data folder.
    package init(_ configuration: CollectorConfiguration, warn: @escaping @Sendable (String) -> Void) {
        self.configuration = configuration
        self.warn = warn
    }

    /// Folds the records from `first` up to and with `last`.
    ///
    /// - Parameters:
    ///   - first: The number of the first record, or the next there is; 0 for the oldest.
    ///   - last: The number of the last record; nil for the newest.
    ///   - folder: A data folder to be made, which a collector can be started on that goes on from there;
    ///     nil leaves nothing behind.
    /// - Throws: When the journal cannot be read, or `folder` is there already; no folder is left then.
    package func run(from first: UInt64, to last: UInt64?, into folder: String?) throws -> Result {
        guard let folder else {
            let scratch = try Self.makeScratchFolder()
            defer {
                try? FileManager.default.removeItem(atPath: scratch)
            }
            return try run(from: first, to: last, database: "\(scratch)/postmeter.db")
        }
        guard access(folder, F_OK) != 0 else {
            throw ConfigurationError(
                path: "--into", problem: "'\(folder)' is there already; name a folder that is not")
        }
        // Nothing is made, here or there, where there is nothing to fold.
        _ = try JournalInspector.view(inData: configuration.data)
        let target = try DataFolder(path: folder)
        do {
            try target.beginFilling()
            // Whatever looks at the traces finds them under the ids that they have.
            if let key = try DataFolder.existingTraceKey(configuration) {
                _ = try KeyFile(path: "\(folder)/trace.key").text { key }
            }
            let result = try run(from: first, to: last, database: target.database)
            target.endFilling()
            return result
        } catch {
            try? FileManager.default.removeItem(atPath: folder)
            throw error
        }
    }

    private func run(from first: UInt64, to last: UInt64?, database: String) throws -> Result {
        let view = try JournalInspector.view(inData: configuration.data)
        let registry = MetricsRegistry(diagnostics: Diagnostics(warn))
        let tracer = Tracer(scope: MailConventions.scope, sampler: .alwaysOff, capacity: 1)
        let hooks = MailHooks(
            registry: registry, tracer: tracer,
            // No figure needs the key.
            traceKey: Array((try DataFolder.existingTraceKey(configuration) ?? KeyFile.random()).utf8))
        let store = try Store(path: database)
        defer { try? store.close() }
        let identity = try CollectorIdentity(store: store, now: pm_clock_realtime())
        let fold = Fold(hooks: hooks, store: store, key: identity.fingerprintKey, warn: warn)
        var figures = DurableFigures(registry: registry)
        try prepare(fold, view, before: first)

        var result = Result()
        let reader = view.makeReader(from: first)
        var sinceCheckpoint = 0
        while let record = try reader.nextPatiently(), record.sequence <= last ?? .max {
            fold.apply(record)
            result.records += 1
            result.range = (result.range?.lowerBound ?? record.sequence)...record.sequence
            sinceCheckpoint += 1
            if sinceCheckpoint == 50_000 {
                try fold.checkpoint(into: store, figures: &figures)
                sinceCheckpoint = 0
            }
        }
        result.damaged = reader.skipped
        try fold.checkpoint(into: store, figures: &figures)
        result.figures = Self.text(of: registry)
        return result
    }

    /// Gives the fold what held before the first record: the last fleet and settings.
    private func prepare(_ fold: Fold, _ view: JournalView, before first: UInt64) throws {
        guard first > 1 else { return }
        let reader = view.makeReader(from: 0)
        var found: [UInt8: (sequence: UInt64, bytes: [UInt8])] = [:]
        while let record = try reader.nextPatiently(), record.sequence < first {
            switch JournalKind(rawValue: record.kind) {
            case .fleet, .settings:
                found[record.kind] = (record.sequence, Array(record.payload))
            default: continue
            }
        }
        if let settings = found[JournalKind.settings.rawValue] { fold.take(settings: settings.bytes) }
        guard let fleet = found[JournalKind.fleet.rawValue] else {
            return warn(
                "the journal has no fleet before record \(first): until one comes, mail is that of no agent")
        }
        fold.take(fleet: fleet.bytes)
    }

    private static func makeScratchFolder() throws(ConfigurationError) -> String {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/postmeter-replay-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw ConfigurationError(
                path: "TMPDIR",
                problem: "'\(parent)' takes no folder: \(String(cString: strerror(errno))); use --into")
        }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func text(of registry: MetricsRegistry) -> [String] {
        let snapshot = registry.snapshot()
        let durable = MetricsSnapshot(
            time: snapshot.time, families: snapshot.families.filter { $0.descriptor.isDurable })
        var bytes: [UInt8] = []
        ExpositionEncoder(resource: Resource([]), options: ExpositionOptions(scopeLabels: false))
            .encode(durable, as: .text, into: &bytes)
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").filter { !$0.hasPrefix("#") }
            .map(String.init).sorted()
    }
}
