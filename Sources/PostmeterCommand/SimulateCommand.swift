internal import ArgumentParser
internal import FoundationEssentials
internal import PostmeterSimulator

/// Sends signed, realistic traffic to a collector and says exactly what it sent.
struct SimulateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Send the signed webhooks of a simulated fleet, and print exact totals.",
        discussion: """
            Volumes differ by agent; deliveries come seconds after sends; there are deferrals, bounces, a few \
            complaints, inbound mail and replies, duplicates and disorder. The same seed gives the same traffic. \
            SIGINT and SIGTERM end it early, with exact totals of what was sent until then.
            """
    )

    @Option(name: .long, help: "The URL of the endpoint, such as http://127.0.0.1:4380/hooks/demo.")
    var target: String

    @Option(
        name: .long,
        help:
            "The endpoint's secret: whsec_..., Postmark's user:password, Mailgun's key, SendGrid's private key, any text for generic; SES has none."
    )
    var secret: String?

    @Option(name: .long, help: "A file that holds the secret.")
    var secretFile: String?

    @Option(
        name: .long,
        help:
            "The platform: resend, agentmail, mailgun, postmark, sendgrid, ses, or generic (Afterdraft as its mapping assumes it)."
    )
    var provider = SimulatedProvider.resend

    @Option(name: .long, help: "The number of agents.")
    var agents = 50

    @Option(name: .long, help: "Webhooks a second; 0 sends as fast as they are answered.")
    var rate = 200.0

    @Option(name: .long, help: "Seconds of traffic.")
    var duration = 60.0

    @Option(name: .long, help: "The same seed gives the same traffic.")
    var seed: UInt64?

    @Option(name: .long, help: "The name of an agent that bounces and annoys, such as agent-007.")
    var badAgent: String?

    @Option(name: .long, help: "Requests in flight.")
    var concurrency = 64

    @Option(name: .long, help: "The domain of the agents' addresses.")
    var domain = "agents.example"

    @Option(name: .long, help: "What delays between the events of a mail are divided by.")
    var compress = 1.0

    @Option(name: .long, help: "The share of webhooks that are sent twice, 0 to 0.5.")
    var repeats = 0.01

    @Option(name: .long, help: "Seconds for which a webhook that is not acknowledged is tried again.")
    var patience = 60.0

    @Option(name: .long, help: "The ARN of the topic, for SES: one of the endpoint's topics.")
    var topic: String?

    @Option(name: .long, help: "The port that SES's certificate is served on; the endpoint must trust it.")
    var certificatePort: Int?

    @Option(name: .long, help: "A file that the totals are written to as JSON.")
    var totals: String?

    func run() async throws {
        var settings = Simulator.Configuration(
            target: target,
            secret: try readSecret(),
            seed: seed ?? .random(in: 0...UInt64.max)
        )
        if let topic { settings.topic = topic }
        if let certificatePort { settings.certificatePort = certificatePort }
        settings.agents = agents
        settings.rate = rate
        settings.duration = duration
        settings.provider = provider
        settings.badAgent = badAgent
        settings.concurrency = concurrency
        settings.domain = domain
        settings.compression = compress
        settings.repeats = repeats
        settings.patience = patience
        settings.totals = totals
        let result: SimulationTotals
        do throws(SimulatorError) {
            let simulator = try Simulator(settings)
            let watch = Self.stopWhenAsked(simulator)
            defer { watch.cancel() }
            result = try await simulator.run { print($0) }
        } catch {
            throw CommandFailure("\(error)")
        }
        print(result.table)
        if !result.unacknowledged.isEmpty { throw ExitCode(2) }
    }

    /// Ends a run early at SIGINT or SIGTERM, so that it still prints its totals.
    private static func stopWhenAsked(_ simulator: Simulator) -> Task<Void, any Error> {
        Interrupt.listen()
        return Task {
            while !Interrupt.isAsked { try await Task.sleep(for: .milliseconds(100)) }
            simulator.stop()
        }
    }

    private func readSecret() throws -> String {
        switch (secret, secretFile) {
        case (let secret?, nil): return secret
        case (nil, let path?):
            do {
                let text = try String(contentsOfFile: path, encoding: .utf8)
                return String(text.prefix { !$0.isNewline })
            } catch {
                throw CommandFailure("--secret-file \(path) cannot be read: \(error)")
            }
        case (nil, nil) where provider == .ses: return ""
        default: throw CommandFailure("give one of --secret and --secret-file")
        }
    }
}

extension SimulatedProvider: ExpressibleByArgument {}
