internal import PostmeterFleet
internal import PostmeterMail
internal import PostmeterWebhooks

/// An address that a platform posts to, ready to judge requests; shared between event loops.
struct WebhookEndpoint: Sendable {
    /// What an envelope of this endpoint says of it.
    let route: Route
    /// ``Route/text`` of `route`.
    let routeText: String
    /// The platform with the secrets of this endpoint.
    let verifier: any WebhookProvider

    /// Prepares an endpoint; throws an error that names `provider` or `secret`.
    init(_ configuration: CollectorConfiguration.Endpoint) throws(ConfigurationError) {
        route = Route(
            endpoint: configuration.id, provider: configuration.provider, account: configuration.account)
        routeText = route.text
        verifier = try Self.verifier(provider: configuration.provider, secrets: configuration.secrets)
    }

    /// A platform's verifier with an endpoint's secrets.
    static func verifier(
        provider: String, secrets: [String]
    ) throws(ConfigurationError) -> any WebhookProvider {
        guard let type = WebhookProviders.named(provider) else {
            let known = WebhookProviders.all.map { $0.provider.rawValue }.sorted().joined(separator: ", ")
            throw ConfigurationError(
                path: "provider", problem: "'\(provider)' is not a platform that is known; known: \(known)")
        }
        do throws(WebhookSecretError) {
            return try type.init(secrets: secrets)
        } catch {
            throw ConfigurationError(path: "secret", problem: "\(error)")
        }
    }
}
