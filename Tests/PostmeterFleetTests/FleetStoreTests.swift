import GRDB
import Testing

@testable import PostmeterFleet

@Suite struct FleetStoreTests {
    @Test func `what is saved is read back in order`() throws {
        let database = try DatabaseQueue()
        var migrator = DatabaseMigrator()
        FleetStore.register(in: &migrator)
        try migrator.migrate(database)
        let account = AccountPath(organization: "acme", account: "support")
        let agents = ["z", "a", "m"].map {
            ProvisionedAgent(account: account, domain: "b.example", agent: $0, address: "\($0)@b.example")
        }
        let tree = FleetTree(organizations: [.init(id: "acme", accounts: [.init(id: "support")])])
        let before = try database.read { try FleetStore.tree(in: $0) }
        #expect(before == nil)
        try database.write { db in
            try FleetStore.append(Array(agents.prefix(1)), in: db)
            try FleetStore.append(Array(agents.dropFirst()), in: db)
            try FleetStore.save(tree: FleetTree().encoded(), in: db)
            try FleetStore.save(tree: tree.encoded(), in: db)
        }
        let saved = try database.read { db in
            (agents: try FleetStore.provisionedAgents(in: db), tree: try FleetStore.tree(in: db))
        }
        #expect(saved.agents == agents)
        #expect(saved.tree == tree)
    }
}
