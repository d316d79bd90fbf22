/// What is wrong with an endpoint's secrets; it names a secret by its place and never shows it.
package enum WebhookSecretError: Error, Sendable, Hashable {
    /// There is none.
    case none
    /// There are more than are tried.
    case tooMany(count: Int, limit: Int)
    /// The secret at this place (from 1) belongs to a scheme that is not supported.
    case unsupportedScheme(place: Int, prefix: String)
    /// The secret at this place is not base64.
    case notBase64(place: Int)
    /// The secret at this place has an unusual number of bytes.
    case badLength(place: Int, bytes: Int)
    /// There is none, for a platform that sends a secret along and signs nothing.
    case noneToSend
    /// The secret at this place is neither `user:password` nor `X-Postmeter-Secret: value`.
    case noCredentials(place: Int)
    /// There is none, for a platform that signs with a key of its account.
    case noSigningKey
    /// The secret at this place is no key that the platform gives out.
    case badSigningKey(place: Int)
    /// The secret at this place names a header that is not read.
    case unknownHeader(place: Int)
    /// There is none, for a platform that signs with a key pair and may send a secret along as well.
    case noKeys
    /// The secret at this place is neither a public key of ECDSA P-256 nor one that is sent along.
    case noPublicKey(place: Int)
    /// The secret at this place is a private key.
    case privateKey(place: Int)
    /// There is one, for a platform that signs with a key of its own.
    case unneeded
    /// The secret at this place, a text, has an unusual number of bytes.
    case badTextLength(place: Int, bytes: Int)
    /// The secret at this place, a text, begins or ends with a space, or holds controls.
    case notPlainText(place: Int)
}

extension WebhookSecretError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .none:
            "no secret: give the signing secret that the platform shows for the webhook (whsec_...)"
        case .tooMany(let count, let limit):
            "\(count) secrets: at most \(limit) are tried; drop those that the platform no longer signs with"
        case .unsupportedScheme(let place, let prefix):
            "secret \(place) begins with \(prefix), an asymmetric key: give a symmetric one (whsec_...)"
        case .notBase64(let place):
            "secret \(place) is not base64: copy it whole from the platform, with or without whsec_"
        case .badLength(let place, let bytes):
            "secret \(place) has \(bytes) bytes where 16 to 75 are expected: copy it whole from the platform"
        case .noneToSend:
            "no secret: give what the platform is set up to send, "
                + "user:password (basic authentication) or X-Postmeter-Secret: value (a header)"
        case .noCredentials(let place):
            "secret \(place) is neither user:password nor X-Postmeter-Secret: value: "
                + "both parts are needed, on one line of at most 1024 bytes"
        case .noSigningKey:
            "no secret: give the HTTP webhook signing key that the platform shows in its settings"
        case .badSigningKey(let place):
            "secret \(place) is no HTTP webhook signing key: "
                + "8 to 256 letters, digits and signs are expected, without a space; copy it whole"
        case .unknownHeader(let place):
            "secret \(place) has white space behind its colon, which makes it a header, and the only header "
                + "that is read is X-Postmeter-Secret: let the platform send that one, or give user:password"
        case .noKeys:
            "no secret: give the verification key that the platform shows for signed webhooks, and, for mail "
                + "that comes in unsigned, user:password (basic authentication in the webhook's URL)"
        case .noPublicKey(let place):
            "secret \(place) is neither a verification key (a public key of ECDSA P-256, in base64 as the "
                + "platform shows it, or in PEM) nor user:password nor X-Postmeter-Secret: value: copy it whole"
        case .privateKey(let place):
            "secret \(place) is a private key: give the public one, which the platform shows; "
                + "the private one does not belong here"
        case .unneeded:
            "the platform signs with a key of its own, and there is no secret to give: remove it"
        case .badTextLength(let place, let bytes):
            "secret \(place) has \(bytes) bytes where 8 to 1024 are expected: copy it whole from the platform"
        case .notPlainText(let place):
            "secret \(place) begins or ends with a space, or holds a control such as the end of a line: "
                + "copy it alone from the platform"
        }
    }
}
