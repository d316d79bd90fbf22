package import PostmeterFleet

/// Which endpoint an envelope came in by, and what that meant when it did.
package struct Route: Hashable {
    /// The id of the endpoint.
    package var endpoint: String
    /// The name of its platform.
    package var provider: String
    /// Whose mail comes in there.
    package var account: AccountPath

    package init(endpoint: String, provider: String, account: AccountPath) {
        self.endpoint = endpoint
        self.provider = provider
        self.account = account
    }

    /// Reads ``text``; nil when it is not of its form.
    init?(_ text: String) {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, let account = AccountPath(parts[2]) else { return nil }
        self.init(endpoint: parts[0], provider: parts[1], account: account)
    }

    /// The three names with a space between; no name holds one.
    package var text: String {
        "\(endpoint) \(provider) \(account)"
    }
}
