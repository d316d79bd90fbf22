import PostmeterMail
import PostmeterModel
import PostmeterWebhooks
import Testing

@Suite struct MailgunTests {
    private static let time = UnixTime(nanoseconds: 1_769_851_805_153_125_000)
    private static let mail = "20260131093005.1.DF59@support.acme.example"

    @Test func `a delivery is read whole, to the microsecond`() throws {
        #expect(
            try decodeOne(Mailgun.self, MailgunSamples.delivered)
                == MailEvent(
                    kind: .delivered,
                    provider: .mailgun,
                    id: MailgunSamples.token,
                    time: Self.time,
                    messageID: Self.mail,
                    internetMessageID: Self.mail,
                    sender: "triage@support.acme.example",
                    recipients: ["jo@customer.example"]
                )
        )
    }

    @Test(
        arguments: [
            (MailgunSamples.event("accepted"), MailEventKind.accepted),
            (MailgunSamples.delivered, .delivered),
            (MailgunSamples.failed("permanent", "bounce"), .bounced),
            (MailgunSamples.failed("temporary", "generic"), .deferred),
            (MailgunSamples.rejected, .rejected), (MailgunSamples.stored, .received),
            (MailgunSamples.reader("opened"), .opened), (MailgunSamples.reader("clicked"), .clicked),
            (MailgunSamples.reader("unsubscribed"), .unsubscribed),
            (MailgunSamples.reader("complained"), .complained),
        ]
    )
    func `each event has its kind and counts once`(body: String, kind: MailEventKind) throws {
        let event = try decodeOne(Mailgun.self, body)
        #expect(event.kind == kind)
        #expect(event.count == 1)
        #expect(event.id == MailgunSamples.token)
        #expect(event.recipients.count == 1)
        #expect(!event.messageID.isEmpty)
        #expect((event.bounce != nil) == (kind == .bounced || kind == .deferred))
    }

    @Test(
        arguments: [
            ("suppress-bounce", MailEventKind.suppressed), ("suppress-complaint", .suppressed),
            ("suppress-unsubscribe", .suppressed), ("bounce", .bounced), ("generic", .bounced),
        ]
    )
    func `what was not tried is suppressed, whatever the status`(
        reason: String,
        kind: MailEventKind
    ) throws {
        for status in ["null", "{\"code\":605,\"message\":\"\",\"description\":\"Not delivering\"}"] {
            let event = try decodeOne(
                Mailgun.self, MailgunSamples.failed("permanent", reason, status: status))
            #expect(event.kind == kind)
            #expect(event.detail == reason)
        }
    }

    @Test(
        arguments: [
            (
                "permanent", "bounce", #"{"code":550,"message":"5.1.1 unknown"}"#, Bounce.Class.hard,
                Bounce.Reason.invalidRecipient, "550 5.1.1 unknown"
            ),
            ("permanent", "bounce", "null", .hard, .other, "bounce"),
            (
                "permanent", "bounce", #"{"code":552,"message":"5.2.2 full","bounce-type":"soft"}"#, .soft,
                .mailboxFull, "552 5.2.2 full"
            ),
            (
                "permanent", "generic", #"{"code":550,"message":"no","enhanced-code":"5.1.1"}"#, .hard,
                .invalidRecipient, "550 5.1.1 no"
            ),
            (
                "permanent", "generic", #"{"code":498,"message":"","description":"No MX for x"}"#, .hard,
                .badDomain, "498 No MX for x"
            ),
            (
                "permanent", "generic", #"{"bounce-code":"5.7.1","message":"550 5.7.1 denied"}"#, .soft,
                .policy, "550 5.7.1 denied"
            ),
            ("permanent", "old", #"{"code":602,"description":"Too old"}"#, .soft, .expired, "Too old"),
            (
                "temporary", "generic", #"{"code":451,"message":"4.7.652 too many connections"}"#, .soft,
                .rateLimited, "451 4.7.652 too many connections"
            ),
            (
                "temporary", "greylisted", #"{"code":450,"message":"try later"}"#, .soft, .rateLimited,
                "450 try later"
            ),
            ("temporary", "espblock", "{}", .soft, .spamBlock, "espblock"),
        ] as [(String, String, String, Bounce.Class, Bounce.Reason, String)]
    )
    func `failures are classified by the reason and what the server said`(
        severity: String,
        reason: String,
        status: String,
        class: Bounce.Class,
        cause: Bounce.Reason,
        diagnostic: String
    ) throws {
        let event = try decodeOne(Mailgun.self, MailgunSamples.failed(severity, reason, status: status))
        #expect(event.kind == (severity == "temporary" ? .deferred : .bounced))
        #expect(event.bounce == Bounce(class: `class`, reason: cause, diagnostic: diagnostic))
    }

    @Test func `addresses in what is quoted are masked`() throws {
        let bounce = try decodeOne(Mailgun.self, MailgunSamples.failed("permanent", "bounce"))
        #expect(bounce.bounce?.diagnostic == "550 5.1.1 <_@customer.example> unknown")
        let rejected = try decodeOne(Mailgun.self, MailgunSamples.rejected)
        #expect(rejected.detail == "_@example.org is no recipient of a sandbox.")
        #expect(rejected.recipients == ["joan@example.org"])
    }

    @Test func `the agent is in the user variables, under the endpoint's own name for it`() throws {
        let named = MailgunSamples.event("accepted", variables: #"{"agent":"Ada@Acme.example","who":"ada"}"#)
        #expect(try decodeOne(Mailgun.self, named).mailbox == "Ada@acme.example")
        var options = WebhookOptions()
        options.agentField = "who"
        #expect(try decode(Mailgun.self, Array(named.utf8), options: options).map(\.mailbox) == ["ada"])
        for other in ["null", "{\"agent\":7}", "[]", "{}"] {
            let body = MailgunSamples.event("accepted", variables: other)
            #expect(try decodeOne(Mailgun.self, body).mailbox == "")
        }
    }

    @Test func `a sender is that of the mail, or else of its envelope`() throws {
        let nameless = MailgunSamples.delivered.replacing("\"from\":\"Triage", with: "\"x\":\"Triage")
        #expect(try decodeOne(Mailgun.self, nameless).sender == "bounce+1@support.acme.example")
    }

    @Test func `what Mailgun does with mail that came in is no mail of an agent`() throws {
        let bodies = [
            MailgunSamples.event("accepted", flags: "\"is-routed\":true"),
            MailgunSamples.event("delivered", flags: "\"is-routed\":true"),
            MailgunSamples.event("delivered", transport: "http"),
            MailgunSamples.event("accepted", flags: "\"is-authenticated\":false"),
            MailgunSamples.body("\"event\":\"list_member_uploaded\",\"timestamp\":1555439198.84909"),
        ]
        for body in bodies { #expect(try decode(Mailgun.self, body).isEmpty) }
        let delivered = MailgunSamples.event("delivered", flags: "\"is-authenticated\":false")
        #expect(try decode(Mailgun.self, delivered).count == 1)
    }

    @Test(
        arguments: [
            ("1769851805", 1_769_851_805_000_000_000),
            ("1769851805.0000001", 1_769_851_805_000_000_000),
            ("1666214138.4046676", 1_666_214_138_404_668_000),
            ("1534108637.153125", 1_534_108_637_153_125_000),
            ("1769851805.999999", 1_769_851_805_999_999_000), ("0", 0), ("1e3", 1_000_000_000_000),
        ] as [(String, UInt64)]
    )
    func `a time is exact to the microsecond`(text: String, nanoseconds: UInt64) throws {
        let body = MailgunSamples.delivered.replacing("1769851805.153125", with: text)
        #expect(try decodeOne(Mailgun.self, body).time == UnixTime(nanoseconds: nanoseconds))
    }

    @Test(
        arguments: [
            ("1769851805.153125", "-1", DecodeFailure.Reason.badTime),
            ("1769851805.153125", "1e300", .badTime),
            ("1769851805.153125", "\"now\"", .wrongType), ("1769851805.153125", "null", .missingField),
            ("\"event\":\"delivered\"", "\"event\":\"teleported\"", .unknownEvent),
            ("\"event\":\"delivered\"", "\"event\":7", .wrongType), ("\"event\":", "\"x\":", .missingField),
            ("\"event-data\":", "\"x\":", .missingField),
            ("\"event-data\":{", "\"event-data\":[],\"x\":{", .wrongType),
            ("\"signature\":{", "\"x\":{", .missingField), ("\"token\":", "\"x\":", .missingField),
            ("\"message-id\":", "\"x\":", .missingField),
            ("\"message-id\":\"", "\"message-id\":\"\",\"x\":\"", .missingField),
        ] as [(String, String, DecodeFailure.Reason)]
    )
    func `what is missing or wrong is refused with its reason`(
        old: String,
        new: String,
        reason: DecodeFailure.Reason
    ) {
        #expect(refusal(Mailgun.self, MailgunSamples.delivered.replacing(old, with: new)) == reason)
    }

    @Test func `a failure without its severity is refused`() {
        let body = MailgunSamples.failed("permanent", "bounce").replacing("\"severity\"", with: "\"x\"")
        #expect(refusal(Mailgun.self, body) == .missingField)
    }

    @Test func `JSON of more than a megabyte is refused before it is parsed`() {
        let body = MailgunSamples.delivered + String(repeating: " ", count: 1 << 20)
        #expect(refusal(Mailgun.self, body) == .tooLarge)
    }
}
