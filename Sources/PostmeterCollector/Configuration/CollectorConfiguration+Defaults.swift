internal import Postmeter
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

    /// The library's defaults; a collector pushes more often and more at a time.
    static let defaultTelemetry: PostmeterConfiguration = {
        var telemetry = PostmeterConfiguration()
        telemetry.metricInterval = .seconds(10)
        telemetry.spans = .init(interval: .seconds(1), capacity: 16_384)
        telemetry.logs = .init(interval: .seconds(1), capacity: 16_384)
        telemetry.scrape = .init(host: "127.0.0.1", port: 9_464)
        return telemetry
    }()

    /// One line that says what the configuration holds.
    package var summary: String {
        let accounts = fleet.organizations.flatMap(\.accounts)
        let agents = accounts.flatMap(\.domains).flatMap(\.agents)
        let push =
            pushes.isEmpty ? "no push" : "pushes to \(pushes.map(\.summary).joined(separator: "; "))"
        return "endpoints: \(endpoints.count), organizations: \(fleet.organizations.count), "
            + "accounts: \(accounts.count), agents: \(agents.count), \(push)"
    }

    /// The receivers that something is pushed to.
    var pushes: [PostmeterConfiguration.OTLP] {
        telemetry.isDisabled ? [] : telemetry.targets.filter(\.pushesAnything)
    }
}
