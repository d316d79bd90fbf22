import Testing

@testable import PostmeterSimulator

@Suite struct SignerTests {
    @Test func `the known answer of the Standard Webhooks specification comes out`() throws {
        let body = Array(#"{"test": 2432232314}"#.utf8)
        for secret in ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"] {
            let signer = try Signer(secret: secret)
            let headers = signer.headers(
                id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
                seconds: 1_614_265_330,
                body: body
            )
            #expect(headers.map(\.name) == ["svix-id", "svix-timestamp", "svix-signature"])
            #expect(headers[0].value == "msg_p5jXN8AQM9LWM0D4loKWxJek")
            #expect(headers[1].value == "1614265330")
            #expect(headers[2].value == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
        }
    }

    @Test(arguments: ["", "whsec_", "whsec_no base64", "whsec_A"])
    func `a secret that is no base64 is refused`(secret: String) {
        #expect(throws: SimulatorError.badSecret) { try Signer(secret: secret) }
    }

    @Test func `Postmark's stamp is the pair or the header that is sent along`() throws {
        func stamped(_ secret: String) throws -> [String] {
            try WebhookStamp(secret, of: .postmark).headers(id: "msg_1", seconds: 1, body: []).map {
                "\($0.name): \($0.value)"
            }
        }
        #expect(try stamped("user:password") == ["Authorization: Basic dXNlcjpwYXNzd29yZA=="])
        #expect(try stamped("x-postmeter-secret: abc") == ["X-Postmeter-Secret: abc"])
    }

    @Test func `Afterdraft's stamp is the code of the body in hexadecimal`() throws {
        let body = Array("The quick brown fox jumps over the lazy dog".utf8)
        let headers = try WebhookStamp("key-of-the-fox", of: .generic).headers(
            id: "msg_1", seconds: 1, body: body)
        #expect(headers.map { $0.name } == ["X-Afterdraft-Signature"])
        // openssl dgst -sha256 -hmac key-of-the-fox
        #expect(
            headers.map { $0.value } == ["99798cae9b226b8366b2d4f92fe9b2050e7307eb48ea91bfcd551eb936c72ced"])
        #expect(throws: SimulatorError.noSecret) { try WebhookStamp("", of: .generic) }
    }

    @Test(arguments: ["", "user", "user:", ":password", "X-Postmeter-Secret: "])
    func `what is neither a pair nor a header is refused`(secret: String) {
        #expect(throws: SimulatorError.badCredentials) { try WebhookStamp(secret, of: .postmark) }
    }

    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ])
    func `base64 is that of the vectors in RFC 4648`(text: String, encoded: String) {
        #expect(Base64Text.encode(Array(text.utf8)) == encoded)
        #expect(Base64Text.decode(encoded) == Array(text.utf8))
        #expect(Base64Text.decode(encoded.filter { $0 != "=" }) == Array(text.utf8))
    }
}
