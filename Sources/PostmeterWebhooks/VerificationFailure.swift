/// Why a webhook was not let in.
package enum VerificationFailure: Error, Sendable, Hashable {
    /// A header of the signature is not there.
    case missingHeader(String)
    /// The signature's time is not a whole number of seconds.
    case badTimestamp
    /// The signature is older than the tolerance.
    case stale
    /// The signature is older than a tolerance that is as long as the platform's retries.
    case outlived(hours: Int)
    /// The signature's time is further ahead than the tolerance.
    case future
    /// The body is not what the platform posts; with the field that is missing or wrong.
    case malformed(String)
    /// The signature is genuine, and has come before with another body.
    case replayed
    /// No signature was made with one of the endpoint's secrets.
    case noMatch
    /// The header that carries a secret is not there.
    case missingSecret(String)
    /// What the request carries is none of the endpoint's secrets.
    case wrongSecret
    /// The request is of a kind that is signed, and the endpoint has no key to judge signatures by.
    case noKey

    /// Whether the signature is good and only its time does not fit the clock.
    package var isOfTime: Bool {
        switch self {
        case .stale, .outlived, .future: true
        default: false
        }
    }

    /// The failure as one word, from a closed set.
    package var word: String {
        switch self {
        case .missingHeader, .missingSecret: "missing_header"
        case .badTimestamp: "bad_timestamp"
        case .stale, .outlived: "stale"
        case .future: "future"
        case .noMatch, .wrongSecret, .noKey: "no_match"
        case .malformed: "malformed"
        case .replayed: "replayed"
        }
    }

    /// One sentence for the sender: what is wrong and how it is mended.
    ///
    /// It holds nothing of the request or the secret.
    package var sentence: String {
        switch self {
        case .missingHeader(let name):
            "The header \(name) is missing; requests to this endpoint must be signed by its platform."
        case .badTimestamp:
            "The signature's timestamp header is not a number of seconds since 1970."
        case .stale:
            "The signature is more than 5 minutes old; check the clocks of both machines."
        case .outlived(let hours):
            "The signature is more than \(hours) hours old, which no retry of the platform is; "
                + "check the clock of this machine."
        case .future:
            "The signature's timestamp is more than 5 minutes ahead; check the clocks of both machines."
        case .malformed(let field):
            "The body is no message of this platform: \(field) is missing or wrong."
        case .replayed:
            "The signature has come before with another body, so this is none of the platform's retries."
        case .noMatch:
            "No signature of the request was made with a secret of this endpoint; "
                + "check that the configured secret is the one that the platform shows for this webhook."
        case .missingSecret(let name):
            "The header \(name) is missing; requests to this endpoint must carry its secret: "
                + "check the credentials in the webhook's URL, or its headers, at the platform."
        case .wrongSecret:
            "The request carries no secret of this endpoint; "
                + "check that the platform sends what is configured as the secret."
        case .noKey:
            "This endpoint has no verification key, and such requests must be signed; "
                + "add the public key that the platform shows for this webhook to its secrets."
        }
    }
}
