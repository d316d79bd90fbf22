/// An account by its full name: `organization/account`.
package struct AccountPath: Sendable, Hashable, CustomStringConvertible {
    /// The id of the organization.
    package let organization: String
    /// The id of the account within it.
    package let account: String

    package init(organization: String, account: String) {
        self.organization = organization
        self.account = account
    }

    /// Reads `organization/account`; nil when it is not two valid ids with one slash between.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, FleetRules.isID(parts[0]), FleetRules.isID(parts[1]) else { return nil }
        organization = parts[0]
        account = parts[1]
    }

    package var description: String {
        "\(organization)/\(account)"
    }
}
