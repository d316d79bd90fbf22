package import GRDB

/// The tables that keep the fleet between runs; they are written within the collector's checkpoint.
package enum FleetStore {
    /// Declares the tables.
    package static func register(in migrator: inout DatabaseMigrator) {
        migrator.registerMigration("fleet-1") { db in
            try db.execute(
                sql: """
                    CREATE TABLE fleet (
                        id INTEGER PRIMARY KEY CHECK (id = 1),
                        tree BLOB NOT NULL
                    ) STRICT;
                    CREATE TABLE provisioned_agents (
                        id INTEGER PRIMARY KEY,
                        organization TEXT NOT NULL,
                        account TEXT NOT NULL,
                        domain TEXT NOT NULL,
                        agent TEXT NOT NULL,
                        address TEXT NOT NULL
                    ) STRICT;
                    """)
        }
    }

    /// Writes the tree, as ``FleetTree/encoded()`` gave it.
    package static func save(tree: [UInt8], in db: Database) throws {
        try db.cachedStatement(sql: "INSERT OR REPLACE INTO fleet (id, tree) VALUES (1, ?)")
            .execute(arguments: [tree.databaseBlob])
    }

    /// Appends agents in the order they were provisioned.
    package static func append(_ agents: [ProvisionedAgent], in db: Database) throws {
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO provisioned_agents (organization, account, domain, agent, address)
                VALUES (?, ?, ?, ?, ?)
                """)
        for agent in agents {
            try statement.execute(arguments: [
                agent.account.organization, agent.account.account, agent.domain, agent.agent, agent.address,
            ])
        }
    }

    /// The tree of the last checkpoint; nil when there is none.
    package static func tree(in db: Database) throws -> FleetTree? {
        guard let bytes = try Row.fetchOne(db, sql: "SELECT tree FROM fleet WHERE id = 1")?.blob(0) else {
            return nil
        }
        return try FleetTree(encoded: bytes)
    }

    /// All provisioned agents, oldest first.
    package static func provisionedAgents(in db: Database) throws -> [ProvisionedAgent] {
        try Row.fetchAll(
            db,
            sql: "SELECT organization, account, domain, agent, address FROM provisioned_agents ORDER BY id"
        )
        .map { row in
            ProvisionedAgent(
                account: AccountPath(organization: row[0], account: row[1]), domain: row[2], agent: row[3],
                address: row[4])
        }
    }
}
