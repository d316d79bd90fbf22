import Crypto
import Foundation
import PostmeterModel
import PostmeterWebhooks
import Testing

/// The signatures of generic platforms.
@Suite struct KeyedSignaturesTests {
    private static let now: UInt64 = 1_769_851_805
    private static let secret = "whsec_correct-horse"
    private static let body = Array(#"{"type":"sent"}"#.utf8) + [0x0D, 0x0A]

    private static func verify(
        _ signature: String?, _ headers: [(name: String, value: String)], body: [UInt8] = body,
        secrets: [String] = [secret], now: UInt64 = now
    ) throws -> Verification {
        let options = try GenericSamples.options(signature: signature)
        let endpoint = try Generic(WebhookSetup(secrets: secrets, options: options))
        return body.withUnsafeBytes {
            endpoint.verify(
                WebhookHeaders(headers), body: $0, now: UnixTime(nanoseconds: now * 1_000_000_000 + 7))
        }
    }

    private static func code(_ content: [UInt8], _ secret: String = secret) -> Data {
        Data(HMAC<SHA256>.authenticationCode(for: content, using: SymmetricKey(data: Data(secret.utf8))))
    }

    private static func hex(_ data: Data) -> String {
        data.map { String(format: "%02x", $0) }.joined()
    }

    private static let plain = #"{"scheme":"hmac_sha256","header":"X-Signature"}"#

    /// Made with OpenSSL: `openssl dgst -sha256 -hmac key-of-the-fox`.
    @Test func `the known answer is valid`() throws {
        let body = Array("The quick brown fox jumps over the lazy dog".utf8)
        let code = "99798cae9b226b8366b2d4f92fe9b2050e7307eb48ea91bfcd551eb936c72ced"
        let secrets = ["key-of-the-fox"]
        #expect(try Self.verify(Self.plain, [("X-Signature", code)], body: body, secrets: secrets) == .valid)
    }

    @Test func `a code in hexadecimal of either case, or in base64, is valid`() throws {
        let code = Self.code(Self.body)
        #expect(try Self.verify(Self.plain, [("x-signature", Self.hex(code))]) == .valid)
        #expect(try Self.verify(Self.plain, [("X-Signature", Self.hex(code).uppercased())]) == .valid)
        let base64 = #"{"scheme":"hmac_sha256","header":"X-Signature","encoding":"base64"}"#
        #expect(try Self.verify(base64, [("X-Signature", code.base64EncodedString())]) == .valid)
        #expect(
            try Self.verify(base64, [("X-Signature", String(code.base64EncodedString().dropLast()))])
                == .valid)
        #expect(try Self.verify(base64, [("X-Signature", Self.hex(code))]) == .invalid(.noMatch))
        #expect(
            try Self.verify(Self.plain, [("X-Signature", code.base64EncodedString())]) == .invalid(.noMatch))
    }

    @Test func `each flipped bit of the body, the code and the secret is refused`() throws {
        let code = Self.hex(Self.code(Self.body))
        for place in Self.body.indices {
            var body = Self.body
            body[place] ^= 1
            #expect(try Self.verify(Self.plain, [("X-Signature", code)], body: body) == .invalid(.noMatch))
        }
        for place in code.indices {
            let digit = code[place] == "0" ? "1" : "0"
            let changed = code.replacingCharacters(in: place...place, with: digit)
            #expect(try Self.verify(Self.plain, [("X-Signature", changed)]) == .invalid(.noMatch))
        }
        #expect(
            try Self.verify(Self.plain, [("X-Signature", code)], secrets: ["whsec_correct-horsf"])
                == .invalid(.noMatch))
        #expect(try Self.verify(Self.plain, [("X-Signature", String(code.dropLast()))]) == .invalid(.noMatch))
        #expect(try Self.verify(Self.plain, [("X-Signature", code + "0")]) == .invalid(.noMatch))
    }

    @Test func `a header that is not there is named`() throws {
        #expect(try Self.verify(Self.plain, []) == .invalid(.missingHeader("x-signature")))
        #expect(try Self.verify(Self.plain, [("X-Signature", "")]) == .invalid(.missingHeader("x-signature")))
        #expect(try Self.verify(Self.plain, [("X-Signature", "zz")]) == .invalid(.noMatch))
    }

    @Test func `several secrets and several codes may be live, up to eight`() throws {
        let (old, new) = (Self.code(Self.body, "the old secret"), Self.code(Self.body, "the new secret"))
        let both = ["the old secret", "the new secret"]
        for code in [old, new] {
            #expect(try Self.verify(Self.plain, [("X-Signature", Self.hex(code))], secrets: both) == .valid)
        }
        let junk = Self.hex(Self.code([], "another secret"))
        let list = Array(repeating: junk, count: 7).joined(separator: ", ")
        let listed = [(name: "X-Signature", value: "\(list),\(Self.hex(new))")]
        #expect(try Self.verify(Self.plain, listed, secrets: ["the new secret"]) == .valid)
        let late = [(name: "X-Signature", value: "\(list) \(junk) \(Self.hex(new))")]
        #expect(try Self.verify(Self.plain, late, secrets: ["the new secret"]) == .invalid(.noMatch))
    }

    @Test func `a prefix stands before the code`() throws {
        let signature = #"{"scheme":"hmac_sha256","header":"X-Hub-Signature-256","prefix":"sha256="}"#
        let code = Self.hex(Self.code(Self.body))
        #expect(try Self.verify(signature, [("X-Hub-Signature-256", "sha256=" + code)]) == .valid)
        #expect(try Self.verify(signature, [("X-Hub-Signature-256", "sha1=00,sha256=" + code)]) == .valid)
        #expect(try Self.verify(signature, [("X-Hub-Signature-256", code)]) == .invalid(.noMatch))
    }

    private static let timed = """
        {"scheme":"hmac_sha256","header":"X-Signature","signed":"{timestamp}.{body}","timestamp":{"header":"X-Time"}}
        """

    /// As Emailit signs: keyed by the whole text that is shown, `whsec_` and all.
    private static func emailit(_ time: UInt64) -> [(name: String, value: String)] {
        [("X-Time", "\(time)"), ("X-Signature", hex(code(Array("\(time).".utf8) + body)))]
    }

    @Test(
        arguments: [(0, nil), (-300, nil), (300, nil), (-301, .stale), (301, .future)]
            as [(Int, VerificationFailure?)])
    func `a signed time may be five minutes off`(offset: Int, failure: VerificationFailure?) throws {
        let verdict = try Self.verify(Self.timed, Self.emailit(UInt64(Int(Self.now) + offset)))
        #expect(verdict == failure.map(Verification.invalid) ?? .valid)
    }

    @Test func `a time that is missing, no number, or changed is refused`() throws {
        let headers = Self.emailit(Self.now)
        #expect(try Self.verify(Self.timed, [headers[1]]) == .invalid(.missingHeader("x-time")))
        for text in ["yesterday", "1e9", "-1", "1769851805250", "0x6980"] {
            #expect(try Self.verify(Self.timed, [("X-Time", text), headers[1]]) == .invalid(.badTimestamp))
        }
        #expect(
            try Self.verify(Self.timed, [("X-Time", "\(Self.now + 1)"), headers[1]]) == .invalid(.noMatch))
        // Signed as it is written, not as the number that it is.
        #expect(try Self.verify(Self.timed, [("X-Time", "\(Self.now).0"), headers[1]]) == .invalid(.noMatch))
    }

    @Test func `a tolerance of its own, milliseconds and a list that holds time and code are taken`() throws {
        let signature = """
            {"scheme":"hmac_sha256","header":"X-Signature","prefix":"v1=","signed":"{timestamp}.{body}",\
            "timestamp":{"prefix":"t=","format":"unix_ms","tolerance":"10s"}}
            """
        func headers(_ milliseconds: UInt64) -> [(name: String, value: String)] {
            let code = Self.hex(Self.code(Array("\(milliseconds).".utf8) + Self.body))
            return [("X-Signature", "t=\(milliseconds),v1=\(code)")]
        }
        #expect(try Self.verify(signature, headers(Self.now * 1_000 + 250)) == .valid)
        #expect(try Self.verify(signature, headers((Self.now - 11) * 1_000)) == .invalid(.stale))
        #expect(try Self.verify(signature, [("X-Signature", "v1=00")]) == .invalid(.badTimestamp))
    }

    @Test func `an id that is signed is part of what is proved`() throws {
        let signature = """
            {"scheme":"hmac_sha256","header":"X-Signature","signed":"v0:{id}:{timestamp}:{body}:end",\
            "timestamp":{"header":"X-Time","format":"rfc3339"},"id_header":"X-Event"}
            """
        let time = "2026-01-31T09:30:05Z"
        let code = Self.hex(Self.code(Array("v0:evt_1:\(time):".utf8) + Self.body + Array(":end".utf8)))
        func headers(_ id: String) -> [(name: String, value: String)] {
            [("X-Event", id), ("X-Time", time), ("X-Signature", code)]
        }
        #expect(try Self.verify(signature, headers("evt_1")) == .valid)
        #expect(try Self.verify(signature, headers("evt_2")) == .invalid(.noMatch))
        #expect(try Self.verify(signature, headers("")) == .invalid(.missingHeader("x-event")))
    }

    @Test func `the other schemes are those of their own files`() throws {
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
        let headers = [
            (name: "webhook-id", value: "msg_p5jXN8AQM9LWM0D4loKWxJek"), ("webhook-timestamp", "1614265330"),
            ("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
        ]
        let body = Array(#"{"test": 2432232314}"#.utf8)
        let verdict = try Self.verify(nil, headers, body: body, secrets: [secret], now: 1_614_265_330)
        #expect(verdict == .valid)
        let shared = #"{"scheme":"shared_secret"}"#
        #expect(
            try Self.verify(
                shared, [("X-Postmeter-Secret", "a-long-value")],
                secrets: ["X-Postmeter-Secret: a-long-value"]) == .valid)
        #expect(
            try Self.verify(
                shared, [("X-Postmeter-Secret", "b")], secrets: ["X-Postmeter-Secret: a-long-value"])
                == .invalid(.wrongSecret))
    }

    @Test func `only a signature that tells the time tells that the clock is right`() throws {
        func isTimed(_ signature: String?, _ secret: String = KeyedSignaturesTests.secret) throws -> Bool {
            let options = try GenericSamples.options(signature: signature)
            return try Generic(WebhookSetup(secrets: [secret], options: options)).isTimed
        }
        #expect(try isTimed(nil, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
        #expect(try isTimed(Self.timed))
        #expect(try !isTimed(Self.timed.replacing(#""X-Time""#, with: #""X-Time","tolerance":"1h""#)))
        #expect(try !isTimed(Self.plain))
        #expect(try !isTimed(#"{"scheme":"shared_secret"}"#, "user:password"))
    }

    @Test(arguments: [
        ([], WebhookSecretError.none), (Array(repeating: "a secret", count: 9), .tooMany(count: 9, limit: 8)),
        (["a secret", "short"], .badTextLength(place: 2, bytes: 5)),
        ([""], .badTextLength(place: 1, bytes: 0)),
        ([String(repeating: "a", count: 1_025)], .badTextLength(place: 1, bytes: 1_025)),
        (["a secret\n"], .notPlainText(place: 1)), ([" a secret"], .notPlainText(place: 1)),
        (["a secret "], .notPlainText(place: 1)),
    ])
    func `a secret that cannot be meant is refused by its place`(secrets: [String], error: WebhookSecretError)
        throws
    {
        let options = try GenericSamples.options(signature: Self.plain)
        #expect(throws: WebhookSetupError.secret(error)) {
            try Generic(WebhookSetup(secrets: secrets, options: options))
        }
        #expect(!"\(error)".contains("a secret"))
    }
}
