import Crypto
import PostmeterModel
import PostmeterWebhooks
import Testing

@Suite struct MailgunSignatureTests {
    private typealias Fields = [(name: String, value: String)]

    private static func mailgun(_ secrets: [String] = [MailgunSamples.key]) throws -> Mailgun {
        try Mailgun(WebhookSetup(secrets: secrets))
    }

    private static func verify(
        _ mailgun: Mailgun,
        _ body: [UInt8],
        _ contentType: String? = "application/json",
        after seconds: Int64 = 0
    ) -> Verification {
        let now = UnixTime(seconds: UInt64(Int64(MailgunSamples.timestamp) + seconds))
        let headers = WebhookHeaders(contentType.map { [("Content-Type", $0)] } ?? [])
        return body.withUnsafeBytes { mailgun.verify(headers, body: $0, now: now) }
    }

    private static func verify(
        _ body: String,
        secrets: [String] = [MailgunSamples.key],
        after seconds: Int64 = 0
    ) throws -> Verification {
        verify(try mailgun(secrets), Array(body.utf8), after: seconds)
    }

    private static func signature(_ timestamp: String, _ token: String, _ code: String) -> String {
        "{\"timestamp\":\(timestamp),\"token\":\(token),\"signature\":\(code)}"
    }

    @Test func `a signature of another implementation is valid, from JSON and from both forms`() throws {
        #expect(try Self.verify(MailgunSamples.delivered) == .valid)
        let fields = MailgunSamples.route()
        for type in [MailgunSamples.encodedType, "Application/X-WWW-Form-Urlencoded; charset=utf-8"] {
            #expect(Self.verify(try Self.mailgun(), MailgunSamples.encoded(fields), type) == .valid)
        }
        #expect(
            Self.verify(try Self.mailgun(), MailgunSamples.multipart(fields), MailgunSamples.multipartType)
                == .valid)
        #expect(Self.verify(try Self.mailgun(), Array(MailgunSamples.delivered.utf8), nil) == .valid)
    }

    @Test func `known answers of Python's hmac hold, with the timestamp as text or number`() throws {
        let key = "key-3ax6xnjp29jd6fds4gc373sgvjxteol0"
        let code = "b63c0701c4f4b614f272106a1b367c5c3369bcdca664ae73ebd52787e45eef07"
        let token = "\"a8ce0edb2dd8301dee6c2405235584e45aa91d1e9f979f3de0\""
        let then = Int64(1_529_006_854) - Int64(MailgunSamples.timestamp)
        for timestamp in ["\"1529006854\"", "1529006854"] {
            for code in [code, code.uppercased()] {
                let signature = Self.signature(timestamp, token, "\"\(code)\"")
                let body = MailgunSamples.body("", signature: signature)
                #expect(try Self.verify(body, secrets: [key], after: then) == .valid)
            }
        }
    }

    @Test func `each of several keys is live, and white space around one does not matter`() throws {
        for place in 0..<8 {
            var secrets = (0..<8).map { "another-key-\($0)" }
            secrets[place] = " \(MailgunSamples.key)\n"
            #expect(try Self.verify(MailgunSamples.delivered, secrets: secrets) == .valid)
        }
        #expect(try Self.verify(MailgunSamples.delivered, secrets: ["another-key"]) == .invalid(.noMatch))
    }

    @Test func `a subaccount's webhook is valid by the key of its parent`() throws {
        let signature = """
            {"timestamp":"\(MailgunSamples.timestamp)","token":"\(MailgunSamples.token)",\
            "signature":"\(String(repeating: "0", count: 64))","parent-signature":"\(MailgunSamples.code)"}
            """
        #expect(try Self.verify(MailgunSamples.body("", signature: signature)) == .valid)
    }

    @Test(arguments: [0, 1, 31, 62, 63])
    func `a code with any digit changed is invalid`(place: Int) throws {
        var digits = Array(MailgunSamples.code)
        digits[place] = digits[place] == "0" ? "1" : "0"
        let body = MailgunSamples.delivered.replacing(MailgunSamples.code, with: String(digits))
        #expect(try Self.verify(body) == .invalid(.noMatch))
    }

    @Test(arguments: ["", "00", String(repeating: "g", count: 64), String(repeating: "é", count: 32)])
    func `what is no code is invalid`(code: String) throws {
        let body = MailgunSamples.delivered.replacing(MailgunSamples.code, with: code)
        #expect(try Self.verify(body) == .invalid(.noMatch))
    }

    @Test func `a changed timestamp or token is invalid`() throws {
        for (old, new) in [
            ("\"\(MailgunSamples.timestamp)\"", "\"1769851806\""), (MailgunSamples.token, "f2"),
        ] {
            let body = MailgunSamples.delivered.replacing(old, with: new)
            #expect(try Self.verify(body) == .invalid(.noMatch))
        }
    }

    @Test func `a digit moved from the token to the timestamp makes another time of it`() throws {
        // The token of this one begins with a digit; the signed text is the same.
        let (timestamp, token) = ("1769851805", "9d5f5b5e")
        let code = HMAC<SHA256>.authenticationCode(
            for: Array((timestamp + token).utf8),
            using: SymmetricKey(data: Array(MailgunSamples.key.utf8))
        ).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        func body(_ timestamp: String, _ token: String) -> String {
            MailgunSamples.body(
                "", signature: Self.signature("\"\(timestamp)\"", "\"\(token)\"", "\"\(code)\""))
        }
        #expect(try Self.verify(body(timestamp, token)) == .valid)
        #expect(try Self.verify(body(timestamp + "9", "d5f5b5e")) == .invalid(.future))
        #expect(try Self.verify(body("176985180", "5" + token)) == .invalid(.outlived(hours: 24)))
        #expect(
            try Self.verify(body(timestamp + token, ""))
                == .invalid(.malformed("signature (timestamp, token, signature)")))
    }

    @Test func `a signature is good for a day back and five minutes ahead`() throws {
        let body = MailgunSamples.delivered
        #expect(try Self.verify(body, after: 86_400) == .valid)
        #expect(try Self.verify(body, after: 86_401) == .invalid(.outlived(hours: 24)))
        #expect(try Self.verify(body, after: -300) == .valid)
        #expect(try Self.verify(body, after: -301) == .invalid(.future))
        // Only a genuine signature says anything of the clock.
        #expect(try Self.verify(body, secrets: ["another-key"], after: 86_401) == .invalid(.noMatch))
        #expect(VerificationFailure.outlived(hours: 24).isOfTime)
        #expect(VerificationFailure.outlived(hours: 24).sentence.contains("24 hours"))
    }

    @Test(arguments: [
        "\"\"", "\" 1\"", "\"+1769851805\"", "\"1769851805.5\"", "\"0x1\"", "\"176985180500\"", "-5",
    ])
    func `a timestamp that is no whole number of seconds is refused`(timestamp: String) throws {
        let signature = Self.signature(timestamp, "\"t\"", "\"\(MailgunSamples.code)\"")
        let verdict = try Self.verify(MailgunSamples.body("", signature: signature))
        #expect(verdict == .invalid(.badTimestamp) || timestamp == "\"\"")
    }

    @Test(
        arguments: [
            ("{\"event-data\":{}}", "signature (timestamp, token, signature)"),
            ("{\"signature\":{}}", "signature (timestamp, token, signature)"),
            ("{\"signature\":[]}", "signature (timestamp, token, signature)"),
            ("{\"signature\":{\"timestamp\":1,\"token\":7}}", "signature (timestamp, token, signature)"),
            ("", "its JSON"), ("{", "its JSON"), ("[]", "signature (timestamp, token, signature)"),
            (String(repeating: " ", count: (1 << 20) + 1), "a size of at most 1 MiB, or 1000 fields,"),
        ]
    )
    func `a body without a signature is refused in words`(body: String, field: String) throws {
        #expect(try Self.verify(body) == .invalid(.malformed(field)))
        #expect(VerificationFailure.malformed(field).word == "malformed")
        #expect(VerificationFailure.malformed(field).sentence.contains(field))
    }

    @Test func `a form without a signature is refused in words`() throws {
        let unsigned = MailgunSamples.route().filter { $0.name != "token" }
        let missing = Verification.invalid(.malformed("signature (timestamp, token, signature)"))
        #expect(
            Self.verify(try Self.mailgun(), MailgunSamples.encoded(unsigned), MailgunSamples.encodedType)
                == missing)
        let cut = Array(MailgunSamples.multipart(MailgunSamples.route()).dropLast(8))
        #expect(
            Self.verify(try Self.mailgun(), cut, MailgunSamples.multipartType)
                == .invalid(.malformed("its form")))
    }

    @Test func `a token with the same body is a retry, with another it is refused with 406`() throws {
        let mailgun = try Self.mailgun()
        let body = Array(MailgunSamples.delivered.utf8)
        #expect(Self.verify(mailgun, body) == .valid)
        #expect(Self.verify(mailgun, body, after: 3_600) == .valid)
        let other = Array(MailgunSamples.event("opened").utf8)
        #expect(Self.verify(mailgun, other) == .invalid(.replayed))
        #expect(Self.verify(mailgun, body) == .valid)
        // What is not genuine takes no place in the table.
        let forged = MailgunSamples.delivered.replacing(MailgunSamples.token, with: "another")
        #expect(Self.verify(mailgun, Array(forged.utf8)) == .invalid(.noMatch))
        // Another endpoint, and this one once it was started again, have not seen it.
        #expect(Self.verify(try Self.mailgun(), other) == .valid)
        let headers = WebhookHeaders()
        #expect(mailgun.status(refusing: .replayed, headers) == 406)
        #expect(mailgun.status(refusing: .noMatch, headers) == 401)
        #expect(mailgun.status(refusing: .outlived(hours: 24), headers) == 401)
        #expect(VerificationFailure.replayed.word == "replayed" && !VerificationFailure.replayed.isOfTime)
    }

    @Test func `a retry of a form may have its parts in another order and between other boundaries`() throws {
        let mailgun = try Self.mailgun()
        let fields = MailgunSamples.route()
        func verdict(_ fields: Fields, boundary: String) -> Verification {
            Self.verify(
                mailgun, MailgunSamples.multipart(fields, boundary: boundary),
                "multipart/form-data; boundary=\(boundary)")
        }
        #expect(verdict(fields, boundary: "one") == .valid)
        #expect(verdict(fields.reversed(), boundary: "two") == .valid)
        for place in fields.indices {
            var other = fields
            other[place].value += " "
            // A signature of other bytes is none at all.
            let isSigned = !["timestamp", "token", "signature"].contains(fields[place].name)
            #expect((verdict(other, boundary: "one") == .invalid(.replayed)) == isSigned)
            other.remove(at: place)
            #expect(verdict(other, boundary: "one") != .valid)
        }
        #expect(verdict(fields + [("x", "")], boundary: "one") == .invalid(.replayed))
    }

    @Test func `the tokens that are known are limited, the oldest being forgotten first`() throws {
        let key = SymmetricKey(data: Array(MailgunSamples.key.utf8))
        let mailgun = try Self.mailgun()
        func verdict(_ number: Int, _ data: String) -> Verification {
            let code = HMAC<SHA256>.authenticationCode(
                for: Array("\(MailgunSamples.timestamp)token-\(number)".utf8), using: key
            ).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            let signature = Self.signature(
                "\(MailgunSamples.timestamp)", "\"token-\(number)\"", "\"\(code)\"")
            return Self.verify(mailgun, Array(MailgunSamples.body(data, signature: signature).utf8))
        }
        for number in 0..<16_384 { #expect(verdict(number, "") == .valid) }
        #expect(verdict(0, "\"other\":1") == .invalid(.replayed))
        #expect(verdict(16_384, "") == .valid)
        #expect(verdict(1, "\"other\":1") == .invalid(.replayed))
        #expect(verdict(0, "\"other\":1") == .valid)
        #expect(verdict(16_384, "\"other\":1") == .invalid(.replayed))
    }

    @Test(
        arguments: [
            ([], WebhookSecretError.noSigningKey), ([""], .badSigningKey(place: 1)),
            (["a-good-key", "short"], .badSigningKey(place: 2)), (["two words"], .badSigningKey(place: 1)),
            (["schlüssel-schlüssel"], .badSigningKey(place: 1)),
            ([String(repeating: "a", count: 257)], .badSigningKey(place: 1)),
            ([String](repeating: "a-good-key", count: 9), .tooMany(count: 9, limit: 8)),
        ] as [([String], WebhookSecretError)]
    )
    func `what is no signing key is refused by its place`(secrets: [String], expected: WebhookSecretError) {
        #expect(throws: WebhookSetupError.secret(expected)) { try Self.mailgun(secrets) }
        #expect(!"\(expected)".contains("short") && !"\(expected)".contains("words"))
    }

    @Test func `it is asked for the content type alone, and says nothing of the clock`() throws {
        #expect(Mailgun.readHeaders(WebhookOptions()) == ["content-type"])
        #expect(Mailgun.keptHeaders(WebhookOptions()) == ["content-type"])
        let isTimed = try Self.mailgun().isTimed
        #expect(!isTimed && Mailgun.bodyLimit == 40 << 20)
    }
}
