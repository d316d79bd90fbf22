import PostmeterModel

/// The agents that have been asked for, with their hooks.
struct AgentTable {
    private struct AgentKey: Hashable {
        let identity: MailIdentity
        let provider: String
    }

    private struct DomainKey: Hashable {
        let account: String
        let domain: String
        let provider: String
    }

    /// Agents refused for want of room so far.
    private(set) var refused: UInt64 = 0

    private let limit: Int
    private let privacy: AddressPrivacy
    private let diagnostics: Diagnostics
    private var agents: [AgentKey: AgentHooks] = [:]
    private var accounts: [String: AccountHooks] = [:]
    private var domains: [DomainKey: DomainHooks] = [:]
    private var providers: [String: ProviderHooks] = [:]
    /// Agents by name, and those that stand for several.
    private var named = 0
    private var collective = 0

    init(limit: Int, privacy: AddressPrivacy, diagnostics: Diagnostics) {
        self.limit = min(max(1, limit), 1 << 30)
        self.privacy = privacy
        self.diagnostics = diagnostics
    }

    /// The hooks of an agent, made when it is new.
    mutating func hooks(
        of identity: MailIdentity, at provider: MailProvider, _ shared: HookContext
    ) -> AgentHooks {
        if let hooks = agents[AgentKey(identity: identity, provider: provider.rawValue)] { return hooks }
        let admitted = admit(identity)
        let key = AgentKey(identity: admitted, provider: provider.rawValue)
        if let hooks = agents[key] { return hooks }
        if isCollective(admitted) { collective += 1 } else { named += 1 }
        let hooks = AgentHooks(
            admitted, shared: shared, account: account(admitted.account),
            domain: domain(admitted, provider.rawValue), carrier: carrier(provider))
        agents[key] = hooks
        return hooks
    }

    /// What is kept of an account, made when it is new.
    mutating func account(_ account: String) -> AccountHooks {
        if let hooks = accounts[account] { return hooks }
        let hooks = AccountHooks(account, privacy: privacy)
        accounts[account] = hooks
        return hooks
    }

    /// What is kept of a provider, made when it is new.
    mutating func carrier(_ provider: MailProvider) -> ProviderHooks {
        if let hooks = providers[provider.rawValue] { return hooks }
        let hooks = ProviderHooks(provider)
        providers[provider.rawValue] = hooks
        return hooks
    }

    /// The identity under which an agent that is new to the table is recorded.
    private mutating func admit(_ identity: MailIdentity) -> MailIdentity {
        var identity = identity
        if !isCollective(identity), named >= limit {
            if refused == 0 {
                diagnostics.warn(
                    "more than \(limit) agents: '\(identity.agent)' of '\(identity.domain)' and later ones are "
                        + "recorded as '\(MailIdentity.otherAgent)'; raise the limit of agents to tell them apart"
                )
            }
            refused += 1
            identity.agent = MailIdentity.otherAgent
        }
        // What stands for several agents is bounded as well: by domain first, then by account.
        if isCollective(identity), collective >= limit {
            identity.domain = MailIdentity.otherAgent
        }
        if isCollective(identity), collective >= 2 * limit {
            identity.account = MailIdentity.otherAgent
            identity.organization = MailIdentity.otherAgent
        }
        return identity
    }

    private func isCollective(_ identity: MailIdentity) -> Bool {
        identity.agent == MailIdentity.otherAgent || identity.agent == MailIdentity.unknown
    }

    private mutating func domain(_ identity: MailIdentity, _ provider: String) -> DomainHooks {
        let key = DomainKey(account: identity.account, domain: identity.domain, provider: provider)
        if let hooks = domains[key] { return hooks }
        let hooks = DomainHooks(account: identity.account, domain: identity.domain, provider: provider)
        domains[key] = hooks
        return hooks
    }
}
