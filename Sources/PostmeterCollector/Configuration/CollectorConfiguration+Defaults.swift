internal import PostmeterFleet

extension CollectorConfiguration {
    /// What holds without a file: one endpoint of one account, whose agents come into being with their mail.
    ///
    /// The secret of the endpoint is made by the collector when it starts, and kept in the data folder.
    package static let demonstration: CollectorConfiguration = {
        let account = AccountPath(organization: "demo", account: "demo")
        var configuration = CollectorConfiguration(
            endpoints: [.init(id: "demo", provider: "resend", account: account, secrets: [])],
            fleet: FleetTree(organizations: [
                .init(id: account.organization, accounts: [.init(id: account.account, autoprovision: true)])
            ]))
        configuration.isDemonstration = true
        return configuration
    }()

    /// One line that says what the configuration holds.
    package var summary: String {
        let accounts = fleet.organizations.flatMap(\.accounts)
        let agents = accounts.flatMap(\.domains).flatMap(\.agents)
        let push = otlp.map { "pushes to \($0.endpoint) every \($0.interval)" } ?? "no push"
        return "endpoints: \(endpoints.count), organizations: \(fleet.organizations.count), "
            + "accounts: \(accounts.count), agents: \(agents.count), \(push)"
    }
}
