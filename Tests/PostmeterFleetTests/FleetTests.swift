import PostmeterMail
import PostmeterModel
import Testing

@testable import PostmeterFleet

@Suite struct FleetTests {
    let acme = AccountPath(organization: "acme", account: "support")

    func tree(autoprovision: Bool) -> FleetTree {
        FleetTree(organizations: [
            .init(
                id: "acme",
                accounts: [
                    .init(
                        id: "support", autoprovision: autoprovision,
                        domains: [
                            .init(
                                name: "acme.example",
                                agents: [.init(id: "triage", addresses: ["Triage@acme.example", "inb_42"])])
                        ])
                ])
        ])
    }

    func event(
        _ kind: MailEventKind = .sent, from sender: String = "", to recipients: [String] = [],
        mailbox: String = ""
    ) -> MailEvent {
        MailEvent(
            kind: kind, provider: .resend, id: "e", time: UnixTime(seconds: 1), sender: sender,
            recipients: recipients, mailbox: mailbox)
    }

    func resolved(_ event: MailEvent, in fleet: inout Fleet) -> [String] {
        let place = fleet.resolve(event, in: acme)
        let identity = fleet.agents[place].identity
        return [identity.domain, identity.agent]
    }

    @Test(arguments: [
        ("triage@acme.example", ["acme.example", "triage"]),
        ("TRIAGE@ACME.example", ["acme.example", "triage"]),
        ("triage+case-7@acme.example", ["acme.example", "triage"]),
        ("other@acme.example", ["acme.example", "_unknown"]),
        ("who@elsewhere.example", ["_unknown", "_unknown"]),
        ("no address", ["_unknown", "_unknown"]),
        ("", ["_unknown", "_unknown"]),
    ])
    func `outbound mail belongs to the owner of its sender`(sender: String, expected: [String]) {
        var fleet = Fleet(tree: tree(autoprovision: false))
        #expect(resolved(event(from: sender), in: &fleet) == expected)
        #expect(fleet.newlyProvisioned.isEmpty)
    }

    @Test func `a mailbox id that an agent owns goes before the sender`() {
        var fleet = Fleet(tree: tree(autoprovision: false))
        #expect(
            resolved(event(from: "x@elsewhere.example", mailbox: "inb_42"), in: &fleet)
                == ["acme.example", "triage"])
        #expect(
            resolved(event(from: "triage@acme.example", mailbox: "inb_unknown"), in: &fleet)
                == ["acme.example", "triage"])
    }

    @Test(arguments: ["Team-ID", "team-id", "TEAM-id"])
    func `a mailbox id is found in capitals and small letters alike`(mailbox: String) throws {
        let agent = FleetTree.Agent(id: "desk", addresses: ["Team-ID"])
        let domain = FleetTree.Domain(name: "acme.example", agents: [agent])
        let account = FleetTree.Account(id: "support", autoprovision: false, domains: [domain])
        var fleet = Fleet(tree: FleetTree(organizations: [.init(id: "acme", accounts: [account])]))
        #expect(resolved(event(mailbox: mailbox), in: &fleet) == ["acme.example", "desk"])
        #expect(fleet.place(ofAddress: mailbox, in: acme) != nil)
    }

    @Test func `inbound mail belongs to the first recipient in a domain of ours`() {
        var fleet = Fleet(tree: tree(autoprovision: true))
        let mail = event(.received, to: ["boss@customer.example", "new@acme.example", "triage@acme.example"])
        #expect(resolved(mail, in: &fleet) == ["acme.example", "new"])
        #expect(fleet.newlyProvisioned.map(\.address) == ["new@acme.example"])
    }

    @Test func `an account that provisions makes an agent of the local part`() {
        var fleet = Fleet(tree: tree(autoprovision: true))
        #expect(
            resolved(event(from: "Sales.EU+x@new.example"), in: &fleet) == ["new.example", "sales.eu"])
        #expect(resolved(event(from: "sales.eu@new.example"), in: &fleet) == ["new.example", "sales.eu"])
        let first = fleet.takeNewlyProvisioned()
        #expect(first.map(\.agent) == ["sales.eu"])
        #expect(fleet.takeNewlyProvisioned().isEmpty)
    }

    @Test func `past the limits mail is counted under _other`() {
        var fleet = Fleet(tree: tree(autoprovision: true), agentLimit: 2, domainLimit: 1)
        #expect(resolved(event(from: "a@one.example"), in: &fleet) == ["one.example", "a"])
        #expect(resolved(event(from: "b@two.example"), in: &fleet) == ["_other", "_other"])
        #expect(resolved(event(from: "b@one.example"), in: &fleet) == ["one.example", "b"])
        #expect(resolved(event(from: "c@one.example"), in: &fleet) == ["one.example", "_other"])
        #expect(resolved(event(from: "a@one.example"), in: &fleet) == ["one.example", "a"])
    }

    @Test func `provisioned agents and places survive a new tree and a restart`() {
        var fleet = Fleet(tree: tree(autoprovision: true))
        let place = fleet.resolve(event(from: "new@acme.example"), in: acme)
        let provisioned = fleet.newlyProvisioned
        fleet.apply(tree(autoprovision: false))
        #expect(fleet.resolve(event(from: "new@acme.example"), in: acme) == place)

        var restarted = Fleet(tree: tree(autoprovision: false))
        restarted.restore(provisioned)
        #expect(resolved(event(from: "new@acme.example"), in: &restarted) == ["acme.example", "new"])
    }

    @Test func `an address that the tree comes to own is no longer the provisioned agent's`() {
        var fleet = Fleet(tree: tree(autoprovision: true))
        _ = fleet.resolve(event(from: "new@acme.example"), in: acme)
        var changed = tree(autoprovision: true)
        changed.organizations[0].accounts[0].domains[0].agents.append(
            .init(id: "hired", addresses: ["new@acme.example"]))
        fleet.apply(changed)
        #expect(resolved(event(from: "new@acme.example"), in: &fleet) == ["acme.example", "hired"])
    }

    @Test func `an account that is not in the tree knows nobody`() {
        var fleet = Fleet()
        #expect(resolved(event(from: "a@b.example"), in: &fleet) == ["_unknown", "_unknown"])
    }
}
