package import PostmeterMail
package import PostmeterModel

/// What one platform's file teaches the collector: whether a request is genuine and what its body says.
///
/// An instance holds the secrets of one endpoint and is used from many threads at once. The decoder needs no
/// secret and no clock, so that a journal can be read again years later.
package protocol WebhookProvider: Sendable {
    /// The platform, by the name that the configuration uses.
    static var provider: MailProvider { get }

    /// The options that an endpoint of the platform may use.
    static var optionNames: Set<WebhookOptions.Name> { get }

    /// The largest body that is taken, in bytes.
    static var bodyLimit: Int { get }

    /// The headers that `verify` and `decode` read, in lower case.
    static func readHeaders(_ options: WebhookOptions) -> [String]

    /// The headers that are journaled with the body for the decoder, in lower case.
    static func keptHeaders(_ options: WebhookOptions) -> [String]

    /// The value of `email.provider` for an endpoint's mail.
    static func mailProvider(_ options: WebhookOptions) -> MailProvider

    /// The platform's id of a mail that went out under this Message-ID, where one can be read from the other.
    ///
    /// - Parameter id: without angle brackets.
    static func messageID(fromInternet id: String) -> String?

    /// What is good enough to start with and should still be known: sentences that begin with the key.
    static func remarks(on options: WebhookOptions) -> [String]

    /// Prepares the verifier of one endpoint, all of whose secrets are live.
    init(_ setup: WebhookSetup) throws(WebhookSetupError)

    /// Whether a valid signature proves that the clock it was held against is right within minutes.
    var isTimed: Bool { get }

    /// Says whether the platform sent these very bytes, lately.
    func verify(_ headers: WebhookHeaders, body: UnsafeRawBufferPointer, now: UnixTime) -> Verification

    /// The status that a request is refused with, as the platform's retry rules need it.
    func status(refusing failure: VerificationFailure, _ headers: WebhookHeaders) -> Int

    /// Reads a body into mail events: none when it is of a kind that concerns no mail.
    ///
    /// - Parameters:
    ///   - webhook: what the journal kept.
    ///   - parser: the calling thread's own.
    static func decode(
        _ webhook: borrowing AcceptedWebhook,
        with parser: JSONParser
    ) throws(DecodeFailure) -> [MailEvent]

    /// The numbers of a body's events, where the platform counts what it sends to an endpoint.
    static func numbers(
        in webhook: borrowing AcceptedWebhook,
        with parser: JSONParser
    ) -> [UInt64]
}

extension WebhookProvider {
    package static var optionNames: Set<WebhookOptions.Name> { [] }

    package static var bodyLimit: Int { WebhookLimit.eventBody }

    package static func mailProvider(_ options: WebhookOptions) -> MailProvider { provider }

    package static func messageID(fromInternet id: String) -> String? { nil }

    package static func remarks(on options: WebhookOptions) -> [String] { [] }

    package static func numbers(
        in webhook: borrowing AcceptedWebhook,
        with parser: JSONParser
    ) -> [UInt64] {
        []
    }

    package var isTimed: Bool { true }

    package func status(refusing failure: VerificationFailure, _ headers: WebhookHeaders) -> Int { 401 }
}
