package import PostmeterMail
package import PostmeterModel

/// Webhooks of Mailgun: events of sent mail, and mail that a route forwards or stores.
///
/// Events come as JSON, one about one recipient a request; the mail of routes as a form, in either encoding. The
/// signature is in the body, see ``MailgunSignatures``, and its token is the event's id: the id that an event has
/// of its own is unique within a day only. Whose mail it is about is told by the user variable `agent`, or the
/// endpoint's `agent_field`, and else by the sender; mail that comes in belongs to its envelope recipient.
/// Source: documentation.mailgun.com (webhooks, event structure, routes).
package struct Mailgun: WebhookProvider {
    package static let provider = MailProvider.mailgun
    package static let optionNames: Set<WebhookOptions.Name> = [.agentField]
    package static let bodyLimit = WebhookLimit.inboundBody
    /// A signature may be a day old.
    package var isTimed: Bool { false }

    private static let contentType = "content-type"

    package static func readHeaders(_ options: WebhookOptions) -> [String] { [contentType] }

    package static func keptHeaders(_ options: WebhookOptions) -> [String] { [contentType] }

    private let signatures: MailgunSignatures

    package init(_ setup: WebhookSetup) throws(WebhookSetupError) {
        signatures = try setup.secrets(MailgunSignatures.init)
    }

    package func verify(
        _ headers: WebhookHeaders,
        body: UnsafeRawBufferPointer,
        now: UnixTime
    ) -> Verification {
        signatures.verify(contentType: headers[Self.contentType], body: body, now: now)
    }

    /// 406 ends Mailgun's retries, which a signature that is used for another body is not worth; with 401 it tries
    /// again for hours, in which a wrong key can be mended.
    package func status(refusing failure: VerificationFailure, _ headers: WebhookHeaders) -> Int {
        failure == .replayed ? 406 : 401
    }

    package static func decode(
        _ webhook: borrowing AcceptedWebhook,
        with parser: JSONParser
    ) throws(DecodeFailure) -> [MailEvent] {
        let body = webhook.body
        if let type = webhook.headers[contentType], FormBody.isForm(contentType: type) {
            return [try route(try FormBody.read(contentType: type, body: body), with: parser)]
        }
        guard body.count <= MailgunSignature.jsonLimit else {
            throw DecodeFailure(
                .tooLarge,
                "the JSON has \(body.count) bytes where at most \(MailgunSignature.jsonLimit) are read")
        }
        let root = try parser.parseObject(body)
        let signature = try MailgunSignature(root)
        // Only what a route's store action posts has the signature beside the fields of the mail.
        guard root["signature"]?.utf8 == nil else {
            return [try route(root, signature, with: parser)]
        }
        let data = try root.requiredObject("event-data")
        return try events(of: data, id: signature.token, agentField: webhook.options.agentFieldOrDefault)
    }
}
