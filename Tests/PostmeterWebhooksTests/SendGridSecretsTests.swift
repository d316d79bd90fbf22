import Crypto
import Foundation
import PostmeterModel
import PostmeterWebhooks
import Testing

@Suite struct SendGridSecretsTests {
    private static let signatureHeader = "X-Twilio-Email-Event-Webhook-Signature"
    private static let timestampHeader = "X-Twilio-Email-Event-Webhook-Timestamp"
    private static let form = "multipart/form-data; boundary=x"

    // The known answer that SendGrid's own library is tested with.
    private static let key =
        "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+"
        + "2fNNRaINXvVpiglSI8eNEc6wEA3F+g=="
    private static let signature =
        "MEUCIGHQVtGj+Y3LkG9fLcxf3qfI10QysgDWmMOVmxG0u6ZUAiEAyBiXDWzM+uOe5W0JuG+luQAbPIqHh89M15TluLtEZtM="
    private static let timestamp = "1600112502"
    private static let body = """
        [{"email":"hello@world.com","event":"dropped","reason":"Bounced Address",\
        "sg_event_id":"ZHJvcC0xMDk5NDkxOS1MUnpYbF9OSFN0T0doUTRrb2ZTbV9BLTA",\
        "sg_message_id":"LRzXl_NHStOGhQ4kofSm_A.filterdrecv-p3mdw1-756b745b58-kmzbl-18-5F5FC76C-9.0",\
        "smtp-id":"<LRzXl_NHStOGhQ4kofSm_A@ismtpd0039p1iad1.sendgrid.net>","timestamp":1600112492}]\r\n
        """

    private static let own = P256.Signing.PrivateKey()
    private static var ownKey: String { own.publicKey.derRepresentation.base64EncodedString() }

    private func verify(
        _ secrets: [String],
        _ headers: [(name: String, value: String)],
        body: String = body,
        now: UInt64 = 1_600_112_502
    ) throws -> (verdict: Verification, status: Int) {
        let endpoint = try SendGrid(WebhookSetup(secrets: secrets))
        let headers = WebhookHeaders(headers)
        let verdict = Array(body.utf8).withUnsafeBytes {
            endpoint.verify(headers, body: $0, now: UnixTime(seconds: now))
        }
        guard case .invalid(let failure) = verdict else { return (verdict, 200) }
        return (verdict, endpoint.status(refusing: failure, headers))
    }

    private func knownAnswer(
        signature: String = signature,
        timestamp: String = timestamp
    ) -> [(name: String, value: String)] {
        [(Self.signatureHeader, signature), (Self.timestampHeader, timestamp)]
    }

    private func signed(
        _ body: String,
        at timestamp: String,
        type: String = "application/json"
    ) throws -> [(name: String, value: String)] {
        let code = try Self.own.signature(for: Data((timestamp + body).utf8)).derRepresentation
        return knownAnswer(signature: code.base64EncodedString(), timestamp: timestamp) + [
            ("Content-Type", type)
        ]
    }

    private func sent(
        _ credentials: String,
        type: String = form
    ) -> [(name: String, value: String)] {
        [("Authorization", "Basic " + Data(credentials.utf8).base64EncodedString()), ("Content-Type", type)]
    }

