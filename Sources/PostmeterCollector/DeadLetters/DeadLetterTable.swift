internal import GRDB
internal import PostmeterFleet

/// The table of dead letters in the collector's database: one row a letter.
enum DeadLetterTable {
    /// The migration that brings what the table of the first version lacks.
    static let migration = "dead-letters-1"

    /// Adds how often a letter was decoded, and when it was last.
    static func migrate(_ db: Database) throws {
        try db.execute(
            sql: """
                ALTER TABLE dead_letters ADD COLUMN tries INTEGER NOT NULL DEFAULT 1;
                ALTER TABLE dead_letters ADD COLUMN tried_at INTEGER NOT NULL DEFAULT 0;
                UPDATE dead_letters SET tried_at = accepted_at;
                """)
    }

    /// The letters that are kept, in the order of their numbers.
    static func places(in db: Database) throws -> [DeadLetterShelf.Place] {
        try Row.fetchAll(
            db, sql: "SELECT sequence, accepted_at, length(envelope) FROM dead_letters ORDER BY sequence"
        ).map { row in
            DeadLetterShelf.Place(sequence: row.word(0), acceptedAt: row.word(1), bytes: row[2])
        }
    }

    /// Writes what a checkpoint changes.
    static func save(_ changes: CheckpointChanges, in db: Database) throws {
        for letter in changes.deadLetters {
            try db.cachedStatement(
                sql: """
                    INSERT OR REPLACE INTO dead_letters
                        (sequence, accepted_at, endpoint, provider, reason, detail, envelope, tries, tried_at)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """
            ).execute(arguments: [
                Int64(bitPattern: letter.sequence), Int64(bitPattern: letter.acceptedAt), letter.endpoint,
                letter.provider, letter.reason, letter.detail, letter.envelope.databaseBlob, letter.tries,
                Int64(bitPattern: letter.triedAt),
            ])
        }
        for retry in changes.retriedLetters {
            try db.cachedStatement(
                sql: """
                    UPDATE dead_letters SET reason = ?, detail = ?, tries = tries + ?, tried_at = ?
                    WHERE sequence = ?
                    """
            ).execute(arguments: [
                retry.reason, retry.detail, retry.tries, Int64(bitPattern: retry.triedAt),
                Int64(bitPattern: retry.sequence),
            ])
        }
        for sequence in changes.removedLetters {
            try db.cachedStatement(sql: "DELETE FROM dead_letters WHERE sequence = ?")
                .execute(arguments: [Int64(bitPattern: sequence)])
        }
    }

    /// The letter with a number; nil when none is kept.
    static func letter(_ sequence: UInt64, in db: Database) throws -> DeadLetter? {
        try letters(where: "sequence = ?", [Int64(bitPattern: sequence)], in: db).first
    }

    /// All that is kept of the letters with these numbers, in the order of numbers.
    static func letters(_ sequences: [UInt64], in db: Database) throws -> [DeadLetter] {
        let marks = sequences.map { _ in "?" }.joined(separator: ",")
        let arguments = StatementArguments(sequences.map { Int64(bitPattern: $0) })
        return try letters(where: "sequence IN (\(marks))", arguments, in: db)
    }

    private static func letters(
        where condition: String, _ arguments: StatementArguments, in db: Database
    ) throws -> [DeadLetter] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT sequence, accepted_at, endpoint, provider, reason, detail, envelope, tries, tried_at
                FROM dead_letters WHERE \(condition) ORDER BY sequence
                """,
            arguments: arguments
        ).map { row in
            var letter = DeadLetter(
                sequence: row.word(0), acceptedAt: row.word(1), endpoint: row[2], provider: row[3],
                reason: row[4], detail: row[5], envelope: row.blob(6) ?? [])
            letter.tries = row[7]
            letter.triedAt = row.word(8)
            return letter
        }
    }

    /// Letters that match, without their envelopes, the newest first.
    ///
    /// - Parameter cursor: Only letters with lower numbers.
    static func newest(
        _ criteria: DeadLetterCriteria, below cursor: UInt64?, limit: Int, in db: Database
    ) throws -> [DeadLetterSummary] {
        var (condition, arguments) = conditions(of: criteria)
        if let cursor {
            condition += " AND sequence < ?"
            arguments += [Int64(clamping: cursor)]
        }
        return try summaries("\(condition) ORDER BY sequence DESC", arguments, limit, in: db)
    }

    /// Letters that match, without their envelopes, the oldest first.
    static func oldest(
        _ criteria: DeadLetterCriteria, limit: Int, in db: Database
    ) throws -> [DeadLetterSummary] {
        let (condition, arguments) = conditions(of: criteria)
        return try summaries("\(condition) ORDER BY sequence", arguments, limit, in: db)
    }

    private static func summaries(
        _ rest: String, _ arguments: StatementArguments, _ limit: Int, in db: Database
    ) throws -> [DeadLetterSummary] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT sequence, accepted_at, endpoint, provider, reason, detail, length(envelope), tries, tried_at
                FROM dead_letters WHERE \(rest) LIMIT ?
                """,
            arguments: arguments + [limit]
        ).map { row in
            DeadLetterSummary(
                sequence: row.word(0), acceptedAt: row.word(1), endpoint: row[2], provider: row[3],
                reason: row[4], detail: row[5], bytes: row[6], tries: row[7], triedAt: row.word(8))
        }
    }

    /// The criteria as SQL; values are arguments.
    private static func conditions(of criteria: DeadLetterCriteria) -> (String, StatementArguments) {
        var conditions = ["1"]
        var arguments = StatementArguments()
        func add(_ condition: String, _ value: (any DatabaseValueConvertible)?) {
            guard let value else { return }
            conditions.append(condition)
            arguments += [value]
        }
        func number(_ value: UInt64?) -> Int64? { value.map { Int64(clamping: $0) } }
        add("sequence >= ?", number(criteria.from))
        add("sequence <= ?", number(criteria.to))
        add("accepted_at >= ?", number(criteria.since))
        add("accepted_at < ?", number(criteria.until))
        add("endpoint = ?", criteria.endpoint)
        add("provider = ?", criteria.provider)
        add("reason = ?", criteria.reason)
        return (conditions.joined(separator: " AND "), arguments)
    }
}
