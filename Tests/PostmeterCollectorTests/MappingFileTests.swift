import Foundation
import PostmeterFleet
import PostmeterJournal
import PostmeterMail
import PostmeterModel
import PostmeterWebhooks
import Testing

@testable import PostmeterCollector

/// Endpoints of generic platforms in a configuration: mappings in place, shipped, and in files.
@Suite struct MappingFileTests {
    private static func read(_ endpoint: String, files: [String: String] = [:]) throws
        -> CollectorConfiguration
    {
        struct NoSuchFile: Error {}
        let yaml = """
            endpoints:
              - id: acme-other
                provider: generic
                account: acme/support
            \(endpoint.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n"))
            fleet: { organizations: [{ id: acme, accounts: [{ id: support, autoprovision: true }] }] }
            """
        return try ConfigurationReader(environment: ["SECRET": "correct horse"]) { path in
            guard let text = path == "postmeter.yaml" ? yaml : files[path] else { throw NoSuchFile() }
            return text
        }.read(path: "postmeter.yaml")
    }

    private static func problem(_ endpoint: String, files: [String: String] = [:]) -> String {
        do {
            _ = try read(endpoint, files: files)
            return ""
        } catch {
            return "\(error)"
        }
    }

    private static let usual = """
        name: mailtrap
        secret: "${SECRET}"
        signature: { scheme: hmac_sha256, header: Mailtrap-Signature }
        mapping:
          events: /events
          type: /event
          types: { delivery: delivered, "soft bounce": deferred, open: ignore }
          id: /event_id
          time: { pointer: /timestamp, format: unix }
          recipients: /email
        """

    @Test func `a mapping stands in the endpoint, and no secret goes with it to the journal`() throws {
        let configuration = try Self.read(Self.usual)
        #expect(configuration.warnings == [])
        let settings = FoldSettings(configuration)
        let bytes = try settings.encoded()
        #expect(try FoldSettings(encoded: bytes) == settings)
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.contains(#""soft bounce":"deferred""#) && !text.contains("correct horse"))
        #expect(settings.providers.values.map { $0 } == [[MailProvider(rawValue: "mailtrap")]])
    }

    @Test func `the mapping of Afterdraft is shipped with how it signs, and says that nobody verified it`()
        throws
    {
        let configuration = try Self.read("name: afterdraft\nsecret: correct horse\nmapping: afterdraft")
        let options = configuration.endpoints[0].options
        #expect(options.mapping?.mapping?.isUnverified == true)
        #expect(options.signature != nil)
        #expect(Generic.readHeaders(options) == ["x-afterdraft-signature"])
        #expect(configuration.warnings.count == 1)
        #expect(configuration.warnings[0].hasPrefix("endpoints[0].mapping: UNVERIFIED"))
        #expect(ShippedMapping.afterdraft.text.contains("UNVERIFIED"))
    }

    @Test func `each field of the shipped mapping is read`() throws {
        let options = try Self.read("name: afterdraft\nsecret: correct horse\nmapping: afterdraft").endpoints[
            0
        ].options
        let body = Array(
            """
            {"id":"evt_1","type":"bounced","created_at":"2026-01-31T09:30:05Z","agent":{"id":"a1",\
            "address":"triage@support.acme.example"},"message":{"id":"m-1","message_id":"<m1@x.example>",\
            "conversation_id":"c-1","from":"triage@support.acme.example","to":["jo@customer.example"],\
            "cc":["flo@customer.example"],"in_reply_to":"<r@x.example>"},"bounce":{"type":"permanent","code":550,\
            "status":"5.1.1","message":"user unknown"},"escalation":{"reason":"refund"}}
            """.utf8)
        let padded = body + [UInt8](repeating: 0, count: JSONParser.padding)
        let events = try padded.withUnsafeBytes { bytes in
            try Generic.decode(
                AcceptedWebhook(
                    headers: WebhookHeaders(), body: UnsafeRawBufferPointer(rebasing: bytes[..<body.count]),
                    acceptedAt: UnixTime(seconds: 0), options: options),
                with: JSONParser())
        }
        #expect(
            events == [
                MailEvent(
                    kind: .bounced, provider: MailProvider(rawValue: "afterdraft"), id: "evt_1",
                    time: UnixTime(seconds: 1_769_851_805), messageID: "m-1",
                    internetMessageID: "m1@x.example",
                    inReplyTo: "r@x.example", conversationID: "c-1", sender: "triage@support.acme.example",
                    recipients: ["jo@customer.example", "flo@customer.example"],
                    mailbox: "triage@support.acme.example", count: 2,
                    bounce: Bounce(
                        class: .hard, reason: .invalidRecipient, diagnostic: "550 5.1.1 user unknown"),
                    detail: "refund")
            ])
    }

