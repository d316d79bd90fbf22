internal import Crypto
internal import CryptoExtras
internal import FoundationEssentials
internal import PostmeterModel
internal import SwiftASN1
internal import X509

/// Puts documents into the signed messages that Amazon SNS posts, with a key and a certificate of its own.
///
/// Source: the Amazon SNS Developer Guide, "Verifying the signatures of Amazon SNS messages".
struct SNSSigner: Sendable {
    private let key: _RSA.Signing.PrivateKey
    private let topic: String
    /// The certificate of the key, in PEM; it holds from a day ago for a year.
    let certificate: [UInt8]
    /// The path of the certificate's URL: another one for each certificate, as Amazon's are, since a receiver
    /// keeps what it fetched from a URL.
    let path: String
    /// Where the certificate is to be found.
    let certificateURL: String

    /// Makes a key and its certificate.
    ///
    /// - Parameters:
    ///   - topic: The ARN of the topic that messages say they are of.
    ///   - host: The host and port that the certificate is served on.
    ///   - now: When the certificate is made.
    init(topic: String, host: String, now: UnixTime) throws(SimulatorError) {
        self.topic = topic
        let name = String(UInt64.random(in: 0...UInt64.max), radix: 16)
        path = "/SimpleNotificationService-\(name).pem"
        certificateURL = "http://\(host)\(path)"
        do {
            key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
            certificate = try Self.certificate(of: key, now: now)
        } catch {
            throw .noCertificate("\(error)")
        }
    }

    private static func certificate(of key: _RSA.Signing.PrivateKey, now: UnixTime) throws -> [UInt8] {
        let time = Date(timeIntervalSince1970: Double(now.nanoseconds) / 1e9)
        let name = try DistinguishedName { CommonName("sns.amazonaws.com") }
        let certificate = try Certificate(
            version: .v3,
            serialNumber: Certificate.SerialNumber(),
            publicKey: Certificate.PublicKey(key.publicKey),
            notValidBefore: time - 86_400,
            notValidAfter: time + 365 * 86_400,
            issuer: name,
            subject: name,
            signatureAlgorithm: .sha256WithRSAEncryption,
            extensions: Certificate.Extensions { KeyUsage(digitalSignature: true) },
            issuerPrivateKey: Certificate.PrivateKey(key)
        )
        return Array(try certificate.serializeAsPEM().pemString.utf8)
    }

    /// The message that holds a document.
    ///
    /// Both versions of signatures are used, each by half of the ids.
    func message(id: String, seconds: UInt64, document: [UInt8]) -> [UInt8] {
        let isFirst = (id.utf8.last ?? 0) & 1 == 0
        let time = InstantText.milliseconds(UnixTime(nanoseconds: seconds * 1_000_000_000))
        let text = String(decoding: document, as: UTF8.self)
        let signed = Array(
            """
            Message
            \(text)
            MessageId
            \(id)
            Timestamp
            \(time)
            TopicArn
            \(topic)
            Type
            Notification

            """.utf8
        )
        var writer = JSONWriter(isIndented: true)
        writer.object { root in
            root.member("Type", "Notification")
            root.member("MessageId", id)
            root.member("TopicArn", topic)
            root.member("Message", text)
            root.member("Timestamp", time)
            root.member("SignatureVersion", isFirst ? "1" : "2")
            root.member("Signature", Base64Text.encode(signature(of: signed, isFirst: isFirst)))
            root.member("SigningCertURL", certificateURL)
        }
        return writer.bytes
    }

    /// The signature of some bytes; empty, and so refused, should the key not sign.
    private func signature(of bytes: [UInt8], isFirst: Bool) -> [UInt8] {
        let signature =
            isFirst
            ? try? key.signature(for: Insecure.SHA1.hash(data: bytes), padding: .insecurePKCS1v1_5)
            : try? key.signature(for: SHA256.hash(data: bytes), padding: .insecurePKCS1v1_5)
        return signature.map { Array($0.rawRepresentation) } ?? []
    }
}
