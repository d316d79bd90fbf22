internal import Crypto
internal import PostmeterModel

/// What makes a webhook genuine: a signature, or a secret that is sent along.
enum WebhookStamp: Sendable {
    case signature(Signer)
    case keyPair(KeyPairSigner)
    /// A signature in the body.
    case mailgun(MailgunSigner)
    /// The same header with each webhook, since Postmark signs nothing.
    case header(name: String, value: String)
    /// A message that holds the document and its signature.
    case message(SNSSigner)
    /// The HMAC-SHA256 of the body in hexadecimal, as the mapping shipped for Afterdraft assumes.
    case code(HMAC<SHA256>)

    /// What is stamped is found where the configuration says, and was made `now`.
    init(_ configuration: Simulator.Configuration, now: UnixTime) throws(SimulatorError) {
        guard configuration.provider == .ses else {
            self = try Self(configuration.secret, of: configuration.provider)
            return
        }
        self = .message(
            try SNSSigner(topic: configuration.topic, host: configuration.certificateHost, now: now)
        )
    }

    /// Prepares an endpoint's secret, in the form that its platform wants.
    ///
    /// For Postmark that is `user:password` or `X-Postmeter-Secret: value`; for SendGrid the private key whose
    /// public one the endpoint has; for Afterdraft any text.
    init(_ secret: String, of provider: SimulatedProvider) throws(SimulatorError) {
        if provider == .generic {
            guard !secret.isEmpty else { throw .noSecret }
            self = .code(HMAC(key: SymmetricKey(data: Array(secret.utf8))))
            return
        }
        if provider == .sendgrid {
            self = .keyPair(try KeyPairSigner(secret: secret))
            return
        }
        if provider == .mailgun {
            self = .mailgun(try MailgunSigner(secret: secret))
            return
        }
        guard provider == .postmark else {
            self = .signature(try Signer(secret: secret))
            return
        }
        guard let colon = secret.firstIndex(of: ":"), colon > secret.startIndex else {
            throw .badCredentials
        }
        let value = secret[secret.index(after: colon)...].drop { $0 == " " }
        guard !value.isEmpty else { throw .badCredentials }
        if secret[..<colon].lowercased() == "x-postmeter-secret" {
            self = .header(name: "X-Postmeter-Secret", value: String(value))
        } else {
            self = .header(name: "Authorization", value: "Basic " + Base64Text.encode(Array(secret.utf8)))
        }
    }

    /// The headers of a webhook that is sent at `seconds`.
    func headers(id: String, seconds: UInt64, body: [UInt8]) -> [(name: String, value: String)] {
        switch self {
        case .signature(let signer): signer.headers(id: id, seconds: seconds, body: body)
        case .keyPair(let signer): signer.headers(seconds: seconds, body: body)
        case .header(let name, let value): [(name, value)]
        case .mailgun: []
        case .message:
            [("x-amz-sns-message-type", "Notification"), ("x-amz-sns-message-id", id)]
        case .code(let keyed): [("X-Afterdraft-Signature", Self.hexadecimal(keyed, of: body))]
        }
    }

    /// The body of a webhook that is sent at `seconds`.
    func body(id: String, seconds: UInt64, request: SimulatedRequest) -> [UInt8] {
        switch self {
        case .signature, .keyPair, .header, .code: request.body
        case .mailgun(let signer): signer.body(id: id, seconds: seconds, request: request)
        case .message(let signer): signer.message(id: id, seconds: seconds, document: request.body)
        }
    }

    /// What signs and must be served while webhooks are sent.
    var signer: SNSSigner? {
        if case .message(let signer) = self { signer } else { nil }
    }

    private static func hexadecimal(_ keyed: HMAC<SHA256>, of body: [UInt8]) -> String {
        var authenticator = keyed
        authenticator.update(data: body)
        return authenticator.finalize().map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}
