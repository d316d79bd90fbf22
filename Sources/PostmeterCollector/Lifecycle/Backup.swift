internal import CPrimitives
internal import FoundationEssentials
internal import GRDB
internal import Glibc
internal import PostmeterJournal

/// Copies what a collector keeps while it runs: a state that a start goes on from, with nothing lost or counted twice.
///
/// Files get second names first, then SQLite copies the database, then the files made meanwhile get second names
/// too: so the journal holds every record that the copied database has not folded, and every file that it names.
package struct Backup {
    /// How often it is tried to have the records that follow the database's, while segments come and go.
    private static let tries = 4

    private let data: String

    /// A backup of a data folder.
    ///
    /// - Throws: When there is no collector's data in it.
    package init(data: String) throws(ConfigurationError) {
        self.data = data
        _ = try DataFolder.readableDatabase(of: data)
    }

    /// Makes a backup in a folder that is not there or empty, and looks whether it is whole.
    ///
    /// - Parameters:
    ///   - target: The folder; its parent must exist.
    ///   - version: The version of this program.
    /// - Throws: When it cannot be made; what was begun is removed then.
    package func write(to target: String, version: String) throws(ConfigurationError) -> BackupManifest {
        let made = try Self.makeEmptyFolder(target, outside: data)
        do throws(ConfigurationError) {
            let staging = try BackupStaging(data)
            defer { staging.remove() }
            for attempt in 1...Self.tries {
                let manifest = try copy(staging, to: target, version: version)
                if manifest.damaged == 0 || attempt == Self.tries {
                    try manifest.write(to: target)
                    return manifest
                }
                Self.empty(target)
            }
            throw ConfigurationError(path: target, problem: "was not made")
        } catch {
            Self.empty(target)
            if made { rmdir(target) }
            throw error
        }
    }

    private func copy(
        _ staging: BackupStaging, to target: String, version: String
    ) throws(ConfigurationError) -> BackupManifest {
        let made = DamagedFiles.text(pm_clock_realtime())
        try staging.take()
        let database = "\(target)/postmeter.db"
        let position = try Self.copyDatabase("\(data)/postmeter.db", to: database)
        try staging.take()
        let copied = try FileCopy.read(database)
        var files = [
            BackupManifest.File(path: "postmeter.db", bytes: copied.bytes, checksum: copied.checksum)
        ]
        // Files made ahead and not begun are no part of the journal yet; the last one is still written to.
        let journal = try JournalInspector.view(inData: staging.path)
        let segments = journal.segments
        let ends = Dictionary(uniqueKeysWithValues: segments.map { ("journal/\($0.name)", $0.end) })
        for file in staging.files() {
            let isSegment = file.hasPrefix("journal/")
            guard !isSegment || ends[file] != nil else { continue }
            try Self.makeFolders(of: file, in: target)
            let isLast = segments.last.map { "journal/\($0.name)" == file } ?? false
            let copy = try FileCopy.copy(
                "\(staging.path)/\(file)", to: "\(target)/\(file)", end: isLast ? ends[file] : nil)
            files.append(.init(path: file, bytes: copy.bytes, checksum: copy.checksum))
        }
        try Self.makeFolders(of: "journal/x", in: target)
        var manifest = BackupManifest(
            program: version, made: made, position: position, journalFirst: 0, journalEnd: 0, damaged: 0,
            files: files)
        try Self.look(at: target, &manifest)
        return manifest
    }

    /// Finds out what the journal of a copy holds, and what of it cannot be read from the database's position on.
    private static func look(at target: String, _ manifest: inout BackupManifest) throws(ConfigurationError) {
        do {
            let journal = try JournalView(directory: "\(target)/journal")
            (manifest.journalFirst, manifest.journalEnd) = (journal.firstSequence, journal.endSequence)
            let reader = journal.makeReader(from: manifest.position)
            while try reader.nextPatiently() != nil {}
            // The journal may end before the position only when its last segment is damaged.
            let missing = manifest.position - min(manifest.position, journal.endSequence)
            manifest.damaged = reader.skipped + missing
        } catch {
            throw ConfigurationError(path: "\(target)/journal", problem: "\(error)")
        }
    }

    /// Copies the database as it is at one moment; returns the first record that is not in its figures.
    private static func copyDatabase(_ source: String, to target: String) throws(ConfigurationError) -> UInt64
    {
        do {
            var reading = GRDB.Configuration()
            reading.readonly = true
            reading.busyMode = .timeout(10)
            let from = try DatabaseQueue(path: source, configuration: reading)
            defer { try? from.close() }
            let into = try DatabaseQueue(path: target)
            defer { try? into.close() }
            // In one step, so that it is one state and no checkpoint begins it anew.
            try from.backup(to: into)
            return try into.writeWithoutTransaction { db in
                let answer = try String.fetchOne(db, sql: "PRAGMA quick_check(1)") ?? ""
                guard answer == "ok" else { throw StoreDamage(found: answer) }
                // One file: the copy has no log beside it. A start turns the log on again.
                _ = try String.fetchOne(db, sql: "PRAGMA journal_mode = DELETE")
                chmod(target, 0o600)
                return try Store.sequence(in: db) ?? 1
            }
        } catch {
            throw ConfigurationError(path: source, problem: "cannot be copied: \(error)")
        }
    }

    /// Sees to it that a folder is there and empty: whether it was made.
    static func makeEmptyFolder(_ path: String, outside data: String) throws(ConfigurationError) -> Bool {
        if mkdir(path, 0o700) == 0 {
            guard try !isInside(path, data) else {
                rmdir(path)
                throw ConfigurationError(path: path, problem: "is inside the data folder; name another place")
            }
            return true
        }
        guard errno == EEXIST else { throw FileCopy.failure(path, "cannot be made") }
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: path), names.isEmpty else {
            throw ConfigurationError(path: path, problem: "is there and not an empty folder; name a new one")
        }
        guard try !isInside(path, data) else {
            throw ConfigurationError(path: path, problem: "is inside the data folder; name another place")
        }
        return false
    }

    private static func isInside(_ path: String, _ data: String) throws(ConfigurationError) -> Bool {
        func whole(_ path: String) throws(ConfigurationError) -> String {
            guard let text = realpath(path, nil) else { throw FileCopy.failure(path, "cannot be read") }
            defer { free(text) }
            return String(cString: text)
        }
        return try "\(whole(path))/".hasPrefix("\(whole(data))/")
    }

    /// Removes what is in a folder.
    static func empty(_ path: String) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] {
            try? FileManager.default.removeItem(atPath: "\(path)/\(name)")
        }
    }

    /// Makes the folders that a file of this relative path stands in.
    static func makeFolders(of file: String, in folder: String) throws(ConfigurationError) {
        var made = folder
        for part in file.split(separator: "/").dropLast() {
            made += "/\(part)"
            guard mkdir(made, 0o700) == 0 || errno == EEXIST else {
                throw FileCopy.failure(made, "cannot be made")
            }
        }
    }
}
