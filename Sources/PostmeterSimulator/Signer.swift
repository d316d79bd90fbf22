internal import Crypto

/// Signs webhooks as the Standard Webhooks specification 1.0 says: HMAC-SHA256 of `id.timestamp.body`.
package struct Signer: Sendable {
    private let keyed: HMAC<SHA256>

    /// Takes a secret: base64, with or without the prefix `whsec_`.
    package init(secret: String) throws(SimulatorError) {
        let text = secret.hasPrefix("whsec_") ? secret.dropFirst(6) : secret[...]
        guard let key = Base64Text.decode(String(text)), !key.isEmpty else { throw .badSecret }
        keyed = HMAC<SHA256>(key: SymmetricKey(data: key))
    }

    /// The headers that carry the signature, under the names that Svix gives them.
    func headers(id: String, seconds: UInt64, body: [UInt8]) -> [(name: String, value: String)] {
        [
            ("svix-id", id), ("svix-timestamp", String(seconds)),
            ("svix-signature", signature(id: id, seconds: seconds, body: body)),
        ]
    }

    /// `v1,` and the code in base64.
    package func signature(id: String, seconds: UInt64, body: [UInt8]) -> String {
        var authenticator = keyed
        authenticator.update(data: Array("\(id).\(seconds).".utf8))
        authenticator.update(data: body)
        return "v1," + Base64Text.encode(Array(authenticator.finalize()))
    }
}
