internal import GRDB
internal import PostmeterFleet

/// The collector's database, `postmeter.db`: the fold's checkpoint, what the process is called, dead letters.
///
/// One writer, the fold's thread; reads may come from others. WAL with `synchronous=FULL`, so that a
/// checkpoint which returned is on disk.
final class Store: Sendable {
    let pool: DatabasePool

    /// The folder of the files of fingerprints that the database names: beside it, with its name.
    let fingerprintFolder: String

    /// How many seconds to wait for another process: one that closes the database may lock it while it clears its log
    /// away.
    static let patience: Double = 5

    /// Opens the database, makes or migrates its tables, and checks that it is as durable as it must be.
    ///
    /// - Throws: ``StoreDamage`` and errors of SQLite, of which ``StoreDamage/init(_:)`` says which are damage, and a
    ///   `ConfigurationError` for a database that a newer version wrote.
    init(path: String) throws {
        fingerprintFolder = path + "-fingerprints"
        try Self.check(path)
        var settings = GRDB.Configuration()
        settings.busyMode = .timeout(Self.patience)
        pool = try DatabasePool(path: path, configuration: settings)
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

    /// The layouts of the database, oldest first.
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
        migrator.registerMigration(DeadLetterTable.migration, migrate: DeadLetterTable.migrate)
        FleetStore.register(in: &migrator)
        registerWaiting(in: &migrator)
        FingerprintStore.register(in: &migrator)
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
            checkpoint.fingerprintFiles = try FingerprintStore.files(in: db)
            try FingerprintStore.rows(in: db, take)
            return checkpoint
        }
    }

    /// The number of the first record that the last checkpoint does not hold; nil before the first one.
    static func sequence(in db: Database) throws -> UInt64? {
        try property("sequence", in: db).flatMap { Words.decoded($0).first }
    }

    /// Writes a checkpoint: all of it or nothing.
    func save(_ changes: CheckpointChanges) throws {
        try pool.write { db in
            try FleetStore.append(changes.provisioned, in: db)
            if let fleet = changes.fleet { try FleetStore.save(tree: fleet, in: db) }
            try Self.saveFigures(changes, in: db)
            try FingerprintStore.save(changes.fingerprints, in: db)
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
}
