internal import ArgumentParser
internal import Glibc
internal import PostmeterCollector
internal import PostmeterFleet
internal import PostmeterJournal
internal import PostmeterWebhooks

/// A collector in a process of its own, as `postmeter serve` runs it, for the load of a benchmark.
struct CollectorProcess: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "collector", shouldDisplay: false)

    /// The id of the endpoint that takes single events, as Resend sends them.
    static let endpoint = "bench"
    /// The id of the endpoint that takes batches, as SendGrid sends them.
    static let batchEndpoint = "batches"
    /// The account that it belongs to.
    static let account = AccountPath(organization: "bench", account: "bench")
    /// The secret of the first endpoint, good for nothing but a benchmark.
    static let secret = "whsec_cG9zdG1ldGVyIGJlbmNobWFyayBzZWNyZXQ="

    @Option(help: "The data folder.")
    var data: String

    @Option(help: "The verification key of the endpoint for batches; without it there is none.")
    var batchKey: String?

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
        if let batchKey {
            var batches = CollectorConfiguration.Endpoint(
                id: Self.batchEndpoint, provider: "sendgrid", account: Self.account, secrets: [batchKey])
            batches.options.agentField = "agent"
            configuration.endpoints.append(batches)
        }
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
