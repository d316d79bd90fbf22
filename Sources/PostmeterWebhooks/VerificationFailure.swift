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
    /// The message is older than the platform goes on sending it.
    case outdated(minutes: UInt64)
    /// The body comes without the envelope that holds its signature.
    case rawDelivery
    /// The message is of a topic that the endpoint does not take.
    case unknownTopic
    /// A URL of the message is none that is fetched; with the field that holds it.
    case untrustedURL(String)
    /// The certificate at the message's URL is not one that signs now; with what is wrong with it.
    case badCertificate(String)
    /// The signature does not fit the message and the certificate that it names.
    case badSignature

    /// Whether the signature is good and only its time does not fit the clock.
    package var isOfTime: Bool {
        switch self {
        case .stale, .outlived, .future, .outdated: true
        default: false
        }
    }

    /// The failure as one word, from a closed set.
    package var word: String {
        switch self {
        case .missingHeader, .missingSecret: "missing_header"
        case .badTimestamp: "bad_timestamp"
        case .stale, .outlived, .outdated: "stale"
        case .future: "future"
        case .noMatch, .wrongSecret, .noKey, .badSignature: "no_match"
        case .malformed: "malformed"
        case .replayed: "replayed"
        case .rawDelivery: "raw_delivery"
        case .unknownTopic: "unknown_topic"
        case .untrustedURL: "untrusted_url"
        case .badCertificate: "bad_certificate"
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
        case .outlived(let hours):
            "The signature is more than \(hours) hours old, which no retry of the platform is; "
                + "check the clock of this machine."
        case .future:
            "The signature's timestamp is further ahead than this endpoint takes, which is 5 minutes unless its "
                + "configuration says otherwise; check the clocks of both machines."
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
        case .outdated(let minutes):
            "The message was published more than \(minutes) minutes ago; check the clock of this machine."
        case .rawDelivery:
            "The message comes without its envelope, and so without a signature: "
                + "turn raw message delivery off for this subscription."
        case .unknownTopic:
            "This endpoint does not take messages of this topic; "
                + "add its ARN to the endpoint's topics if it is yours."
        case .untrustedURL(let field):
            "\(field) is not a URL of the platform's own hosts, nor of one in the endpoint's trusted_hosts."
        case .badCertificate(let problem):
            "The certificate of the signature cannot be used: \(problem)."
        case .badSignature:
            "The signature was not made over this message with the key of the certificate that it names."
        }
    }
}