    @Test
    func `a copy of the shipped mapping is read from its file, and the endpoint's own signature counts`()
        throws
    {
        let mine = ShippedMapping.afterdraft.text.replacing("unverified: true", with: "unverified: false")
        let path = "./afterdraft.yaml"
        let plain = try Self.read(
            "name: afterdraft\nsecret: correct horse\nmapping: \(path)", files: [path: mine])
        #expect(plain.warnings == [])
        #expect(Generic.readHeaders(plain.endpoints[0].options) == ["x-afterdraft-signature"])
        let own = try Self.read(
            "name: afterdraft\nsecret: correct horse\nmapping: \(path)\nsignature: { scheme: hmac_sha256, header: X-Mine }",
            files: [path: mine])
        #expect(Generic.readHeaders(own.endpoints[0].options) == ["x-mine"])
        #expect(own.endpoints[0].options.mapping == plain.endpoints[0].options.mapping)
    }

    @Test(arguments: [
        (
            "id: /event_id", "id: event_id",
            "endpoints[0].mapping.id: 'event_id' is not a JSON pointer: begin with /"
        ),
        (
            "time: {", "tiem: {",
            "endpoints[0].mapping.tiem: unknown key; known here: unverified, events, type"
        ),
        ("time: { pointer: /timestamp, format: unix }", "", "endpoints[0].mapping.time: is missing"),
        ("type: /event\n", "sender: /from\n", "endpoints[0].mapping.type: is missing"),
        (
            "delivery: delivered", "delivery: sended",
            "endpoints[0].mapping.types.delivery: 'sended' is not an event"
        ),
        (
            "scheme: hmac_sha256, ", "",
            "endpoints[0].signature.header: stands beside the scheme standard_webhooks"
        ),
        (
            "name: mailtrap", "name: resend",
            "endpoints[0].name: 'resend' is the name of a platform that is built in"
        ),
        ("name: mailtrap\n", "", "endpoints[0].name: is missing: say what the platform is called"),
        ("\"${SECRET}\"", "short", "endpoints[0].secret: secret 1 has 5 bytes where 8 to 1024 are expected"),
    ])
    func `what is wrong with a mapping in place is told by its place`(
        old: String, new: String, expected: String
    ) {
        let problem = Self.problem(Self.usual.replacing(old, with: new))
        #expect(problem.hasPrefix(expected), "\(problem)")
    }

    @Test func `what is wrong with a mapping elsewhere is told with its file`() {
        func problem(_ mapping: String, _ text: String? = nil) -> String {
            Self.problem(
                "name: afterdraft\nsecret: correct horse\nmapping: \(mapping)",
                files: text.map { [mapping: $0] } ?? [:])
        }
        #expect(
            problem("afterdraught")
                == "endpoints[0].mapping: 'afterdraught' is neither a mapping that is shipped (afterdraft) nor the "
                + "path of a file, such as ./afterdraught.yaml")
        #expect(problem("./none.yaml").hasPrefix("endpoints[0].mapping: ./none.yaml: cannot be read"))
        #expect(
            problem("./a.yaml", "mapping: { type: type }")
                == "endpoints[0].mapping: ./a.yaml: mapping.type: 'type' is not a JSON pointer: begin with /")
        #expect(
            problem("./a.yaml", "type: /type").contains(
                "./a.yaml: type: unknown key; known here: signature, mapping"))
        #expect(problem("./a.yaml", "a: [").hasPrefix("endpoints[0].mapping: ./a.yaml: is not YAML"))
    }

    @Test func `other platforms have no mapping`() {
        let yaml = """
            endpoints:
              - { id: a, provider: resend, account: acme/support, mapping: afterdraft,
                  secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw }
            fleet: { organizations: [{ id: acme, accounts: [{ id: support }] }] }
            """
        let error = #expect(throws: ConfigurationError.self) {
            try ConfigurationReader(environment: [:]) { _ in yaml }.read(path: "postmeter.yaml")
        }
        #expect(error?.description == "endpoints[0].mapping: is no option of resend; remove it")
    }
}
