internal import ArgumentParser
internal import Glibc
internal import PostmeterCollector
internal import PostmeterFleet
internal import PostmeterJournal

/// A collector in a process of its own, as `postmeter serve` runs it, for the load of a benchmark.
struct CollectorProcess: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "collector", shouldDisplay: false)

    /// The id of the one endpoint.
    static let endpoint = "bench"
    /// The account that it belongs to.
    static let account = AccountPath(organization: "bench", account: "bench")
    /// The secret of the endpoint, good for nothing but a benchmark.
    static let secret = "whsec_cG9zdG1ldGVyIGJlbmNobWFyayBzZWNyZXQ="

    @Option(help: "The data folder.")
    var data: String

    func run() async throws {
        endWithParent()
        let any = ListenAddress(host: "127.0.0.1", port: 0)
        var configuration = CollectorConfiguration(
            data: data,
            endpoints: [
                .init(
                    id: Self.endpoint, provider: "resend", account: Self.account, secrets: [Self.secret])
            ],
            fleet: Self.fleet)
        configuration.listen.ingest = any
        configuration.listen.admin = any
        configuration.listen.scrape = any
        try await Collector(configuration: configuration, version: "bench").runUntilSignal()
    }

    /// One account whose agents come into being with their mail.
    static let fleet = FleetTree(organizations: [
        .init(id: account.organization, accounts: [.init(id: account.account, autoprovision: true)])
    ])

    /// Standard input ends when the process that started this one does; then there is nobody to stop it.
    private func endWithParent() {
        _ = JournalThread {
            var byte: UInt8 = 0
            while read(0, &byte, 1) > 0 {}
            kill(getpid(), SIGTERM)
        }
    }
}
