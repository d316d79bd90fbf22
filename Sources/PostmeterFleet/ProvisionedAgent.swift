/// An agent that came into being because mail with its address appeared.
package struct ProvisionedAgent: Sendable, Hashable {
    /// The account that its endpoint belongs to.
    package let account: AccountPath
    /// The domain of the address.
    package let domain: String
    /// Its id: the local part of the address in lower case.
    package let agent: String
    /// The address in lower case, without a tag.
    package let address: String

    package init(account: AccountPath, domain: String, agent: String, address: String) {
        self.account = account
        self.domain = domain
        self.agent = agent
        self.address = address
    }
}
