import Crypto
import CryptoExtras
import Foundation
import PostmeterModel
import SwiftASN1
import Testing
import X509

@testable import PostmeterSimulator

@Suite struct SNSSignerTests {
    private static func signer() throws -> SNSSigner {
        try SNSSigner(topic: "arn:a", host: "127.0.0.1:7", now: UnixTime(seconds: 1_760_000_000))
    }

    @Test(arguments: [("msg_a", "2"), ("msg_b", "1")])
    func `a message is signed over its fields in order, with the key of the certificate`(
        id: String,
        version: String
    ) throws {
        let signer = try Self.signer()
        let body = signer.message(id: id, seconds: 1_760_000_000, document: Array("{\"a\":\"\\n\"}\nb".utf8))
        let fields = try #require(JSONSerialization.jsonObject(with: Data(body)) as? [String: String])
        #expect(fields["SignatureVersion"] == version)
        #expect(fields["Message"] == "{\"a\":\"\\n\"}\nb")
        let text = Array(
            ("Message\n{\"a\":\"\\n\"}\nb\nMessageId\n\(id)\nTimestamp\n2025-10-09T08:53:20.000Z\n"
                + "TopicArn\narn:a\nType\nNotification\n").utf8
        )
        let raw = try #require(Data(base64Encoded: fields["Signature"] ?? ""))
        let signature = _RSA.Signing.RSASignature(rawRepresentation: raw)
        let certificate = try Certificate(pemEncoded: String(decoding: signer.certificate, as: UTF8.self))
        let key = try #require(_RSA.Signing.PublicKey(certificate.publicKey))
        let isValid =
            version == "1"
            ? key.isValidSignature(
                signature,
                for: Insecure.SHA1.hash(data: text),
                padding: .insecurePKCS1v1_5
            )
            : key.isValidSignature(signature, for: SHA256.hash(data: text), padding: .insecurePKCS1v1_5)
        #expect(isValid)
    }

    @Test func `the certificate holds from a day before for a year`() throws {
        let signer = try Self.signer()
        let certificate = try Certificate(pemEncoded: String(decoding: signer.certificate, as: UTF8.self))
        #expect(certificate.notValidBefore == Date(timeIntervalSince1970: 1_759_913_600))
        #expect(certificate.notValidAfter == Date(timeIntervalSince1970: 1_791_536_000))
        #expect(signer.certificateURL == "http://127.0.0.1:7\(signer.path)")
    }

    @Test func `each certificate has a URL of its own, by which a collector keeps it`() throws {
        let (first, second) = (try Self.signer(), try Self.signer())
        #expect(first.path.hasPrefix("/SimpleNotificationService-"))
        #expect(first.path.hasSuffix(".pem"))
        #expect(first.path != second.path)
    }
}
