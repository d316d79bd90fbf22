/// The fleet as its owner writes it down: organizations, their accounts, domains and agents.
///
/// The file is the truth; agents that the collector provisions itself are kept beside it.
package struct FleetTree: Sendable, Hashable, Codable {
    /// The top tenants.
    package var organizations: [Organization]

    package init(organizations: [Organization] = []) {
        self.organizations = organizations
    }

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case organizations
    }

    package init(from decoder: any Decoder) throws {
        try decoder.refuseKeys(besides: CodingKeys.self)
        let container = try decoder.container(keyedBy: CodingKeys.self)
        organizations = try container.decodeIfPresent([Organization].self, forKey: .organizations) ?? []
    }

    /// A top tenant.
    package struct Organization: Sendable, Hashable, Codable {
        package var id: String
        package var accounts: [Account]

        package init(id: String, accounts: [Account] = []) {
            self.id = id
            self.accounts = accounts
        }

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case id, accounts
        }

        package init(from decoder: any Decoder) throws {
            try decoder.refuseKeys(besides: CodingKeys.self)
            let container = try decoder.container(keyedBy: CodingKeys.self)
            id = try container.decode(String.self, forKey: .id)
            accounts = try container.decodeIfPresent([Account].self, forKey: .accounts) ?? []
        }
    }

    /// A sub-account of an organization.
    package struct Account: Sendable, Hashable, Codable {
        package var id: String
        /// Whether an address that no agent owns becomes an agent when it first appears.
        package var autoprovision: Bool
        package var domains: [Domain]

        package init(id: String, autoprovision: Bool = false, domains: [Domain] = []) {
            self.id = id
            self.autoprovision = autoprovision
            self.domains = domains
        }

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case id, autoprovision, domains
        }

        package init(from decoder: any Decoder) throws {
            try decoder.refuseKeys(besides: CodingKeys.self)
            let container = try decoder.container(keyedBy: CodingKeys.self)
            id = try container.decode(String.self, forKey: .id)
            autoprovision = try container.decodeIfPresent(Bool.self, forKey: .autoprovision) ?? false
            domains = try container.decodeIfPresent([Domain].self, forKey: .domains) ?? []
        }
    }

    /// A domain that agents' addresses are in.
    package struct Domain: Sendable, Hashable, Codable {
        package var name: String
        package var agents: [Agent]

        package init(name: String, agents: [Agent] = []) {
            self.name = name
            self.agents = agents
        }

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case name, agents
        }

        package init(from decoder: any Decoder) throws {
            try decoder.refuseKeys(besides: CodingKeys.self)
            let container = try decoder.container(keyedBy: CodingKeys.self)
            name = try container.decode(String.self, forKey: .name)
            agents = try container.decodeIfPresent([Agent].self, forKey: .agents) ?? []
        }
    }

    /// An AI worker with its mailbox addresses.
    package struct Agent: Sendable, Hashable, Codable {
        package var id: String
        /// Mailbox addresses, or the platform's ids of its inboxes.
        package var addresses: [String]

        package init(id: String, addresses: [String]) {
            self.id = id
            self.addresses = addresses
        }

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case id, addresses
        }

        package init(from decoder: any Decoder) throws {
            try decoder.refuseKeys(besides: CodingKeys.self)
            let container = try decoder.container(keyedBy: CodingKeys.self)
            id = try container.decode(String.self, forKey: .id)
            addresses = try container.decodeIfPresent([String].self, forKey: .addresses) ?? []
        }
    }
}
