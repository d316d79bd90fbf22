import Foundation
import PostmeterModel
import PostmeterWebhooks
import Testing

@Suite struct SharedSecretsTests {
    private static let pair = "postmark:correct horse battery"
    private static let header = "X-Postmeter-Secret: 9f86d081884c7d65"

    private static func basic(_ text: String) -> String {
        "Basic " + Data(text.utf8).base64EncodedString()
    }

    private static func verify(
        _ fields: [(name: String, value: String)],
        secrets: [String] = [pair, header]
    ) throws -> Verification {
        try SharedSecrets(secrets: secrets).verify(WebhookHeaders(fields))
    }

    @Test func `the pair and the header are valid, each by itself`() throws {
        #expect(try Self.verify([("authorization", Self.basic(Self.pair))]) == .valid)
        #expect(try Self.verify([("X-Postmeter-Secret", "9f86d081884c7d65")]) == .valid)
        #expect(
            try Self.verify([
                ("authorization", Self.basic("a:b")), ("x-postmeter-secret", "9f86d081884c7d65"),
            ]) == .valid
        )
    }

    @Test(arguments: ["basic ", "BASIC   ", "Basic "])
    func `the scheme is taken in any case`(scheme: String) throws {
        let code = Data(Self.pair.utf8).base64EncodedString()
        #expect(try Self.verify([("Authorization", scheme + code)]) == .valid)
        #expect(try Self.verify([("Authorization", scheme + code.filter { $0 != "=" })]) == .valid)
    }

    @Test func `a password may hold colons and letters of any language`() throws {
        let secret = "häns:ein:pässwort"
        #expect(try Self.verify([("authorization", Self.basic(secret))], secrets: [" \(secret)\n"]) == .valid)
    }

    @Test(arguments: [
        "Basic cG9zdG1hcms6", "Basic", "Basic ", "Basic !", "Bearer 9f86d081884c7d65", "9f86d081884c7d65",
        basic("postmark:correct horse batter"), basic("postmark:correct horse battery "),
        basic("Postmark:correct horse battery"), basic("X-Postmeter-Secret: 9f86d081884c7d65"),
        basic(String(repeating: "a", count: 100_000)),
    ])
    func `other credentials match nothing`(value: String) throws {
        #expect(try Self.verify([("authorization", value)]) == .invalid(.wrongSecret))
    }

    @Test(arguments: ["9f86d081884c7d6", "9f86d081884c7d655", "9F86D081884C7D65", pair, basic(pair), "x"])
    func `another value of the header matches nothing`(value: String) throws {
        #expect(try Self.verify([("x-postmeter-secret", value)]) == .invalid(.wrongSecret))
    }

    @Test func `a secret counts only in its own place`() throws {
        #expect(
            try Self.verify([("x-postmeter-secret", Self.pair)], secrets: [Self.pair])
                == .invalid(.missingSecret("authorization"))
        )
        #expect(
            try Self.verify([("authorization", Self.basic(Self.header))], secrets: [Self.header])
                == .invalid(.missingSecret("x-postmeter-secret"))
        )
    }

    @Test func `a missing secret is named, and an empty one is missing`() throws {
        #expect(try Self.verify([]) == .invalid(.missingSecret("authorization")))
        #expect(try Self.verify([("authorization", "")]) == .invalid(.missingSecret("authorization")))
        #expect(try Self.verify([], secrets: [Self.header]) == .invalid(.missingSecret("x-postmeter-secret")))
        #expect(VerificationFailure.missingSecret("authorization").word == "missing_header")
        #expect(VerificationFailure.wrongSecret.word == "no_match")
        #expect(VerificationFailure.missingSecret("authorization").sentence.contains("authorization"))
    }

    @Test func `eight secrets are live at once`() throws {
        let secrets = (1...8).map { "user:password-\($0)" }
        for secret in secrets {
            #expect(try Self.verify([("authorization", Self.basic(secret))], secrets: secrets) == .valid)
        }
    }

    @Test(
        arguments: [
            ([], WebhookSecretError.noneToSend),
            ([String](repeating: "a:b", count: 9), .tooMany(count: 9, limit: 8)),
            (["a:b", ""], .noCredentials(place: 2)), (["whsec_MfKQ9r8GKYqrTwjU"], .noCredentials(place: 1)),
            ([":password"], .noCredentials(place: 1)), (["user:"], .noCredentials(place: 1)),
            (["user: "], .noCredentials(place: 1)), (["X-Postmeter-Secret:"], .noCredentials(place: 1)),
            (["user:pass\nword"], .noCredentials(place: 1)), (["user:pass\u{0}"], .noCredentials(place: 1)),
            (["user:" + String(repeating: "a", count: 1_020)], .noCredentials(place: 1)),
            (["X-Secret: value"], .unknownHeader(place: 1)),
            (["a:b", "Authorization: Basic YTpi"], .unknownHeader(place: 2)),
        ] as [([String], WebhookSecretError)]
    )
    func `a secret of neither form is refused by its place`(secrets: [String], expected: WebhookSecretError) {
        #expect(throws: expected) { try SharedSecrets(secrets: secrets) }
        #expect(!"\(expected)".contains("password-") && !"\(expected)".contains("YTpi"))
    }

    @Test(arguments: ["X-Postmeter-Secret:abc", "x-postmeter-secret:  abc", "X-POSTMETER-SECRET: abc "])
    func `the header's name is taken in any case and with any white space behind it`(secret: String) throws {
        #expect(try Self.verify([("x-postmeter-secret", "abc")], secrets: [secret]) == .valid)
    }

    @Test func `Postmark lets in what holds a secret, whatever the body and the time`() throws {
        let postmark = try Postmark(WebhookSetup(secrets: [Self.pair]))
        let headers = WebhookHeaders(Postmark.readHeaders(WebhookOptions())) { name in
            name == "authorization" ? Self.basic(Self.pair) : nil
        }
        let verdict = Array("not JSON".utf8).withUnsafeBytes {
            postmark.verify(headers, body: $0, now: UnixTime(seconds: 0))
        }
        #expect(verdict == .valid)
        // No secret gets into the journal.
        #expect(Postmark.keptHeaders(WebhookOptions()).isEmpty)
    }
}
