internal import GRDB
internal import Glibc
internal import PostmeterFleet

/// What is looked at before a database is used.
extension Store {
    /// Up to how many bytes a database is checked whole; of a larger one, only what the collector reads back.
    ///
    /// SQLite checks about 500 MB a second of what is in memory, and as much as the disk gives otherwise. Dead
    /// letters alone can take gigabytes, and no figure rests on them.
    static let wholeCheckLimit: Int64 = 256 << 20

    /// Refuses a database of a newer version, and finds damage; nothing is written.
    ///
    /// There may be no database yet.
    ///
    /// - Throws: A `ConfigurationError` for a newer version; ``StoreDamage``, or SQLite's own error.
    static func check(_ path: String) throws {
        guard access(path, F_OK) == 0 else { return }
        var reading = GRDB.Configuration()
        reading.readonly = true
        reading.busyMode = .timeout(patience)
        let queue = try DatabaseQueue(path: path, configuration: reading)
        defer { try? queue.close() }
        try queue.read { db in
            let unknown = try migrator.appliedIdentifiers(db).subtracting(migrator.migrations)
            guard unknown.isEmpty else {
                throw ConfigurationError(
                    path: path,
                    problem:
                        "was written by a newer version of postmeter (\(unknown.sorted().joined(separator: ", "))"
                        + "); run that version, or restore a backup made before it")
            }
            let pages = try Int64.fetchOne(db, sql: "PRAGMA page_count") ?? 0
            let size = try Int64.fetchOne(db, sql: "PRAGMA page_size") ?? 0
            if pages * size <= wholeCheckLimit {
                try check(db, sql: "PRAGMA quick_check(1)")
            } else {
                let tables = try String.fetchAll(
                    db, sql: "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'dead_letters'")
                for table in tables {
                    try check(db, sql: "PRAGMA quick_check(\(table.quotedDatabaseIdentifier))")
                }
            }
            try checkFleet(db)
        }
    }

    private static func check(_ db: Database, sql: String) throws {
        let answer = try String.fetchOne(db, sql: sql)
        guard answer == "ok" else { throw StoreDamage(found: answer ?? "the check says nothing") }
    }

    /// A row can be sound for SQLite and not be a fleet.
    private static func checkFleet(_ db: Database) throws {
        guard try db.tableExists("fleet") else { return }
        do {
            _ = try FleetStore.tree(in: db)
        } catch let error as DatabaseError {
            throw error
        } catch {
            throw StoreDamage(found: "the fleet in it cannot be read: \(error)")
        }
    }

    /// Whether no checkpoint was ever written.
    func isNew() throws -> Bool {
        try pool.read { db in
            try Row.fetchOne(db, sql: "SELECT 1 FROM properties WHERE name = 'sequence'") == nil
        }
    }
}
