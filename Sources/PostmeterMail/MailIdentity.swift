/// Whose mail it is: the path from organization to agent, as ids of the fleet.
public struct MailIdentity: Sendable, Hashable {
    /// The agent past the limit of agents.
    public static let otherAgent = "_other"
    /// What stands for an agent or domain that no mail could be matched with.
    public static let unknown = "_unknown"

    /// The top tenant.
    public var organization: String
    /// The account within the organization.
    public var account: String
    /// The domain that the agent's address is in.
    public var domain: String
    /// The AI worker.
    public var agent: String

    /// Creates an identity.
    public init(organization: String, account: String, domain: String, agent: String) {
        self.organization = organization
        self.account = account
        self.domain = domain
        self.agent = agent
    }
}
