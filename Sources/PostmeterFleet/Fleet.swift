package import PostmeterMail

/// The fleet as the fold uses it: who owns an address, with the agents that it provisioned on the way.
///
/// A value of the fold: one thread, no lock. The same calls in the same order give the same fleet, which is
/// what makes a replay exact.
package struct Fleet {
    /// How many agents are provisioned before the rest of an account's mail goes to `_other`.
    package let agentLimit: Int
    /// How many domains of one account are provisioned before the rest goes to the domain `_other`.
    package let domainLimit: Int
    /// The tree as it was last applied.
    package private(set) var tree: FleetTree
    /// Every agent that was ever resolved; the place of an agent never changes.
    package private(set) var agents: [FleetAgent] = []
    /// The agents provisioned since the last checkpoint took them.
    package private(set) var newlyProvisioned: [ProvisionedAgent] = []

    private var accounts: [AccountPath: Account] = [:]
    private var places: [MailIdentity: Int] = [:]
    private var provisioned: [ProvisionedAgent] = []

    /// What is known within one account.
    private struct Account {
        var autoprovision = false
        var domains: Set<String> = []
        var provisionedDomains = 0
        /// Address in lower case to the agent's place in `agents`.
        var addresses: [String: Int] = [:]
    }

    package init(tree: FleetTree = FleetTree(), agentLimit: Int = 5_000, domainLimit: Int = 1_000) {
        self.tree = tree
        self.agentLimit = agentLimit
        self.domainLimit = domainLimit
        index()
    }

    /// Takes a new tree; agents keep their places, and provisioned ones stay unless the tree now owns their
    /// address.
    package mutating func apply(_ tree: FleetTree) {
        self.tree = tree
        index()
    }

    /// Takes agents that a checkpoint remembers, in the order they were provisioned.
    package mutating func restore(_ agents: [ProvisionedAgent]) {
        provisioned = agents
        index()
    }

    /// Hands over the agents provisioned since the last call.
    package mutating func takeNewlyProvisioned() -> [ProvisionedAgent] {
        defer { newlyProvisioned = [] }
        return newlyProvisioned
    }

    /// The place in ``agents`` of the agent that an event belongs to.
    ///
    /// Outbound mail belongs to the owner of its mailbox or sender; inbound mail to the owner of the mailbox
    /// or of the first recipient that is in a domain of the account. An account that provisions makes an
    /// agent of an address that nobody owns; otherwise the mail is counted under `_unknown`.
    package mutating func resolve(_ event: borrowing MailEvent, in path: AccountPath) -> Int {
        if !event.mailbox.isEmpty, isOwnable(event.mailbox, in: path) {
            return owner(of: event.mailbox, in: path)
        }
        guard event.isInbound else { return owner(of: event.sender, in: path) }
        if event.recipients.count == 1 { return owner(of: event.recipients[0], in: path) }
        let domains = accounts[path]?.domains ?? []
        let ours = event.recipients.first { address in
            FleetRules.parts(ofAddress: address).map { domains.contains($0.domain) } ?? false
        }
        return owner(of: ours ?? event.recipients.first ?? "", in: path)
    }

    /// The place of the agent that owns an address, if one does.
    package func place(ofAddress address: String, in path: AccountPath) -> Int? {
        guard let account = accounts[path], !address.isEmpty else { return nil }
        if let place = account.addresses[address] { return place }
        guard let parts = FleetRules.parts(ofAddress: address) else {
            return account.addresses[address.lowercased()]
        }
        return account.addresses["\(parts.local)@\(parts.domain)"]
    }

    /// Whether a mailbox is known, or is an address rather than a platform's opaque id.
    private func isOwnable(_ mailbox: String, in path: AccountPath) -> Bool {
        accounts[path]?.addresses[mailbox] != nil || FleetRules.parts(ofAddress: mailbox) != nil
            || accounts[path]?.addresses[mailbox.lowercased()] != nil
    }

    /// The place of the agent that owns an address, provisioned if the account allows it.
    private mutating func owner(of address: String, in path: AccountPath) -> Int {
        if let place = accounts[path]?.addresses[address] { return place }
        return slowOwner(of: address, in: path)
    }

    private mutating func slowOwner(of address: String, in path: AccountPath) -> Int {
        let lowered = address.lowercased()
        if let place = accounts[path]?.addresses[lowered] { return place }
        guard let parts = FleetRules.parts(ofAddress: lowered) else {
            return place(path, domain: MailIdentity.unknown, agent: MailIdentity.unknown)
        }
        let base = "\(parts.local)@\(parts.domain)"
        if let place = accounts[path]?.addresses[base] { return place }
        guard let account = accounts[path], account.autoprovision else {
            let isOurs = accounts[path]?.domains.contains(parts.domain) ?? false
            return place(
                path, domain: isOurs ? parts.domain : MailIdentity.unknown, agent: MailIdentity.unknown)
        }
        guard account.domains.contains(parts.domain) || account.provisionedDomains < domainLimit else {
            return place(path, domain: MailIdentity.otherAgent, agent: MailIdentity.otherAgent)
        }
        guard provisioned.count < agentLimit else {
            return place(path, domain: parts.domain, agent: MailIdentity.otherAgent)
        }
        let agent = ProvisionedAgent(account: path, domain: parts.domain, agent: parts.local, address: base)
        provisioned.append(agent)
        newlyProvisioned.append(agent)
        return adopt(agent)
    }

    private mutating func index() {
        accounts = [:]
        for organization in tree.organizations {
            for account in organization.accounts {
                let path = AccountPath(organization: organization.id, account: account.id)
                accounts[path] = Account(autoprovision: account.autoprovision)
                for domain in account.domains {
                    accounts[path]?.domains.insert(domain.name)
                    for agent in domain.agents {
                        let place = place(path, domain: domain.name, agent: agent.id, isConfigured: true)
                        for address in agent.addresses {
                            accounts[path]?.addresses[address.lowercased()] = place
                        }
                    }
                }
            }
        }
        for agent in provisioned where accounts[agent.account]?.addresses[agent.address] == nil {
            _ = adopt(agent)
        }
    }

    private mutating func adopt(_ agent: ProvisionedAgent) -> Int {
        let place = place(agent.account, domain: agent.domain, agent: agent.agent)
        if accounts[agent.account]?.domains.insert(agent.domain).inserted ?? false {
            accounts[agent.account]?.provisionedDomains += 1
        }
        accounts[agent.account]?.addresses[agent.address] = place
        return place
    }

    private mutating func place(
        _ path: AccountPath, domain: String, agent: String, isConfigured: Bool = false
    ) -> Int {
        let identity = MailIdentity(
            organization: path.organization, account: path.account, domain: domain, agent: agent)
        if let place = places[identity] { return place }
        places[identity] = agents.count
        agents.append(FleetAgent(identity: identity, isConfigured: isConfigured))
        return agents.count - 1
    }
}
