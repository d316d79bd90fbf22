internal import GRDB
internal import PostmeterFleet
internal import PostmeterMail

/// The tables of what the fold waits for.
extension Store {
    /// The name of the other names of messages among the tables of ``WaitingTable/Name``.
    static let aliases = "aliases"

    /// Declares the tables.
    static func registerWaiting(in migrator: inout DatabaseMigrator) {
        migrator.registerMigration("waiting-1") { db in
            try db.execute(
                sql: """
                    CREATE TABLE waiting (
                        id INTEGER PRIMARY KEY, name TEXT NOT NULL, words BLOB NOT NULL
                    ) STRICT;
                    CREATE INDEX waiting_name ON waiting (name);
                    CREATE TABLE agent_numbers (
                        number INTEGER PRIMARY KEY, organization TEXT NOT NULL, account TEXT NOT NULL,
                        domain TEXT NOT NULL, agent TEXT NOT NULL, provider TEXT NOT NULL
                    ) STRICT;
                    """)
        }
    }

    static func saveWaiting(_ changes: CheckpointChanges, in db: Database) throws {
        for (name, batch) in changes.waiting {
            if batch.replacesAll {
                try db.cachedStatement(sql: "DELETE FROM waiting WHERE name = ?").execute(arguments: [name])
            }
            try db.cachedStatement(sql: "INSERT INTO waiting (name, words) VALUES (?, ?)")
                .execute(arguments: [name, Words.encoded(batch.words).databaseBlob])
        }
        for key in changes.agentNumbers {
            try db.cachedStatement(
                sql: """
                    INSERT INTO agent_numbers (organization, account, domain, agent, provider)
                    VALUES (?, ?, ?, ?, ?)
                    """
            ).execute(arguments: [
                key.identity.organization, key.identity.account, key.identity.domain, key.identity.agent,
                key.provider,
            ])
        }
    }

    /// Hands over what is waited for, batch by batch, oldest first; names are those of ``WaitingTable/Name``
    /// and ``aliases``.
    func loadWaiting(_ take: (String, WaitingTable.Batch) -> Void) throws {
        try read { db in
            let rows = try Row.fetchCursor(db, sql: "SELECT name, words FROM waiting ORDER BY id")
            while let row = try rows.next() {
                take(row[0], .init(replacesAll: false, words: Words.decoded(row.blob(1) ?? [])))
            }
        }
    }

    static func agentNumbers(in db: Database) throws -> [AgentNumbers.Key] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT organization, account, domain, agent, provider FROM agent_numbers ORDER BY number
                """
        )
        .map { row in
            AgentNumbers.Key(
                identity: MailIdentity(
                    organization: row[0], account: row[1], domain: row[2], agent: row[3]),
                provider: row[4])
        }
    }
}
