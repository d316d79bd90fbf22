import Foundation
import PostmeterMail
import PostmeterWebhooks
import Testing

/// What an endpoint of a generic platform may say, and how it is told what is wrong.
@Suite struct GenericOptionsTests {
    private static let secret = "correct horse battery staple"

    private static func json(_ change: (inout String) -> Void) -> String {
        var mapping = GenericSamples.mapping
        change(&mapping)
        return #"{"name":"afterdraft","mapping":"# + mapping + "}"
    }

    @Test func `options come back from the journal as they were`() throws {
        let signatures = [
            nil, #"{"scheme":"standard_webhooks"}"#, #"{"scheme":"shared_secret"}"#,
            #"""
            {"scheme":"hmac_sha256","header":"X-Signature","encoding":"base64","prefix":"v1=","signed":"{id}-{timestamp}.{body}",
            "timestamp":{"prefix":"t=","format":"unix_ms","tolerance":"10m"},"id_header":"X-Event"}
            """#,
            #"""
            {"scheme":"hmac_sha256","header":"X-Signature","signed":"v0:{timestamp}:{body}",
            "timestamp":{"header":"X-Time"}}
            """#,
        ]
        let mappings = [
            GenericSamples.mapping, GenericSamples.mailtrap, GenericSamples.brevo,
            GenericSamples.mapping.replacing(
                #""id":"/id""#, with: #""id":{"header":"webhook-id"},"count":"one""#),
            GenericSamples.mapping.replacing(
                #""time":"/at""#,
                with: #""time":"accepted_at","count":["/n","/m"],"required":["sender"],"unverified":true"#),
        ]
        for mapping in mappings {
            for signature in signatures {
                let options = try GenericSamples.options(mapping: mapping, signature: signature)
                let encoder = JSONEncoder()
                encoder.outputFormatting = [.sortedKeys]
                let bytes = try encoder.encode(options)
                let again = try JSONDecoder().decode(WebhookOptions.self, from: bytes)
                #expect(again == options)
                #expect(try encoder.encode(again) == bytes)
            }
        }
    }

    @Test func `a mapping may be a name, which no journal has`() throws {
        let options = try GenericSamples.decode(#"{"name":"afterdraft","mapping":"./afterdraft.yaml"}"#)
        #expect(options.mapping == .reference("./afterdraft.yaml"))
        #expect(options.mapping?.mapping == nil)
        #expect(options.used == [.name, .mapping])
        #expect(throws: WebhookSetupError.option(.mapping, "'./afterdraft.yaml' was not read")) {
            try Generic(WebhookSetup(secrets: [Self.secret], options: options))
        }
    }

    @Test(arguments: [
        (
            #""type":"/type""#, #""typ":"/type""#,
            "mapping.typ: unknown key; known here: unverified, events, type"
        ),
        (#""time":"/at""#, #""time":"at""#, "mapping.time: 'at' is not a JSON pointer: begin with /"),
        (
            #""time":"/at""#, #""time":{"pointer":"/at","format":"iso"}"#,
            "mapping.time.format: 'iso' is not a form of time; known: rfc3339, unix, unix_ms"
        ),
        (
            #""time":"/at""#, #""time":{"pointer":"at"}"#,
            "mapping.time.pointer: 'at' is not a JSON pointer: begin with /"
        ),
        (
            #""time":"/at""#, #""time":{"at":"/at"}"#,
            "mapping.time.at: unknown key; known here: pointer, format"
        ),
        (
            #"["/mail/to","/mail/cc"]"#, #"["/mail/to","cc"]"#,
            "mapping.recipients.[1]: 'cc' is not a JSON pointer: begin with /"
        ),
        (#"["/mail/to","/mail/cc"]"#, "[]", "mapping.recipients: has 0 pointers: give 1 to 8"),
        (
            #""type":"/type""#, #""type":"""#,
            "mapping.type: '' points to the whole event: point to a field, such as /type"
        ),
        (
            #""sent":"sent""#, #""sent":"send""#,
            "mapping.types.sent: 'send' is not an event; known: received, autor"
        ),
        (#""id":"/id""#, #""id":{}"#, "mapping.id: is neither a pointer nor one of header and digest"),
        (
            #""id":"/id""#, #""id":{"header":"x","digest":["/a"]}"#,
            "mapping.id: is neither a pointer nor one of header and digest"
        ),
        (#""id":"/id""#, #""id":{"digest":[]}"#, "mapping.id: lists 0: give 1 to 16"),
        (#""id":"/id""#, #""id":{"digest":[""]}"#, "mapping.id.digest: '' points to the whole event"),
        (#""id":"/id""#, #""id":{"header":"X Y"}"#, "mapping.id.header: 'X Y' is not the name of a header"),
        (
            #""hard":["hard"]"#, #""hard":["soft"]"#,
            "mapping.bounce.soft: 'soft' stands in hard too; keep one"
        ),
        (#""class":"/bounce/type","#, "", "mapping.bounce.class: is missing: point to where the words stand"),
        (
            #""hard":["hard"]"#, #""otherwise":"medium""#,
            "mapping.bounce.otherwise: 'medium' is neither hard nor soft"
        ),
        (
            #""id":"/id""#, #""id":"/id","unmapped":"drop""#,
            "mapping.unmapped: 'drop' is not known; known: dead_letter, ignore"
        ),
        (
            #""id":"/id""#, #""id":"/id","required":["subject"]"#,
            "mapping.required: 'subject' is not a field that is mapped; mapped: message_id, internet_message_id"
        ),
    ])
    func `a mapping that will not do is refused by the place and the way to mend it`(
        old: String, new: String, expected: String
    ) {
        let problem = GenericSamples.problem(Self.json { $0 = $0.replacing(old, with: new) })
        #expect(problem.hasPrefix(expected), "\(problem)")
    }

    @Test func `a mapping without types, or with very many, is refused`() {
        let none = Self.json { $0 = #"{"type":"/t","types":{},"id":"/i","time":"/at"}"# }
        #expect(GenericSamples.problem(none) == "mapping.types: has 0 names: give 1 to 200")
        let many = (0..<201).map { "\"t\($0)\":\"sent\"" }.joined(separator: ",")
        let crowd = Self.json { $0 = #"{"type":"/t","types":{\#(many)},"id":"/i","time":"/at"}"# }
        #expect(GenericSamples.problem(crowd) == "mapping.types: has 201 names: give 1 to 200")
        let long = Self.json {
            $0 = $0.replacing(#""sent":"sent""#, with: "\"\(String(repeating: "s", count: 65))\":\"sent\"")
        }
        #expect(
            GenericSamples.problem(long).hasPrefix(
                "mapping.types: has a name that is empty or longer than 64"))
    }

    @Test(arguments: [
        (
            #"{"scheme":"hmac"}"#,
            "signature.scheme: 'hmac' is not known; known: standard_webhooks, hmac_sha256, shared"
        ),
        (
            #"{"scheme":"hmac_sha256"}"#,
            "signature.header: is missing: name the header that holds the signature"
        ),
        (
            #"{"header":"X-S"}"#,
            "signature.header: stands beside the scheme standard_webhooks, which fixes it; remove"
        ),
        (
            #"{"scheme":"shared_secret","encoding":"hex"}"#,
            "signature.encoding: stands beside the scheme shared_secret, which fixes it; remove it"
        ),
        (
            #"{"scheme":"hmac_sha256","header":"X-S","encoding":"hexa"}"#,
            "signature.encoding: 'hexa' is not known; "
        ),
        (
            #"{"scheme":"hmac_sha256","header":"X-S","prefix":"a b"}"#,
            "signature.prefix: must be 1 to 32 printable"
        ),
        (
            #"{"scheme":"hmac_sha256","header":"X-S","signed":"body"}"#,
            "signature.signed: 'body' is not what is signed"
        ),
        (
            #"{"scheme":"hmac_sha256","header":"X-S","signed":"{body}{body}"}"#,
            "signature.signed: '{body}{body}' is not what is signed"
        ),
        (
            #"{"scheme":"hmac_sha256","header":"X-S","signed":"{x}{body}"}"#,
            "signature.signed: '{x}{body}' is not"
        ),
        (
            #"{"scheme":"hmac_sha256","header":"X-S","signed":"{body}}"}"#,
            "signature.signed: '{body}}' is not"
        ),
        (
            #"{"scheme":"hmac_sha256","header":"X-S","signed":"{timestamp}.{body}"}"#,
            "signature.timestamp: is missing: say where the signed {timestamp} stands"
        ),
        (
            #"{"scheme":"hmac_sha256","header":"X-S","timestamp":{"header":"X-T"}}"#,
            "signature.timestamp: is not signed, so it proves nothing: put {timestamp} into signed, or remove it"
        ),
        (
            #"{"scheme":"hmac_sha256","header":"X-S","signed":"{id}.{body}"}"#,
            "signature.id_header: is missing: name the header of the signed {id}"
        ),
        (
            #"{"scheme":"hmac_sha256","header":"X-S","id_header":"X-I"}"#,
            "signature.id_header: is not signed: put {id} into signed, or remove it"
        ),
        (
            #"{"scheme":"hmac_sha256","header":"X-S","signed":"{timestamp}.{body}","timestamp":{}}"#,
            "signature.timestamp: needs one of header and prefix"
        ),
        (
            #"{"scheme":"hmac_sha256","header":"X-S","timestamp":{"header":"X-T","tolerance":"5"}}"#,
            "signature.timestamp.tolerance: '5' is not a time of 1s to 24h; write a whole number with s, m or h"
        ),
        (
            #"{"scheme":"hmac_sha256","header":"X-S","timestamp":{"header":"X-T","tolerance":"25h"}}"#,
            "signature.timestamp.tolerance: '25h' is not a time of 1s to 24h"
        ),
        (
            #"{"shceme":"hmac_sha256"}"#,
            "signature.shceme: unknown key; known here: scheme, header, encoding, prefix"
        ),
    ])
    func `a signature that will not do is refused by the place and the way to mend it`(
        signature: String, expected: String
    ) {
        let problem = GenericSamples.problem(#"{"signature":"# + signature + "}")
        #expect(problem.hasPrefix(expected), "\(problem)")
    }

    private static func setupError(_ json: String, secrets: [String] = [secret]) -> WebhookSetupError? {
        do throws(WebhookSetupError) {
            let options = (try? GenericSamples.decode(json)) ?? WebhookOptions()
            _ = try Generic(WebhookSetup(secrets: secrets, options: options))
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        "resend", "postmark", "agentmail", "ses", "sendgrid", "mailgun", "smtp", "generic", "Afterdraft",
        "after draft", "",
        "_OTHER", "_unknown", "aaaaaaaaaabbbbbbbbbbccccccccccddd",
    ])
    func `a name that is built in, or is no name, is refused`(name: String) {
        let error = Self.setupError(#"{"name":"\#(name)","mapping":\#(GenericSamples.mapping)}"#)
        #expect(error?.key == "name" && error?.problem.hasPrefix("'\(name)' is ") == true)
    }

    @Test func `an endpoint needs a name and a mapping`() {
        #expect(Self.setupError(#"{"mapping":\#(GenericSamples.mapping)}"#)?.key == "name")
        #expect(Self.setupError(#"{"name":"afterdraft"}"#)?.key == "mapping")
    }

    @Test func `the name is the platform's in figures, and its headers are those of its options`() throws {
        let usual = try GenericSamples.options()
        #expect(Generic.mailProvider(usual) == MailProvider(rawValue: "afterdraft"))
        #expect(Generic.mailProvider(WebhookOptions()) == MailProvider(rawValue: "generic"))
        #expect(Generic.readHeaders(usual) == StandardWebhooks.headers)
        #expect(Generic.keptHeaders(usual).isEmpty)
        let own = try GenericSamples.options(
            mapping: GenericSamples.mapping.replacing(
                #""id":"/id""#, with: #""id":{"header":["X-Event","X-Id"]}"#),
            signature: """
                {"scheme":"hmac_sha256","header":"X-Sig","signed":"{id}.{timestamp}.{body}",\
                "timestamp":{"header":"X-Time"},"id_header":"X-Event"}
                """)
        #expect(Generic.readHeaders(own) == ["x-sig", "x-event", "x-time", "x-id"])
        #expect(Generic.keptHeaders(own) == ["x-event", "x-id"])
        #expect(
            Generic.readHeaders(try GenericSamples.options(signature: #"{"scheme":"shared_secret"}"#)).first
                == "authorization")
    }

    @Test
    func
        `what should be known of an endpoint is said: that nobody verified it, and an id that is not signed`()
        throws
    {
        #expect(Generic.remarks(on: try GenericSamples.options()).isEmpty)
        let unverified = try GenericSamples.options(
            mapping: GenericSamples.mapping.replacing(#""id":"/id""#, with: #""unverified":true,"id":"/id""#))
        #expect(Generic.remarks(on: unverified).map { $0.prefix(20) } == ["mapping: UNVERIFIED,"])
        let header = GenericSamples.mapping.replacing(#""id":"/id""#, with: #""id":{"header":"webhook-id"}"#)
        #expect(Generic.remarks(on: try GenericSamples.options(mapping: header)).isEmpty)
        let unsigned = try GenericSamples.options(
            mapping: header, signature: #"{"scheme":"hmac_sha256","header":"X-S"}"#)
        #expect(
            Generic.remarks(on: unsigned).map { $0.prefix(55) } == [
                "mapping.id: the signature does not cover the header web"
            ])
    }
}
