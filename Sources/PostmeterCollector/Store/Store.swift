internal import GRDB
internal import PostmeterFleet

/// The collector's database, `postmeter.db`: the fold's checkpoint, what the process is called, dead letters.
///
/// One writer, the fold's thread; reads may come from others. WAL with `synchronous=FULL`, so that a
/// checkpoint which returned is on disk.
final class Store: Sendable {
    let pool: DatabasePool

    /// How many dead letters are kept; the oldest go first.
    static let deadLetterLimit = 10_000

    /// Opens the database, makes or migrates its tables, and checks that it is as durable as it must be.
    ///
    /// - Throws: ``StoreDamage`` and errors of SQLite, of which ``StoreDamage/init(_:)`` says which are damage, and a
    ///   `ConfigurationError` for a database that a newer version wrote.
    init(path: String) throws {
        try Self.check(path)
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

    static var migrator: DatabaseMigrator {
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
        FleetStore.register(in: &migrator)
        return migrator
    }

    // MARK: Properties

    /// A value that is made once and kept for the life of the database.
    func property(_ name: String, orMake make: () -> [UInt8]) throws -> [UInt8] {
        try pool.write { db in
            let row = try Row.fetchOne(
                db, sql: "SELECT value FROM properties WHERE name = ?", arguments: [name])
            if let value = row?.blob(0) { return value }
            let value = make()
            try db.execute(
                sql: "INSERT INTO properties (name, value) VALUES (?, ?)",
                arguments: [name, value.databaseBlob])
            return value
        }
    }

    // MARK: Checkpoints

    /// The last checkpoint, with the fingerprints handed over batch by batch, oldest first.
    func load(fingerprints take: (FingerprintLog.Name, FingerprintLog.Batch) -> Void) throws -> Checkpoint {
        try pool.read { db in
            var checkpoint = Checkpoint()
            if let bytes = try Row.fetchOne(db, sql: "SELECT value FROM properties WHERE name = 'sequence'")?
                .blob(0), let sequence = Words.decoded(bytes).first
            {
                checkpoint.sequence = sequence
            }
            checkpoint.fleet = try FleetStore.tree(in: db)
            checkpoint.provisioned = try FleetStore.provisionedAgents(in: db)
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
            try Self.saveDeadLetters(changes.deadLetters, in: db)
            try db.cachedStatement(
                sql: "INSERT OR REPLACE INTO properties (name, value) VALUES ('sequence', ?)"
            ).execute(arguments: [Words.encoded([changes.sequence]).databaseBlob])
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

    private static func saveDeadLetters(_ letters: [DeadLetter], in db: Database) throws {
        guard !letters.isEmpty else { return }
        let statement = try db.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO dead_letters
                    (sequence, accepted_at, endpoint, provider, reason, detail, envelope)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """)
        for letter in letters {
            try statement.execute(arguments: [
                Int64(bitPattern: letter.sequence), Int64(bitPattern: letter.acceptedAt), letter.endpoint,
                letter.provider, letter.reason, letter.detail, letter.envelope.databaseBlob,
            ])
        }
        try db.execute(
            sql: """
                DELETE FROM dead_letters WHERE sequence <= (
                    SELECT sequence FROM dead_letters ORDER BY sequence DESC LIMIT 1 OFFSET ?)
                """,
            arguments: [deadLetterLimit])
    }

    /// The newest dead letters, newest first.
    func deadLetters(limit: Int) throws -> [DeadLetter] {
        try pool.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT sequence, accepted_at, endpoint, provider, reason, detail, envelope
                    FROM dead_letters ORDER BY sequence DESC LIMIT ?
                    """,
                arguments: [limit]
            )
            .map { row in
                DeadLetter(
                    sequence: UInt64(bitPattern: row[0] as Int64),
                    acceptedAt: UInt64(bitPattern: row[1] as Int64), endpoint: row[2], provider: row[3],
                    reason: row[4], detail: row[5], envelope: row.blob(6) ?? [])
            }
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
