/// What the signature of a webhook proves.
package enum Verification: Sendable, Hashable {
    /// A holder of one of the endpoint's secrets sent these bytes, lately.
    case valid
    /// It is genuine and asks that this URL be fetched, which turns the platform's webhooks on: it is taken
    /// once that succeeded.
    case confirmation(url: String)
    /// It cannot be judged before the certificate at this URL is known; it may be asked again then.
    case needsCertificate(url: String)
    /// It proves nothing.
    case invalid(VerificationFailure)
}
