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
    /// The largest body that is taken, in bytes.
    let bodyLimit: Int
    /// The value of `email.provider`.
    let provider: MailProvider
    /// The headers that the platform reads, and those that are journaled, in lower case.
    let readHeaders: [String]
    let keptHeaders: [String]

    /// Prepares an endpoint; throws an error that names the key which is wrong.
    ///
    /// - Parameter certificate: Finds what was fetched from a URL.
    init(
        _ configuration: CollectorConfiguration.Endpoint,
        certificate: @escaping @Sendable (String) -> [UInt8]? = { _ in nil }
    ) throws(ConfigurationError) {
        let options = configuration.options
        let type = try Self.platform(named: configuration.provider)
        for name in options.used where !type.optionNames.contains(name) {
            throw ConfigurationError(
                path: name.rawValue, problem: "is no option of \(configuration.provider); remove it")
        }
        do throws(WebhookSetupError) {
            verifier = try type.init(
                WebhookSetup(
                    secrets: configuration.secrets, options: options, certificate: certificate))
        } catch {
            throw ConfigurationError(path: error.key, problem: error.problem)
        }
        route = Route(
            endpoint: configuration.id, provider: configuration.provider, account: configuration.account)
        routeText = route.text
        bodyLimit = type.bodyLimit
        provider = type.mailProvider(options)
        readHeaders = type.readHeaders(options)
        keptHeaders = type.keptHeaders(options)
    }

    private static func platform(named name: String) throws(ConfigurationError) -> any WebhookProvider.Type {
        if let type = WebhookProviders.named(name) { return type }
        let known = WebhookProviders.all.map { $0.provider.rawValue }.sorted().joined(separator: ", ")
        throw ConfigurationError(
            path: "provider", problem: "'\(name)' is not a platform that is known; known: \(known)")
    }
}
