internal import GRDB
internal import PostmeterFleet

/// The tables of the fold's fingerprints: recent entries as rows, and the names of the files of older ones.
enum FingerprintStore {
    /// Entries of a row that is made of earlier ones.
    private static let rowEntries = 8_192

    /// Registers the layout since files hold the older entries.
    static func register(in migrator: inout DatabaseMigrator) {
        migrator.registerMigration("store-2") { db in
            try db.execute(
                sql: """
                    ALTER TABLE fingerprints RENAME TO fingerprints_before;
                    DROP INDEX fingerprints_generation;
                    CREATE TABLE fingerprints (
                        id INTEGER PRIMARY KEY, log TEXT NOT NULL, generation INTEGER NOT NULL,
                        accepted_at INTEGER NOT NULL, words BLOB NOT NULL
                    ) STRICT;
                    CREATE INDEX fingerprints_generation ON fingerprints (log, generation);
                    CREATE TABLE fingerprint_files (
                        log TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
                        entries INTEGER NOT NULL, accepted_at INTEGER NOT NULL,
                        length INTEGER NOT NULL, checksum INTEGER NOT NULL,
                        PRIMARY KEY (log, first, last)
                    ) STRICT, WITHOUT ROWID;
                    """)
            try takeOver(.seen, generationEntries: Fold.seenShape.generationEntries, in: db)
            try takeOver(.messages, generationEntries: Fold.messageShape.generationEntries, in: db)
            try db.execute(sql: "DROP TABLE fingerprints_before")
        }
    }

    /// Takes the entries of the layout before, pairs in generations of another size, into today's.
    static func takeOver(_ log: FingerprintLog.Name, generationEntries: Int, in db: Database) throws {
        let rows = try Row.fetchCursor(
            db, sql: "SELECT accepted_at, words FROM fingerprints_before WHERE log = ? ORDER BY id",
            arguments: [log.rawValue])
        var batch = FingerprintLog.Batch(generation: 1, acceptedAt: 0, words: [])
        var entries = 0
        while let row = try rows.next() {
            let pairs = Words.decoded(row.blob(1) ?? [])
            for index in stride(from: 0, to: pairs.count - 1, by: 2) {
                batch.acceptedAt = row.word(0)
                batch.words += pairs[index..<(index + log.width)]
                entries += 1
                guard entries % generationEntries == 0 || batch.words.count >= rowEntries * log.width else {
                    continue
                }
                try insert(batch, of: log, in: db)
                batch.words.removeAll(keepingCapacity: true)
                if entries % generationEntries == 0 { batch.generation += 1 }
            }
        }
        if !batch.words.isEmpty { try insert(batch, of: log, in: db) }
    }

    /// The entries that no file holds, batch by batch, oldest first.
    static func rows(in db: Database, _ take: (FingerprintLog.Name, FingerprintLog.Batch) -> Void) throws {
        let rows = try Row.fetchCursor(
            db, sql: "SELECT log, generation, accepted_at, words FROM fingerprints ORDER BY id")
        while let row = try rows.next() {
            guard let log = FingerprintLog.Name(rawValue: row[0]) else { continue }
            take(
                log,
                FingerprintLog.Batch(
                    generation: row.word(1),
                    acceptedAt: row.word(2), words: Words.decoded(row.blob(3) ?? [])))
        }
    }

    /// The files that the last checkpoint names.
    static func files(in db: Database) throws -> [FingerprintLog.Name: [FingerprintFileRecord]] {
        var files: [FingerprintLog.Name: [FingerprintFileRecord]] = [:]
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT log, first, last, entries, accepted_at, length, checksum FROM fingerprint_files
                ORDER BY log, first
                """)
        while let row = try rows.next() {
            guard let log = FingerprintLog.Name(rawValue: row[0]) else { continue }
            files[log, default: []].append(
                FingerprintFileRecord(
                    first: row.word(1), last: row.word(2),
                    entries: row.word(3),
                    acceptedAt: row.word(4),
                    length: row.word(5),
                    checksum: UInt32(truncatingIfNeeded: row[6] as Int64)))
        }
        return files
    }

    /// Writes what changed of each log.
    static func save(
        _ logs: [(log: FingerprintLog.Name, changes: FingerprintLog.Changes)], in db: Database
    ) throws {
        for (log, changes) in logs {
            for batch in changes.batches { try insert(batch, of: log, in: db) }
            for generation in changes.settled {
                try db.cachedStatement(sql: "DELETE FROM fingerprints WHERE log = ? AND generation = ?")
                    .execute(arguments: [log.rawValue, Int64(bitPattern: generation)])
            }
            for file in changes.unnamed {
                try db.cachedStatement(
                    sql: "DELETE FROM fingerprint_files WHERE log = ? AND first = ? AND last = ?"
                ).execute(arguments: [
                    log.rawValue, Int64(bitPattern: file.first), Int64(bitPattern: file.last),
                ])
            }
            for file in changes.named { try name(file, of: log, in: db) }
        }
    }

    private static func name(
        _ file: FingerprintFileRecord, of log: FingerprintLog.Name, in db: Database
    ) throws {
        try db.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO fingerprint_files
                    (log, first, last, entries, accepted_at, length, checksum)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            log.rawValue, Int64(bitPattern: file.first), Int64(bitPattern: file.last),
            Int64(bitPattern: file.entries), Int64(bitPattern: file.acceptedAt),
            Int64(bitPattern: file.length), Int64(file.checksum),
        ])
    }

    private static func insert(
        _ batch: FingerprintLog.Batch, of log: FingerprintLog.Name, in db: Database
    ) throws {
        try db.cachedStatement(
            sql: "INSERT INTO fingerprints (log, generation, accepted_at, words) VALUES (?, ?, ?, ?)"
        ).execute(arguments: [
            log.rawValue, Int64(bitPattern: batch.generation), Int64(bitPattern: batch.acceptedAt),
            Words.encoded(batch.words).databaseBlob,
        ])
    }
}