    @Test func `the known answer is valid, with the line break behind the body`() throws {
        #expect(try verify([Self.key], knownAnswer()).verdict == .valid)
        #expect(
            try verify([Self.key], knownAnswer(), body: String(Self.body.dropLast())).verdict
                == .invalid(.noMatch))
        #expect(try verify([Self.key], knownAnswer(), body: Self.body + " ").verdict == .invalid(.noMatch))
        #expect(
            try verify([Self.key], knownAnswer(timestamp: "1600112503")).verdict == .invalid(.noMatch))
        #expect(try verify([Self.ownKey], knownAnswer()) == (.invalid(.noMatch), 401))
    }

    @Test func `any of several keys will do, in base64, in lines or in PEM's armour`() throws {
        let armoured = P256.Signing.PrivateKey().publicKey.pemRepresentation
        #expect(try verify([Self.ownKey, armoured, Self.key], knownAnswer()).verdict == .valid)
        let known = try P256.Signing.PublicKey(derRepresentation: try #require(Data(base64Encoded: Self.key)))
        let forms = [
            known.pemRepresentation, known.pemRepresentation.replacing("\n", with: "\r\n") + "\r\n",
            " \(Self.key)\n", Self.key.filter { $0 != "=" },
            String(Self.key.prefix(64)) + "\n  " + String(Self.key.dropFirst(64)),
        ]
        for form in forms {
            #expect(try verify([form], knownAnswer()).verdict == .valid, "\(form)")
        }
    }

    @Test(arguments: [
        "", "!", "AAAA", "MAYCAQECAQE=", String(repeating: "A", count: 10_000), signature + "AAAA",
    ])
    func `what is no signature of ECDSA matches nothing`(signature: String) throws {
        let verdict = try verify([Self.key], knownAnswer(signature: signature)).verdict
        let missing = Verification.invalid(.missingHeader("x-twilio-email-event-webhook-signature"))
        #expect(verdict == (signature.isEmpty ? missing : .invalid(.noMatch)))
    }

    @Test func `headers that are missing are named`() throws {
        #expect(
            try verify([Self.key], [(Self.timestampHeader, Self.timestamp)])
                == (.invalid(.missingHeader("x-twilio-email-event-webhook-signature")), 401))
        #expect(
            try verify([Self.key], [(Self.signatureHeader, Self.signature)])
                == (.invalid(.missingHeader("x-twilio-email-event-webhook-timestamp")), 401))
        #expect(
            try verify([Self.key], knownAnswer(timestamp: "")).verdict
                == .invalid(.missingHeader("x-twilio-email-event-webhook-timestamp")))
    }

    private static let ages: [(now: UInt64, expected: Verification)] = [
        (1_600_112_502, .valid), (1_600_375_302, .valid), (1_600_375_303, .invalid(.outlived(hours: 73))),
        (1_600_112_202, .valid), (1_600_112_201, .invalid(.future)),
    ]

    @Test(arguments: ages)
    func `a signature is good for as long as SendGrid tries, and five minutes ahead`(
        now: UInt64,
        expected: Verification
    ) throws {
        #expect(try verify([Self.key], knownAnswer(), now: now).verdict == expected)
    }

    @Test(arguments: ["2026-01-31T09:30:05Z", "1769851805000", "1769851805.5", "soon"])
    func `a timestamp that is no number of seconds is text that the signature covers`(timestamp: String)
        throws
    {
        #expect(
            try verify([Self.ownKey], try signed("[]", at: timestamp), body: "[]", now: 7).verdict == .valid)
        #expect(
            try verify([Self.ownKey], try signed("[]", at: timestamp), body: "[ ]", now: 7).verdict
                == .invalid(.noMatch))
    }

    @Test
    func `inbound mail needs a signature or a secret that is sent along, and is never refused with 4xx`()
        throws
    {
        let both = [Self.ownKey, "user:password", "X-Postmeter-Secret: value"]
        let signed = try signed("mail", at: "100", type: Self.form)
        for secrets in [[Self.ownKey], both] {
            #expect(try verify(secrets, signed, body: "mail", now: 100).verdict == .valid)
        }
        for secrets in [["user:password"], both] {
            #expect(try verify(secrets, sent("user:password"), body: "mail").verdict == .valid)
            #expect(try verify(secrets, sent("user:other"), body: "mail") == (.invalid(.wrongSecret), 503))
            #expect(
                try verify(secrets, [("Content-Type", Self.form)], body: "mail")
                    == (.invalid(.missingSecret("authorization")), 503))
        }
        let header = [("x-postmeter-secret", "value"), ("content-type", "Multipart/Form-Data; boundary=x")]
        #expect(try verify(both, header, body: "mail").verdict == .valid)
        #expect(
            try verify([Self.ownKey], sent("user:password"), body: "mail")
                == (.invalid(.missingHeader("x-twilio-email-event-webhook-signature")), 503))
        #expect(try verify([Self.ownKey], signed, body: "liam", now: 100) == (.invalid(.noMatch), 503))
        #expect(try verify(both, signed, body: "liam", now: 100) == (.invalid(.noMatch), 503))
    }

    @Test func `one proof is enough when mail carries two`() throws {
        let signed = try signed("mail", at: "100", type: Self.form)
        #expect(
            try verify(["user:password", Self.key], signed + sent("user:password"), body: "mail").verdict
                == .valid)
        #expect(
            try verify(["user:other", Self.ownKey], signed + sent("user:password"), body: "mail", now: 100)
                .verdict
                == .valid)
        #expect(try verify(["user:password"], signed + sent("user:password"), body: "mail").verdict == .valid)
    }

    @Test func `events need a signature, whatever is sent along`() throws {
        let headers = sent("user:password", type: "application/json")
        #expect(
            try verify([Self.ownKey, "user:password"], headers)
                == (.invalid(.missingHeader("x-twilio-email-event-webhook-signature")), 401))
        #expect(try verify(["user:password"], headers) == (.invalid(.noKey), 401))
        #expect(try verify(["user:password"], knownAnswer()) == (.invalid(.noKey), 401))
        #expect(VerificationFailure.noKey.sentence.contains("no verification key"))
        #expect(VerificationFailure.outlived(hours: 73).sentence.contains("more than 73 hours old"))
        #expect(VerificationFailure.outlived(hours: 73).isOfTime)
    }

    private static var otherCurve: String {
        P384.Signing.PrivateKey().publicKey.derRepresentation.base64EncodedString()
    }

    @Test func `secrets that are neither are refused by their place, with what to do`() {
        let noKey = "neither a verification key"
        let cases: [(secrets: [String], place: Int, words: String)] = [
            ([], 0, "no secret: give the verification key"),
            ([""], 1, noKey), (["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"], 1, noKey), (["AAAA"], 1, noKey),
            ([Self.key, "user"], 2, noKey), ([Self.key, Self.otherCurve], 2, noKey),
            (["-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----"], 1, noKey),
            ([Self.key, Self.own.pemRepresentation], 2, "is a private key"),
            ([Self.own.derRepresentation.base64EncodedString()], 1, "is a private key"),
            ([Self.key, ":password"], 2, "neither user:password"),
            ([Self.key, "a:b", "X-Other: value"], 3, "only header that is read"),
            (Array(repeating: Self.key, count: 9), 0, "9 secrets"),
        ]
        for (secrets, place, words) in cases {
            do throws(WebhookSetupError) {
                _ = try SendGrid(WebhookSetup(secrets: secrets))
                Issue.record("taken: \(secrets)")
            } catch {
                #expect(error.key == "secret")
                #expect(error.problem.contains(words), "\(error.problem)")
                #expect(place == 0 || error.problem.hasPrefix("secret \(place) "), "\(error.problem)")
            }
        }
    }
}
