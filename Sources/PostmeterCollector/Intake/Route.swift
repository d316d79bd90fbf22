internal import PostmeterFleet

/// Which endpoint an envelope came in by, and what that meant when it did.
struct Route: Hashable {
    /// The id of the endpoint.
    var endpoint: String
    /// The name of its platform.
    var provider: String
    /// Whose mail comes in there.
    var account: AccountPath

    init(endpoint: String, provider: String, account: AccountPath) {
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
    var text: String {
        "\(endpoint) \(provider) \(account)"
    }
}
