internal import CPrimitives
internal import Glibc
internal import PostmeterJournal

/// A database that was opened for a collector, whatever state its file was in.
///
/// A damaged file never refuses the start: it is put aside and a new one is begun, into which the fold replays what
/// the journal still holds. The new one has an instance id and a start time of its own, so that nobody takes its
/// figures for a reset of the old ones.
struct StoreOpening {
    /// The database.
    let store: Store
    /// What was damaged, each with what was done, as sentences for the log.
    private(set) var findings: [String] = []
    /// How many files were damaged, by kind: `database` or `wal`.
    private(set) var damaged: [String: UInt64] = [:]
    /// How many records had been folded into the lost database and are in the journal no more.
    private(set) var lostRecords: UInt64 = 0

    /// Opens the database of a data folder that this process holds.
    ///
    /// - Parameters:
    ///   - folder: The data folder.
    ///   - now: Nanoseconds since the Unix epoch.
    ///   - settings: Adds what records stand on that are folded again, where those that said so are gone: the fleet.
    /// - Throws: When the disk refuses, the file may not be read, or a newer version wrote it.
    init(
        _ folder: DataFolder, now: UInt64, settings: (inout CheckpointChanges) throws -> Void
    ) throws {
        let database = folder.database
        let files = DamagedFiles(database: database)
        if WriteAheadLog(database: database).isDamaged {
            let kept = try files.putAside(["-wal", "-shm"], now: now)
            damaged["wal", default: 0] += 1
            findings.append(
                "\(database)-wal is damaged and was moved to \(kept)-wal: the state goes back to the last one in "
                    + "the database, and the journal is folded again from there")
        }
        // Only a start without a state looks: what it takes is to read the newest segment through.
        func journalWithRecords() -> JournalView? {
            guard let journal = try? JournalView(directory: folder.journal), journal.endSequence > 1 else {
                return nil
            }
            return journal
        }
        // The state before the log may be none at all.
        var isLost = !damaged.isEmpty
        if !Self.holdsSomething(database), journalWithRecords() != nil {
            isLost = true
            damaged["database", default: 0] += 1
            findings.append(
                "\(database) is missing or empty, and the journal holds records: a new one is begun")
        }
        do {
            store = try Store(path: database)
        } catch {
            guard let damage = StoreDamage(error) else { throw error }
            let kept = try files.putAside(["", "-wal", "-shm", "-fingerprints"], now: now)
            isLost = true
            damaged["database", default: 0] += 1
            findings.append(
                "\(database) is damaged (\(damage)); it was moved to \(kept), and a new one is begun. What can be read "
                    + "of the old one: sqlite3 \(kept) .recover")
            store = try Store(path: database)
        }
        guard try store.isNew(), let journal = journalWithRecords() else { return }
        try begin(settings, first: journal.firstSequence, isLost: isLost)
    }

    /// Begins a new database where the journal begins.
    private mutating func begin(
        _ settings: (inout CheckpointChanges) throws -> Void, first: UInt64, isLost: Bool
    ) throws {
        if first > 1 {
            var changes = CheckpointChanges(sequence: first)
            try settings(&changes)
            try store.save(changes)
            lostRecords = first - 1
        }
        guard isLost else { return }
        findings.append(
            "the journal still holds records from \(first) on, which are folded again; the figures of the "
                + "\(lostRecords) before are lost, and events that come again after those count again. "
                + "To have them back, stop the collector and restore a backup: postmeter restore")
    }

    /// Whether a file is there and not empty; so is one that cannot be looked at.
    private static func holdsSomething(_ path: String) -> Bool {
        var status = pm_file_status()
        guard pm_file_status_at(path, &status) else { return errno != ENOENT }
        return status.size > 0
    }
}
