import Crypto
import CryptoExtras
import FoundationEssentials
import PostmeterModel
import SwiftASN1
import Synchronization
import X509

/// The keys of the certificates that Amazon SNS signs with, taken out of them once each.
///
/// A certificate comes from a URL on a host that was checked, over TLS, which proves whose it is; so its chain
/// is not followed, but it must be within its dates, be meant for signatures and hold an RSA key of 2,048 bits
/// or more. Safe on any thread.
final class SNSKeys: Sendable {
    /// How many keys are kept: Amazon has one or two a region at a time.
    static let limit = 16

    /// A key and when its certificate holds, in seconds since 1970.
    private struct Key: Sendable {
        let key: _RSA.Signing.PublicKey
        let beginning: Double
        let end: Double
    }

    private let certificate: @Sendable (_ url: String) -> [UInt8]?
    private let keys = Mutex<[String: Key]>([:])

    /// Takes what finds the certificate that was fetched from a URL, in PEM.
    init(certificate: @escaping @Sendable (_ url: String) -> [UInt8]?) {
        self.certificate = certificate
    }

    /// Says whether the signature of a message was made with the key at its URL.
    func verify(_ message: SNSEnvelope, now: UnixTime) -> Verification {
        let url = message.certificateURL
        // What was fetched and cannot be read may be better another time.
        guard let key = key(at: url) else { return .needsCertificate(url: url) }
        let seconds = Double(now.nanoseconds) / 1e9
        if seconds < key.beginning { return .invalid(.badCertificate("it is not valid yet")) }
        if seconds > key.end { return .invalid(.badCertificate("it has expired")) }
        let signature = _RSA.Signing.RSASignature(rawRepresentation: message.signature)
        let isValid =
            switch message.version {
            case .sha1:
                key.key.isValidSignature(
                    signature,
                    for: Insecure.SHA1.hash(data: message.signedText),
                    padding: .insecurePKCS1v1_5
                )
            case .sha256:
                key.key.isValidSignature(
                    signature,
                    for: SHA256.hash(data: message.signedText),
                    padding: .insecurePKCS1v1_5
                )
            }
        return isValid ? .valid : .invalid(.badSignature)
    }

    private func key(at url: String) -> Key? {
        if let known = keys.withLock({ $0[url] }) { return known }
        guard let pem = certificate(url), let key = Self.key(inPEM: pem) else { return nil }
        keys.withLock { keys in
            if keys.count >= Self.limit, let any = keys.keys.first { keys[any] = nil }
            keys[url] = key
        }
        return key
    }

    /// The key of a certificate; nil when it is none that signatures are checked with.
    private static func key(inPEM pem: [UInt8]) -> Key? {
        let documents = try? PEMDocument.parseMultiple(pemString: String(decoding: pem, as: UTF8.self))
        // The first is the one that signs; what follows would be its issuers.
        guard let document = documents?.first, let certificate = try? Certificate(pemDocument: document),
            let key = _RSA.Signing.PublicKey(certificate.publicKey), key.keySizeInBits >= 2_048
        else { return nil }
        if let usage = try? certificate.extensions.keyUsage, !usage.digitalSignature { return nil }
        return Key(
            key: key,
            beginning: certificate.notValidBefore.timeIntervalSince1970,
            end: certificate.notValidAfter.timeIntervalSince1970
        )
    }
}
