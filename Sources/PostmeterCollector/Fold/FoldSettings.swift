internal import FoundationEssentials
internal import PostmeterFleet
internal import PostmeterMail
package import PostmeterWebhooks

/// What of the configuration the fold depends on, besides the fleet.
///
/// It is a record of the journal, so that a journal is folded by what held when its records were accepted. It
/// holds no secret.
package struct FoldSettings: Codable, Hashable, Sendable {
    /// The endpoints, by their ids.
    package var endpoints: [String: Endpoint] = [:]

    /// What is waited for, and for how long.
    package var watch = Watch()

    /// Times in nanoseconds.
    package struct Watch: Codable, Hashable, Sendable {
        /// How long a received mail may wait for an answer until it counts as abandoned.
        package var conversationTimeout: UInt64 = 24 * 3_600 * 1_000_000_000
        /// How long a sent mail may have no outcome until one is missing.
        package var outcomeTimeout: UInt64 = 6 * 3_600 * 1_000_000_000
        /// How many mails may come in one thread within the window until they look like a loop.
        package var threadLimit: UInt64 = 20
        package var threadWindow: UInt64 = 600 * 1_000_000_000

        package init() {}
    }

    /// How the webhooks of one endpoint are read.
    package struct Endpoint: Codable, Hashable, Sendable {
        /// The name of the platform.
        package var provider: String
        /// The organization of the account whose mail comes in here.
        package var organization: String
        /// The account within it.
        package var account: String
        package var options: WebhookOptions

        /// Whose mail comes in here.
        var accountPath: AccountPath { AccountPath(organization: organization, account: account) }

        /// The value of `email.provider` for its mail.
        var mailProvider: MailProvider {
            WebhookProviders.named(provider)?.mailProvider(options) ?? MailProvider(rawValue: provider)
        }
    }

    package init(_ configuration: CollectorConfiguration) {
        watch = configuration.watch
        for endpoint in configuration.endpoints {
            endpoints[endpoint.id] = Endpoint(
                provider: endpoint.provider, organization: endpoint.account.organization,
                account: endpoint.account.account, options: endpoint.options)
        }
    }

    /// What holds before a journal says otherwise.
    init() {}

    /// The bytes that stand for the settings in the journal and the checkpoint: JSON with sorted keys.
    func encoded() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try [UInt8](encoder.encode(self))
    }

    /// Reads what ``encoded()`` wrote.
    init(encoded bytes: some Sequence<UInt8>) throws {
        self = try JSONDecoder().decode(FoldSettings.self, from: Data(bytes))
    }

    /// The platforms that the endpoints of each account are of.
    var providers: [AccountPath: Set<MailProvider>] {
        var providers: [AccountPath: Set<MailProvider>] = [:]
        for endpoint in endpoints.values {
            providers[endpoint.accountPath, default: []].insert(endpoint.mailProvider)
        }
        return providers
    }

    /// The route by which the webhooks of an endpoint come in now; nil when there is no such endpoint.
    func route(of id: String) -> Route? {
        endpoints[id].map { Route(endpoint: id, provider: $0.provider, account: $0.accountPath) }
    }
}
