internal import Crypto

/// Signs webhooks as SendGrid does: ECDSA P-256 with SHA-256 over the timestamp and the body.
package struct KeyPairSigner: Sendable {
    private let key: P256.Signing.PrivateKey

    /// Makes a pair of keys that nobody else has.
    package init() {
        key = P256.Signing.PrivateKey()
    }

    /// Takes a private key: PKCS#8 in base64 or PEM.
    init(secret: String) throws(SimulatorError) {
        if let key = try? P256.Signing.PrivateKey(pemRepresentation: secret) {
            self.key = key
        } else if let bytes = Base64Text.decode(secret),
            let key = try? P256.Signing.PrivateKey(derRepresentation: bytes)
        {
            self.key = key
        } else {
            throw .badPrivateKey
        }
    }

    /// The verification key, as the platform shows it and an endpoint takes it.
    package var publicKey: String {
        Base64Text.encode(Array(key.publicKey.derRepresentation))
    }

    /// The headers that carry the signature, which is another one each time.
    func headers(seconds: UInt64, body: [UInt8]) -> [(name: String, value: String)] {
        [
            ("X-Twilio-Email-Event-Webhook-Signature", signature(seconds: seconds, body: body)),
            ("X-Twilio-Email-Event-Webhook-Timestamp", String(seconds)),
        ]
    }

    /// The signature in base64.
    package func signature(seconds: UInt64, body: [UInt8]) -> String {
        var digest = SHA256()
        digest.update(data: Array(String(seconds).utf8))
        digest.update(data: body)
        // With a key that was read it cannot fail; an empty signature would be refused by the collector.
        let signature = (try? key.signature(for: digest.finalize()))?.derRepresentation
        return Base64Text.encode(signature.map(Array.init) ?? [])
    }
}
