/// Why a webhook was not let in.
package enum VerificationFailure: Error, Sendable, Hashable {
    /// A header of the signature is not there.
    case missingHeader(String)
    /// The signature's time is not a whole number of seconds.
    case badTimestamp
    /// The signature is older than the tolerance.
    case stale
    /// The signature's time is further ahead than the tolerance.
    case future
    /// No signature was made with one of the endpoint's secrets.
    case noMatch
    /// The header that carries a secret is not there.
    case missingSecret(String)
    /// What the request carries is none of the endpoint's secrets.
    case wrongSecret

    /// Whether the signature is good and only its time does not fit the clock.
    package var isOfTime: Bool { self == .stale || self == .future }

    /// The failure as one word, from a closed set.
    package var word: String {
        switch self {
        case .missingHeader, .missingSecret: "missing_header"
        case .badTimestamp: "bad_timestamp"
        case .stale: "stale"
        case .future: "future"
        case .noMatch, .wrongSecret: "no_match"
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
            "The signature's timestamp is missing or has another form than this endpoint expects, "
                + "which is seconds since 1970 unless its configuration says otherwise."
        case .stale:
            "The signature is older than this endpoint takes, which is 5 minutes unless its configuration says "
                + "otherwise; check the clocks of both machines."
        case .future:
            "The signature's timestamp is further ahead than this endpoint takes, which is 5 minutes unless its "
                + "configuration says otherwise; check the clocks of both machines."
        case .noMatch:
            "No signature of the request was made with a secret of this endpoint; "
                + "check that the configured secret is the one that the platform shows for this webhook."
        case .missingSecret(let name):
            "The header \(name) is missing; requests to this endpoint must carry its secret: "
                + "check the credentials in the webhook's URL, or its headers, at the platform."
        case .wrongSecret:
            "The request carries no secret of this endpoint; "
                + "check that the platform sends what is configured as the secret."
        }
    }
}
