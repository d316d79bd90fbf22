package import PostmeterModel

/// A genuine webhook, as the journal kept it.
package struct AcceptedWebhook {
    /// The headers of ``WebhookProvider/keptHeaders(_:)`` at least.
    package var headers: WebhookHeaders
    /// The raw bytes, behind which `JSONParser.padding` more can be read.
    package var body: UnsafeRawBufferPointer
    /// When the collector took it, for the events of platforms that state no time.
    package var acceptedAt: UnixTime
    /// The options of its endpoint when it was taken.
    package var options: WebhookOptions

    package init(
        headers: WebhookHeaders,
        body: UnsafeRawBufferPointer,
        acceptedAt: UnixTime,
        options: WebhookOptions = WebhookOptions()
    ) {
        self.headers = headers
        self.body = body
        self.acceptedAt = acceptedAt
        self.options = options
    }
}
