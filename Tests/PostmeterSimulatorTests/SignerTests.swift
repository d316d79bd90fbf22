import Crypto
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

    @Test
    func `SendGrid's stamp is a signature over the timestamp and the body that the public key verifies`()
        throws
    {
        let key = P256.Signing.PrivateKey()
        for secret in [key.pemRepresentation, Base64Text.encode(Array(key.derRepresentation))] {
            let headers = try WebhookStamp(secret, of: .sendgrid).headers(
                id: "msg_1",
                seconds: 1_600_112_502,
                body: Array("[]\r\n".utf8)
            )
            #expect(headers.map(\.name).last == "X-Twilio-Email-Event-Webhook-Timestamp")
            #expect(headers.map(\.value).last == "1600112502")
            let code = try #require(headers.first.flatMap { Base64Text.decode($0.value) })
            let signature = try P256.Signing.ECDSASignature(derRepresentation: code)
            #expect(key.publicKey.isValidSignature(signature, for: Array("1600112502[]\r\n".utf8)))
            #expect(!key.publicKey.isValidSignature(signature, for: Array("1600112502[]".utf8)))
        }
    }

    @Test func `Mailgun's code is the known answer of another implementation`() throws {
        let signer = try MailgunSigner(secret: "key-3ax6xnjp29jd6fds4gc373sgvjxteol0")
        let token = "a8ce0edb2dd8301dee6c2405235584e45aa91d1e9f979f3de0"
        let code = signer.signature(timestamp: "1529006854", token: token)
        #expect(code == "b63c0701c4f4b614f272106a1b367c5c3369bcdca664ae73ebd52787e45eef07")
    }

    @Test func `Mailgun's stamp puts its fields into each kind of body, with one token for all tries`() throws
    {
        let stamp = try WebhookStamp("0123456789abcdef", of: .mailgun)
        #expect(stamp.headers(id: "msg_1", seconds: 1, body: []).isEmpty)
        func text(_ body: String, _ contentType: String, id: String = "msg_1", seconds: UInt64 = 1) -> String
        {
            let request = SimulatedRequest(body: Array(body.utf8), contentType: contentType)
            return String(decoding: stamp.body(id: id, seconds: seconds, request: request), as: UTF8.self)
        }
        let json = text("{}", "application/json")
        #expect(
            json.hasPrefix(#"{"signature":{"timestamp":"1","token":""#)
                && json.hasSuffix(#""},"event-data":{}}"#))
        let start = #"{"signature":{"timestamp":"1","token":""#.count
        let token = String(json.dropFirst(start).prefix { $0 != "\"" })
        #expect(token.count == 50)
        #expect(text("{}", "application/json", seconds: 2).contains(token))
        #expect(!text("{}", "application/json", id: "msg_2").contains(token))
        let encoded = text("a=1", "application/x-www-form-urlencoded")
        #expect(encoded.hasPrefix("a=1&timestamp=1&token=\(token)&signature="))
        let parts = text("--x\r\n\r\n1\r\n", "multipart/form-data; boundary=x")
        #expect(
            parts.hasPrefix(
                "--x\r\n\r\n1\r\n--x\r\nContent-Disposition: form-data; name=\"timestamp\"\r\n\r\n1\r\n"))
        #expect(parts.hasSuffix("\r\n--x--\r\n"))
    }

    @Test(arguments: ["", "short", "user:password", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])
    func `what is no signing key is refused`(secret: String) {
        #expect(throws: SimulatorError.badSigningKey) { try WebhookStamp(secret, of: .mailgun) }
    }

    @Test(arguments: ["", "user:password", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])
    func `what is no private key is refused`(secret: String) {
        #expect(throws: SimulatorError.badPrivateKey) { try WebhookStamp(secret, of: .sendgrid) }
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
