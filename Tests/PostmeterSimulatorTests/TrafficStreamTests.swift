import Crypto
import PostmeterModel
import Testing

@testable import PostmeterSimulator

@Suite struct TrafficStreamTests {
    private static let now = UnixTime(nanoseconds: 1_770_000_000_000_000_000)

    private static func configuration() -> Simulator.Configuration {
        var configuration = Simulator.Configuration(
            target: "http://127.0.0.1:1/hooks/demo",
            secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            seed: 7
        )
        configuration.rate = 50
        configuration.duration = 10
        return configuration
    }

    @Test func `a stream ends with the plan, and its totals are those of the plan`() throws {
        var stream = try TrafficStream(Self.configuration(), now: Self.now)
        var count = 0
        while stream.next(at: 1_770_000_000) != nil { count += 1 }
        #expect(count == 500)
        var ledger = Ledger(provider: .resend, agents: 50)
        for webhook in try Self.configuration().plan().webhooks { ledger.note(webhook) }
        #expect(stream.totals.ledger.events == ledger.events)
        #expect(stream.totals.acknowledged + stream.totals.repeats == 500)
        #expect(stream.totals.messages > 100)
    }

    @Test func `a webhook of a stream is signed at the time that is asked for`() throws {
        var stream = try TrafficStream(Self.configuration(), now: Self.now)
        let first = stream.next(at: 1_770_000_123)
        let request = try #require(first)
        let headers = Dictionary(uniqueKeysWithValues: request.headers.map { ($0.name, $0.value) })
        #expect(headers["svix-timestamp"] == "1770000123")
        let signer = try Signer(secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
        let id = try #require(headers["svix-id"])
        #expect(
            headers["svix-signature"] == signer.signature(id: id, seconds: 1_770_000_123, body: request.body))
    }

    @Test func `the verification key of a new pair of keys takes its signatures`() throws {
        let signer = KeyPairSigner()
        let bytes = try #require(Base64Text.decode(signer.publicKey))
        let key = try P256.Signing.PublicKey(derRepresentation: bytes)
        let code = try #require(
            Base64Text.decode(signer.signature(seconds: 1_770_000_000, body: [0x5B, 0x5D])))
        let signature = try P256.Signing.ECDSASignature(derRepresentation: code)
        #expect(key.isValidSignature(signature, for: SHA256.hash(data: Array("1770000000[]".utf8))))
    }
}
