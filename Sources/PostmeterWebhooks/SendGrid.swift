package import PostmeterMail
package import PostmeterModel

/// Webhooks of Twilio SendGrid: the event webhook, and mail that comes in through Inbound Parse.
///
/// Both may be set up to post to one endpoint, and are told apart by their content type. The event webhook posts
/// JSON, signed, see ``SendGridSecrets``. Inbound Parse posts a form, by default without a signature; refused
/// with anything but a server's error it drops the mail at once and tells nobody.
/// Source: twilio.com/docs/sendgrid/for-developers (tracking events, parsing email).
package struct SendGrid: WebhookProvider {
    package static let provider = MailProvider.sendgrid
    package static let optionNames: Set<WebhookOptions.Name> = [.agentField]
    package static let bodyLimit = WebhookLimit.inboundBody
    /// A signature is good for as long as SendGrid tries, which proves no clock.
    package var isTimed: Bool { false }

    static let contentType = "content-type"

    package static func readHeaders(_ options: WebhookOptions) -> [String] {
        [SendGridSecrets.signatureHeader, SendGridSecrets.timestampHeader, contentType]
            + SharedSecrets.headers
    }

    package static func keptHeaders(_ options: WebhookOptions) -> [String] { [contentType] }

    /// Mail that the API took goes out as `<id@ismtpd0039p1iad1.sendgrid.net>`, unless the sender gave it a
    /// Message-ID.
    package static func messageID(fromInternet id: String) -> String? {
        guard let at = id.firstIndex(of: "@"), at > id.startIndex, id[at...].contains("ismtpd") else {
            return nil
        }
        return String(id[..<at])
    }

    private let secrets: SendGridSecrets

    package init(_ setup: WebhookSetup) throws(WebhookSetupError) {
        if let field = setup.options.agentField, let problem = Self.problem(withAgentField: field) {
            throw .option(.agentField, problem)
        }
        secrets = try setup.secrets(SendGridSecrets.init)
    }

    package func verify(
        _ headers: WebhookHeaders,
        body: UnsafeRawBufferPointer,
        now: UnixTime
    ) -> Verification {
        secrets.verify(headers, body: body, now: now, isInbound: Self.isInbound(headers))
    }

    package func status(refusing failure: VerificationFailure, _ headers: WebhookHeaders) -> Int {
        Self.isInbound(headers) ? 503 : 401
    }

    package static func decode(
        _ webhook: borrowing AcceptedWebhook,
        with parser: JSONParser
    ) throws(DecodeFailure) -> [MailEvent] {
        isInbound(webhook.headers)
            ? [try inbound(webhook, with: parser)]
            : try events(of: webhook, with: parser)
    }

    /// Whether it is mail that came in, which is posted as a form.
    private static func isInbound(_ headers: WebhookHeaders) -> Bool {
        headers[contentType].map(FormBody.isForm) ?? false
    }
}
