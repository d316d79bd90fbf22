import Testing

@testable import PostmeterFleet

@Suite struct FleetTreeTests {
    func tree(
        organization: String = "acme", account: String = "support", domain: String = "acme.example",
        agents: [FleetTree.Agent] = [.init(id: "triage", addresses: ["triage@acme.example"])]
    ) -> FleetTree {
        FleetTree(organizations: [
            .init(
                id: organization,
                accounts: [.init(id: account, domains: [.init(name: domain, agents: agents)])])
        ])
    }

    @Test func `encode then decode is identity`() throws {
        let tree = tree()
        #expect(try FleetTree(encoded: tree.encoded()) == tree)
    }

    @Test func `a good tree is valid`() throws {
        try tree().validate()
    }

    @Test(arguments: [
        ("Acme", "support", "acme.example", "organizations[0].id"),
        ("acme", "", "acme.example", "organizations[0].accounts[0].id"),
        ("acme", "_x", "acme.example", "organizations[0].accounts[0].id"),
        ("acme", "support", "Acme.example", "organizations[0].accounts[0].domains[0].name"),
        ("acme", "support", "localhost", "organizations[0].accounts[0].domains[0].name"),
    ])
    func `an error names the place of a bad name`(
        organization: String, account: String, domain: String, path: String
    ) {
        let error = #expect(throws: FleetError.self) {
            try tree(organization: organization, account: account, domain: domain).validate()
        }
        #expect(error?.path == path)
    }

    @Test func `an address belongs to one agent`() {
        let error = #expect(throws: FleetError.self) {
            try tree(agents: [
                .init(id: "a", addresses: ["x@acme.example"]), .init(id: "b", addresses: ["X@acme.example"]),
            ]).validate()
        }
        #expect(
            error?.description
                == "organizations[0].accounts[0].domains[0].agents[1].addresses[0]: "
                + "the address 'x@acme.example' stands twice within acme/support")
    }

    @Test func `an id stands once within its owner`() {
        #expect(throws: FleetError.self) {
            try tree(agents: [.init(id: "a", addresses: []), .init(id: "a", addresses: [])]).validate()
        }
    }

    @Test(arguments: [
        ("a@b.example", ["a", "b.example"]), ("A+t@B.Example", ["a", "b.example"]),
        ("\"a b\"@c.example", nil), ("a@b@c.example", nil), ("@b.example", nil), ("a@", nil),
        ("a@localhost", nil),
        ("+tag@b.example", nil),
    ])
    func `an address has a local part and a domain`(address: String, expected: [String]?) {
        let parts = FleetRules.parts(ofAddress: address)
        #expect(parts.map { [$0.local, $0.domain] } == expected)
    }
}
