internal import GRDB
internal import PostmeterFleet

/// The collector's database, `postmeter.db`: the fold's checkpoint, what the process is called, dead letters.
///
/// One writer, the fold's thread; reads may come from others. WAL with `synchronous=FULL`, so that a
/// checkpoint which returned is on disk.
final class Store: Sendable {
    let pool: DatabasePool

    /// Opens the database, makes or migrates its tables, and checks that it is as durable as it must be.
    init(path: String) throws {
        pool = try DatabasePool(path: path)
        // The pool sets NORMAL when it turns WAL on, after its configuration ran; so FULL is set here, and read
        // back.
        let synchronous = try pool.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA synchronous = FULL")
            return try Int.fetchOne(db, sql: "PRAGMA synchronous")
        }
        guard synchronous == 2 else {
            throw ConfigurationError(
                path: path, problem: "SQLite did not take synchronous=FULL, so no checkpoint would be safe")
        }
        try Self.migrator.migrate(pool)
    }

    private static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("store-1") { db in
            try db.execute(
                sql: """
                    CREATE TABLE properties (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
                    CREATE TABLE families (name TEXT PRIMARY KEY, shape TEXT NOT NULL) STRICT, WITHOUT ROWID;
                    CREATE TABLE series (
                        family TEXT NOT NULL, ordinal INTEGER NOT NULL, identity BLOB NOT NULL,
                        PRIMARY KEY (family, ordinal)
                    ) STRICT, WITHOUT ROWID;
                    CREATE TABLE pages (
                        family TEXT NOT NULL, page INTEGER NOT NULL, words BLOB NOT NULL,
                        PRIMARY KEY (family, page)
                    ) STRICT;
                    CREATE TABLE fingerprints (
                        id INTEGER PRIMARY KEY, log TEXT NOT NULL, generation INTEGER NOT NULL,
                        accepted_at INTEGER NOT NULL, words BLOB NOT NULL
                    ) STRICT;
                    CREATE INDEX fingerprints_generation ON fingerprints (log, generation);
                    CREATE TABLE dead_letters (
                        sequence INTEGER PRIMARY KEY, accepted_at INTEGER NOT NULL, endpoint TEXT NOT NULL,
                        provider TEXT NOT NULL, reason TEXT NOT NULL, detail TEXT NOT NULL,
                        envelope BLOB NOT NULL
                    ) STRICT;
                    """)
        }
        migrator.registerMigration(DeadLetterTable.migration, migrate: DeadLetterTable.migrate)
        FleetStore.register(in: &migrator)
        registerWaiting(in: &migrator)
        return migrator
    }

    // MARK: Properties

    /// A value that is made once and kept for the life of the database.
    func property(_ name: String, orMake make: () -> [UInt8]) throws -> [UInt8] {
        try pool.write { db in
            if let value = try Self.property(name, in: db) { return value }
            let value = make()
            try Self.setProperty(name, value, in: db)
            return value
        }
    }

    private static func property(_ name: String, in db: Database) throws -> [UInt8]? {
        try Row.fetchOne(db, sql: "SELECT value FROM properties WHERE name = ?", arguments: [name])?.blob(0)
    }

    private static func setProperty(_ name: String, _ value: [UInt8], in db: Database) throws {
        try db.cachedStatement(sql: "INSERT OR REPLACE INTO properties (name, value) VALUES (?, ?)")
            .execute(arguments: [name, value.databaseBlob])
    }

    /// Reads from the database; for the extensions in other files.
    func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try pool.read(body)
    }

    // MARK: Checkpoints

    /// The last checkpoint, with the fingerprints handed over batch by batch, oldest first.
    func load(fingerprints take: (FingerprintLog.Name, FingerprintLog.Batch) -> Void) throws -> Checkpoint {
        try pool.read { db in
            var checkpoint = Checkpoint()
            if let sequence = try Self.sequence(in: db) { checkpoint.sequence = sequence }
            if let bytes = try Self.property("settings", in: db) {
                checkpoint.settings = try FoldSettings(encoded: bytes)
            }
            checkpoint.fleet = try FleetStore.tree(in: db)
            checkpoint.provisioned = try FleetStore.provisionedAgents(in: db)
            checkpoint.deadLetters = try DeadLetterTable.places(in: db)
            checkpoint.agentNumbers = try Self.agentNumbers(in: db)
            for row in try Row.fetchAll(db, sql: "SELECT name, shape FROM families") {
                checkpoint.families[row[0]] = Checkpoint.SavedFamily(shape: row[1])
            }
            for row in try Row.fetchAll(
                db, sql: "SELECT family, identity FROM series ORDER BY family, ordinal")
            {
                checkpoint.families[row[0]]?.identities.append(row.blob(1) ?? [])
            }
            for row in try Row.fetchAll(db, sql: "SELECT family, words FROM pages ORDER BY family, page") {
                checkpoint.families[row[0]]?.words += Words.decoded(row.blob(1) ?? [])
            }
            let rows = try Row.fetchCursor(
                db, sql: "SELECT log, generation, accepted_at, words FROM fingerprints ORDER BY id")
            while let row = try rows.next() {
                guard let log = FingerprintLog.Name(rawValue: row[0]) else { continue }
                take(log, Self.batch(row))
            }
            return checkpoint
        }
    }

    /// The number of the first record that the last checkpoint does not hold; nil before the first one.
    static func sequence(in db: Database) throws -> UInt64? {
        try property("sequence", in: db).flatMap { Words.decoded($0).first }
    }

    /// The entries of one generation of a log, in the order they were written.
    func batches(of log: FingerprintLog.Name, generation: UInt64) throws -> [FingerprintLog.Batch] {
        try pool.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT log, generation, accepted_at, words FROM fingerprints
                    WHERE log = ? AND generation = ? ORDER BY id
                    """,
                arguments: [log.rawValue, Int64(bitPattern: generation)]
            )
            .map(Self.batch)
        }
    }

    /// Writes a checkpoint: all of it or nothing.
    func save(_ changes: CheckpointChanges) throws {
        try pool.write { db in
            try FleetStore.append(changes.provisioned, in: db)
            if let fleet = changes.fleet { try FleetStore.save(tree: fleet, in: db) }
            try Self.saveFigures(changes, in: db)
            let batches = try db.cachedStatement(
                sql: "INSERT INTO fingerprints (log, generation, accepted_at, words) VALUES (?, ?, ?, ?)")
            for (log, batch) in changes.batches {
                try batches.execute(arguments: [
                    log.rawValue, Int64(bitPattern: batch.generation), Int64(bitPattern: batch.acceptedAt),
                    Words.encoded(batch.words).databaseBlob,
                ])
            }
            for (log, generation) in changes.forgotten {
                try db.cachedStatement(sql: "DELETE FROM fingerprints WHERE log = ? AND generation = ?")
                    .execute(arguments: [log.rawValue, Int64(bitPattern: generation)])
            }
            try DeadLetterTable.save(changes, in: db)
            try Self.saveWaiting(changes, in: db)
            if let settings = changes.settings { try Self.setProperty("settings", settings, in: db) }
            try Self.setProperty("sequence", Words.encoded([changes.sequence]), in: db)
        }
    }

    private static func saveFigures(_ changes: CheckpointChanges, in db: Database) throws {
        for (family, shape) in changes.shapes {
            try db.execute(sql: "DELETE FROM series WHERE family = ?", arguments: [family])
            try db.execute(sql: "DELETE FROM pages WHERE family = ?", arguments: [family])
            try db.execute(
                sql: "INSERT OR REPLACE INTO families (name, shape) VALUES (?, ?)",
                arguments: [family, shape])
        }
        let series = try db.cachedStatement(
            sql: "INSERT INTO series (family, ordinal, identity) VALUES (?, ?, ?)")
        for one in changes.series {
            try series.execute(arguments: [one.family, one.ordinal, one.identity.databaseBlob])
        }
        let pages = try db.cachedStatement(
            sql: """
                INSERT INTO pages (family, page, words) VALUES (?, ?, ?)
                ON CONFLICT (family, page) DO UPDATE SET words = excluded.words
                """)
        for page in changes.pages {
            try pages.execute(arguments: [page.family, page.number, Words.encoded(page.words).databaseBlob])
        }
    }

    /// Closes the database; later calls throw.
    func close() throws {
        try pool.close()
    }

    private static func batch(_ row: Row) -> FingerprintLog.Batch {
        FingerprintLog.Batch(
            generation: UInt64(bitPattern: row[1] as Int64), acceptedAt: UInt64(bitPattern: row[2] as Int64),
            words: Words.decoded(row.blob(3) ?? []))
    }
}
