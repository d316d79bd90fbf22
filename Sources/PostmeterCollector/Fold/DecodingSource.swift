internal import PostmeterMail
internal import PostmeterWebhooks

/// How the webhooks of one route are read: one object for all of them, until the settings change.
final class DecodingSource: Sendable {
    /// The route as envelopes carry it, as a text and as its bytes.
    let text: String
    let bytes: [UInt8]
    let route: Route
    let provider: any WebhookProvider.Type
    /// The options of the endpoint, by which its bodies are read.
    let options: WebhookOptions
    let mailProvider: MailProvider

    /// What the settings say of a route; nil when there is no such platform in this version.
    init?(_ text: String, _ settings: FoldSettings) {
        guard let route = Route(text), let provider = WebhookProviders.named(route.provider) else {
            return nil
        }
        let known = settings.endpoints[route.endpoint]
        self.text = text
        bytes = Array(text.utf8)
        self.route = route
        self.provider = provider
        options = (known?.provider == route.provider ? known?.options : nil) ?? WebhookOptions()
        mailProvider = provider.mailProvider(options)
    }
}
