import Crypto
import Foundation
import PostmeterModel
import PostmeterWebhooks
import Testing

@Suite struct StandardWebhooksTests {
    // The known answer that the libraries of Standard Webhooks are tested with.
    private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    private static let id = "msg_p5jXN8AQM9LWM0D4loKWxJek"
    private static let timestamp: UInt64 = 1_614_265_330
    private static let body = Array(#"{"test": 2432232314}"#.utf8)
    private static let signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

    private static func headers(
        _ family: String = "webhook",
        id: String? = id,
        timestamp: String? = "\(timestamp)",
        signature: String? = signature
    ) -> WebhookHeaders {
        var headers = WebhookHeaders([("Content-Type", "application/json")])
        if let id { headers.add("\(family)-id", id) }
        if let timestamp { headers.add("\(family)-timestamp", timestamp) }
        if let signature { headers.add("\(family)-signature", signature) }
        return headers
    }

    private static func verify(
        _ headers: WebhookHeaders,
        body: [UInt8] = body,
        secrets: [String] = [secret],
        now: UnixTime = UnixTime(seconds: timestamp)
    ) throws -> Verification {
        let webhooks = try StandardWebhooks(secrets: secrets)
        return body.withUnsafeBytes { webhooks.verify(headers, body: $0, now: now) }
    }

    /// A signature made without the code under test.
    private static func sign(_ body: [UInt8], secret: [UInt8], id: String = id, timestamp: String) -> String {
        let content = Data("\(id).\(timestamp).".utf8) + Data(body)
        let code = HMAC<SHA256>.authenticationCode(for: content, using: SymmetricKey(data: secret))
        return "v1," + Data(code).base64EncodedString()
    }

    @Test(arguments: ["webhook", "svix", "Webhook", "SVIX"])
    func `the known answer is valid under both families of names in any case`(family: String) throws {
        #expect(try Self.verify(Self.headers(family)) == .valid)
    }

    @Test(arguments: [
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        " whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n",
    ])
    func `a secret is taken with or without prefix and white space`(secret: String) throws {
        #expect(try Self.verify(Self.headers(), secrets: [secret]) == .valid)
    }

    @Test(arguments: 16...75) func `secrets of each length are taken padded and unpadded`(length: Int) throws
    {
        let key = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 11) }
        let padded = Data(key).base64EncodedString()
        let signature = Self.sign(Self.body, secret: key, timestamp: "\(Self.timestamp)")
        for secret in [padded, padded.replacing("=", with: ""), "whsec_" + padded] {
            #expect(try Self.verify(Self.headers(signature: signature), secrets: [secret]) == .valid)
        }
    }

    @Test func `each of several secrets is live`() throws {
        let other = "whsec_" + Data(repeating: 7, count: 32).base64EncodedString()
        #expect(try Self.verify(Self.headers(), secrets: [other, Self.secret]) == .valid)
        #expect(try Self.verify(Self.headers(), secrets: [Self.secret, other]) == .valid)
        #expect(try Self.verify(Self.headers(), secrets: [other]) == .invalid(.noMatch))
    }

    @Test(arguments: [
        "v1,AAAA \(signature)", "\(signature) v1,bm90IGl0", "v0,xyz v1a,abc  \(signature)",
        "v1,\(Data(repeating: 1, count: 32).base64EncodedString()) \(signature)",
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE",
    ])
    func `one good signature in a list is enough`(list: String) throws {
        #expect(try Self.verify(Self.headers(signature: list)) == .valid)
    }

    @Test(arguments: [
        " ", ",", "v1", "v1,", "v1,=", "v1,====", "v0,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        "V1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", "v1,g0hM9SsE+OTPJTGt_tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ",
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=AAAA", String(repeating: "v1,AAAA ", count: 5_000),
        "v1,\u{FF}",
    ])
    func `other entries match nothing`(list: String) throws {
        #expect(try Self.verify(Self.headers(signature: list)) == .invalid(.noMatch))
    }

    @Test func `a flipped bit anywhere is seen`() throws {
        for index in Self.body.indices {
            for bit in 0..<8 {
                var changed = Self.body
                changed[index] ^= 1 << bit
                #expect(try Self.verify(Self.headers(), body: changed) == .invalid(.noMatch))
            }
        }
        #expect(try Self.verify(Self.headers(id: Self.id + "x")) == .invalid(.noMatch))
        #expect(try Self.verify(Self.headers(timestamp: "\(Self.timestamp + 1)")) == .invalid(.noMatch))
        #expect(try Self.verify(Self.headers(), body: Self.body + [0x0A]) == .invalid(.noMatch))
        #expect(try Self.verify(Self.headers(), body: []) == .invalid(.noMatch))
        let code = Array(try #require(Data(base64Encoded: String(Self.signature.dropFirst(3)))))
        for index in code.indices {
            var changed = code
            changed[index] ^= 0x80
            let signature = "v1," + Data(changed).base64EncodedString()
            #expect(try Self.verify(Self.headers(signature: signature)) == .invalid(.noMatch))
        }
    }

    @Test(arguments: [0, 1, 63, 64, 65, 1_000, 1_048_576]) func `bodies of any size verify`(size: Int) throws
    {
        let body = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 131) }
        let key = [UInt8](repeating: 9, count: 24)
        let signature = Self.sign(body, secret: key, timestamp: "\(Self.timestamp)")
        let secret = Data(key).base64EncodedString()
        let headers = Self.headers("svix", signature: signature)
        #expect(try Self.verify(headers, body: body, secrets: [secret]) == .valid)
    }

    @Test(arguments: [
        (-300, Verification.valid), (-301, .invalid(.future)), (300, .valid), (301, .invalid(.stale)),
        (100_000_000, .invalid(.stale)), (-1_000_000_000, .invalid(.future)),
    ])
    func `the clocks may differ by five minutes either way`(ahead: Int, expected: Verification) throws {
        let now = UnixTime(seconds: UInt64(Int(Self.timestamp) + ahead))
        #expect(try Self.verify(Self.headers(), now: now) == expected)
    }

    @Test(arguments: [
        "", " ", "x", "-1", "+1614265330", "1614265330.5", "1614265330 ", " 1614265330", "0x60", "१६१४२६५३३०",
        "999999999999", "18446744073709551616",
    ])
    func `a timestamp that is no number of seconds is refused`(timestamp: String) throws {
        let expected: VerificationFailure =
            timestamp.isEmpty ? .missingHeader("webhook-timestamp") : .badTimestamp
        #expect(try Self.verify(Self.headers(timestamp: timestamp)) == .invalid(expected))
    }

    @Test func `a missing header is named`() throws {
        #expect(try Self.verify(Self.headers(id: nil)) == .invalid(.missingHeader("webhook-id")))
        #expect(
            try Self.verify(Self.headers("svix", timestamp: nil))
                == .invalid(.missingHeader("svix-timestamp"))
        )
        #expect(
            try Self.verify(Self.headers("svix", signature: nil))
                == .invalid(.missingHeader("svix-signature"))
        )
        #expect(try Self.verify(WebhookHeaders()) == .invalid(.missingHeader("svix-id")))
        var mixed = Self.headers("webhook")
        mixed.add("svix-signature", Self.signature)
        #expect(try Self.verify(mixed) == .invalid(.missingHeader("svix-id")))
    }

    @Test(
        arguments: [
            ([], WebhookSecretError.none),
            ([String](repeating: secret, count: 9), .tooMany(count: 9, limit: 8)),
            (
                [secret, "whsk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
                .unsupportedScheme(place: 2, prefix: "whsk_")
            ),
            (["whpk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"], .unsupportedScheme(place: 1, prefix: "whpk_")),
            (["not base64!"], .notBase64(place: 1)),
            ([String(repeating: "A", count: 100_000)], .notBase64(place: 1)),
            ([secret, ""], .badLength(place: 2, bytes: 0)), (["whsec_"], .badLength(place: 1, bytes: 0)),
            (["AAAAAAAAAAAAAAAAAAAA"], .badLength(place: 1, bytes: 15)),
            ([String(repeating: "A", count: 104)], .badLength(place: 1, bytes: 78)),
        ] as [([String], WebhookSecretError)]
    )
    func `a bad secret is refused by its place`(secrets: [String], expected: WebhookSecretError) {
        #expect(throws: expected) { try StandardWebhooks(secrets: secrets) }
    }

    @Test func `what is said of a failure shows neither secret nor signature`() {
        let failures: [VerificationFailure] = [
            .missingHeader("svix-id"), .badTimestamp, .stale, .future, .noMatch,
        ]
        for failure in failures {
            #expect(failure.sentence.hasSuffix("."))
            #expect(!failure.sentence.contains("v1,"))
        }
        #expect(Set(failures.map(\.word)).count == failures.count)
        #expect(!"\(WebhookSecretError.notBase64(place: 3))".contains("MfKQ"))
    }

    @Test func `one verifier serves many threads at once`() async throws {
        let webhooks = try StandardWebhooks(secrets: [Self.secret])
        let valid = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    (0..<200).reduce(0) { count, _ in
                        let verdict = Self.body.withUnsafeBytes {
                            webhooks.verify(
                                Self.headers(),
                                body: $0,
                                now: UnixTime(seconds: Self.timestamp)
                            )
                        }
                        return count + (verdict == .valid ? 1 : 0)
                    }
                }
            }
            return await group.reduce(0, +)
        }
        #expect(valid == 800)
    }

    @Test func `an id is kept on one line`() throws {
        #expect(try StandardWebhooks.eventID(in: WebhookHeaders([("svix-id", "msg\t1\u{7F}")])) == "msg 1 ")
        #expect(try StandardWebhooks.eventID(in: WebhookHeaders([("svix-id", Self.id)])) == Self.id)
    }
}
