internal import Crypto

/// What makes a webhook genuine: a signature, or a secret that is sent along.
enum WebhookStamp: Sendable {
    case signature(Signer)
    /// The same header with each webhook, since Postmark signs nothing.
    case header(name: String, value: String)
    /// The HMAC-SHA256 of the body in hexadecimal, as the mapping shipped for Afterdraft assumes.
    case code(HMAC<SHA256>)

    /// Prepares an endpoint's secret, in the form that its platform wants.
    ///
    /// For Afterdraft it is any text; for Postmark that is `user:password` or `X-Postmeter-Secret: value`.
    init(_ secret: String, of provider: SimulatedProvider) throws(SimulatorError) {
        if provider == .generic {
            guard !secret.isEmpty else { throw .noSecret }
            self = .code(HMAC(key: SymmetricKey(data: Array(secret.utf8))))
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
        case .header(let name, let value): [(name, value)]
        case .code(let keyed): [("X-Afterdraft-Signature", Self.hexadecimal(keyed, of: body))]
        }
    }

    private static func hexadecimal(_ keyed: HMAC<SHA256>, of body: [UInt8]) -> String {
        var authenticator = keyed
        authenticator.update(data: body)
        return authenticator.finalize().map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}
