/// The largest bodies that endpoints take, in bytes.
package enum WebhookLimit {
    /// Events, which carry no content of mails: the platforms stay below 1 MiB themselves.
    package static let eventBody = 1 << 20
    /// Inbound mail with its attachments: 25 to 30 MiB of mail, which base64 makes a third longer.
    package static let inboundBody = 40 << 20
}
