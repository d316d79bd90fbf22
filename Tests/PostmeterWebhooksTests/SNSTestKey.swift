import Crypto
import CryptoExtras
import Foundation
import PostmeterModel
import SwiftASN1
import X509

/// A key that signs messages as Amazon SNS does, and its certificate.
struct SNSTestKey {
    let key: _RSA.Signing.PrivateKey
    let certificate: [UInt8]

    /// Makes a key whose certificate is valid between two times, in seconds since 1970.
    init(
        valid: Range<Double> = 1_700_000_000..<1_900_000_000,
        usage: KeyUsage? = KeyUsage(digitalSignature: true)
    ) throws {
        key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
        certificate = try Self.certificate(
            of: Certificate.PublicKey(key.publicKey),
            signedBy: Certificate.PrivateKey(key),
            valid: valid,
            usage: usage
        )
    }

    /// A certificate, in PEM.
    static func certificate(
        of key: Certificate.PublicKey,
        signedBy issuer: Certificate.PrivateKey,
        valid: Range<Double> = 1_700_000_000..<1_900_000_000,
        usage: KeyUsage? = nil
    ) throws -> [UInt8] {
        let name = try DistinguishedName { CommonName("sns.amazonaws.com") }
        let certificate = try Certificate(
            version: .v3,
            serialNumber: Certificate.SerialNumber(),
            publicKey: key,
            notValidBefore: Date(timeIntervalSince1970: valid.lowerBound),
            notValidAfter: Date(timeIntervalSince1970: valid.upperBound),
            issuer: name,
            subject: name,
            extensions: try Certificate.Extensions { if let usage { usage } },
            issuerPrivateKey: issuer
        )
        return Array(try certificate.serializeAsPEM().pemString.utf8)
    }

    /// A signed message: its fields, of which those that SNS signs are signed.
    func message(
        _ fields: [String: String] = [:],
        version: String = "2",
        at time: String = "2026-01-31T09:30:05.250Z",
        url: String = SNSKnownAnswer.url
    ) throws -> [UInt8] {
        var all = [
            "Type": "Notification", "MessageId": "m-1", "TopicArn": SNSKnownAnswer.topic,
            "Message": "{}", "Timestamp": time,
        ]
        all.merge(fields) { $1 }
        let text = all.sorted { $0.key < $1.key }.map { "\($0.key)\n\($0.value)\n" }.joined()
        let bytes = Array(text.utf8)
        let signature =
            version == "1"
            ? try key.signature(for: Insecure.SHA1.hash(data: bytes), padding: .insecurePKCS1v1_5)
            : try key.signature(for: SHA256.hash(data: bytes), padding: .insecurePKCS1v1_5)
        all["SignatureVersion"] = version
        all["Signature"] = signature.rawRepresentation.base64EncodedString()
        all["SigningCertURL"] = url
        return Array(try JSONSerialization.data(withJSONObject: all))
    }
}
