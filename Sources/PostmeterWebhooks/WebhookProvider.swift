package import PostmeterMail
package import PostmeterModel

/// What one platform's file teaches the collector: whether a request is genuine and what its body says.
///
/// Both halves are pure. An instance holds the secrets of one endpoint and is used from many threads at once;
/// the decoder needs no secret, so that a journal can be read again years later.
package protocol WebhookProvider: Sendable {
    /// The platform, by the name that the configuration and `email.provider` use.
    static var provider: MailProvider { get }

    /// The headers that `verify` and `decode` read, in lower case.
    static var readHeaders: [String] { get }

    /// The headers that are journaled with the body for the decoder, in lower case.
    static var keptHeaders: [String] { get }

    /// Prepares the secrets of one endpoint, all of which are live.
    init(secrets: [String]) throws(WebhookSecretError)

    /// Says whether the platform sent these very bytes, lately.
    func verify(_ headers: WebhookHeaders, body: UnsafeRawBufferPointer, now: UnixTime) -> Verification

    /// Reads a body into mail events: none when it is of a kind that concerns no mail.
    ///
    /// - Parameters:
    ///   - headers: `keptHeaders` at least.
    ///   - body: the raw bytes, behind which `JSONParser.padding` more can be read.
    ///   - parser: the calling thread's own.
    ///   - acceptedAt: when the collector took it, for the events of platforms that state no time.
    static func decode(
        _ headers: WebhookHeaders,
        body: UnsafeRawBufferPointer,
        with parser: JSONParser,
        acceptedAt: UnixTime
    ) throws(DecodeFailure) -> [MailEvent]
}
