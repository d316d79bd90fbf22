import Postmeter
import PostmeterMail
import Testing

@testable import PostmeterCollector

@Suite struct RetentionReaderTests {
    private func read(_ lines: String) throws -> CollectorConfiguration {
        let yaml = """
            \(lines)
            endpoints:
              - { id: e, provider: resend, account: acme/a, secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" }
            fleet: { organizations: [{ id: acme, accounts: [{ id: a, autoprovision: true }] }] }
            """
        return try ConfigurationReader(environment: [:]) { _ in yaml }.read(path: "postmeter.yaml")
    }

    @Test func `what is kept may be bounded by bytes, age and number`() throws {
        let configuration = try read(
            """
            journal: { retain_bytes: 512MiB, retain_age: 8d }
            dead_letters: { max_bytes: 64MiB, max_age: 90d, max_count: 500 }
            privacy: domain
            """)
        #expect(configuration.journal.retainBytes == 512 << 20)
        #expect(configuration.journal.retainAge == TimeSpan(seconds: 8 * 86_400))
        #expect(
            configuration.deadLetters.limits
                == .init(count: 500, bytes: 64 << 20, age: 90 * 86_400 * 1_000_000_000))
        #expect(configuration.telemetry.privacy == .domain)
    }

    @Test func `without a word the journal keeps a GiB, and dead letters are kept for 30 days`() throws {
        let configuration = try read("data: x")
        #expect(configuration.journal.retainAge == nil)
        #expect(configuration.journal.retainBytes == 1 << 30)
        #expect(configuration.deadLetters.limits == DeadLetterShelf.Limits())
        #expect(
            configuration.deadLetters.limits
                == .init(count: 10_000, bytes: 256 << 20, age: 2_592_000_000_000_000))
        #expect(configuration.telemetry.privacy == .hmac)
    }

    @Test(arguments: [
        ("journal: { retain_age: 30s }", "journal.retain_age: must be at least 1m"),
        (
            "journal: { retain_age: long }",
            "journal.retain_age: 'long' is not a time; write a whole number with ms, s, m, h or d"
        ),
        ("dead_letters: { max_bytes: 1MiB }", "dead_letters.max_bytes: must be from 64MiB to 1024GiB"),
        ("dead_letters: { max_age: 59m }", "dead_letters.max_age: must be at least 1h"),
        ("dead_letters: { max_count: 0 }", "dead_letters.max_count: must be from 1 to 100000"),
        ("dead_letters: { max_count: 100001 }", "dead_letters.max_count: must be from 1 to 100000"),
        (
            "dead_letters: { count: 5 }",
            "dead_letters.count: unknown key; known here: max_bytes, max_age, max_count"
        ),
        ("privacy: secret", "privacy: 'secret' is none of off, domain, hmac, clear"),
    ])
    func `a bad bound is refused by name`(line: String, expected: String) {
        let error = #expect(throws: ConfigurationError.self) { try read(line) }
        #expect(error?.description == expected)
    }
}
