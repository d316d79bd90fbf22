import PostmeterModel
import Testing

@testable import PostmeterSimulator

@Suite struct BodyTests {
    private static func webhook(
        _ kind: PlannedKind,
        isInbound: Bool = false,
        recipients: Int = 1,
        answers: Int? = nil
    ) -> PlannedWebhook {
        PlannedWebhook(
            number: 5,
            sentAt: 3_000_000_000,
            happenedAt: 2_500_000_000,
            kind: kind,
            message: SimulatedMessage(
                number: 3,
                agent: 4,
                isInbound: isInbound,
                recipientCount: recipients,
                answers: answers,
                createdAt: 1_000_000_000
            )
        )
    }

    private static func text(_ provider: SimulatedProvider, _ webhook: PlannedWebhook) -> String {
        String(decoding: provider.body(of: webhook, in: .example(provider)), as: UTF8.self)
    }

    @Test func `a bounce of Mailgun has its severity, its agent and a time with a fraction`() {
        let body = Self.text(.mailgun, Self.webhook(.bounced(2)))
        #expect(body.hasPrefix(#"{"event":"failed","id":""#))
        #expect(body.contains(#""timestamp":1760000002.500,"recipient":""#))
        #expect(body.contains(#""user-variables":{"agent":"agent-005@agents.example"}"#))
        #expect(body.contains(#""from":"Agent 005 <agent-005@agents.example>""#))
        #expect(body.contains(#""severity":"permanent","reason":"generic","delivery-status":{"code":452,"#))
    }

    @Test func `a mail that came in is a form with Mailgun, in either encoding`() {
        let world = SimulatedWorld.example(.mailgun)
        var webhook = Self.webhook(.received, isInbound: true, answers: 2)
        let multipart = SimulatedMailgun.request(of: webhook, in: world)
        #expect(multipart.contentType.hasPrefix("multipart/form-data; boundary="))
        #expect(
            String(decoding: multipart.body, as: UTF8.self).contains("\r\n\r\nagent-005@agents.example\r\n"))
        webhook.message.number = 4
        let encoded = SimulatedMailgun.request(of: webhook, in: world)
        #expect(encoded.contentType == "application/x-www-form-urlencoded")
        #expect(
            String(decoding: encoded.body, as: UTF8.self).hasPrefix(
                "recipient=agent-005%40agents.example&sender="))
    }

    @Test func `a bounce of Resend has the fields of its description, and the event's own time`() {
        let body = Self.text(.resend, Self.webhook(.bounced(1), recipients: 2))
        #expect(body.hasPrefix(#"{"type":"email.bounced","created_at":"2025-10-09T08:53:22.500Z","data":{"#))
        #expect(body.contains(#""created_at":"2025-10-09T08:53:21.000000+00:00","email_id":""#))
        #expect(body.contains(#""from":"Agent 005 <agent-005@agents.example>""#))
        #expect(
            body.hasSuffix(
                #""bounce":{"diagnosticCode":["smtp; 550 5.1.1 user unknown"],"#
                    + #""message":"The address of the recipient does not exist.","#
                    + #""subType":"NoEmail","type":"Permanent"}}}"#
            )
        )
    }

    @Test func `a mail that came in names no answered mail with Resend, and names it with AgentMail`() {
        let webhook = Self.webhook(.received, isInbound: true, answers: 2)
        let resend = Self.text(.resend, webhook)
        #expect(resend.contains(#""type":"email.received""#))
        #expect(resend.contains(#""to":["agent-005@agents.example"],"bcc":[],"cc":[],"message_id":"<"#))
        #expect(!resend.lowercased().contains("in-reply-to"))
        let agentMail = Self.text(.agentmail, webhook)
        #expect(agentMail.contains(#""event_type":"message.received""#))
        #expect(agentMail.contains(#""inbox_id":"agent-005@agents.example""#))
        let answered = MailContent(
            of: SimulatedMessage(
                number: 2,
                agent: 4,
                isInbound: false,
                recipientCount: 1,
                answers: nil,
                createdAt: 0
            ),
            in: .example(.agentmail)
        )
        #expect(agentMail.contains(#""in_reply_to":"\#(answered.messageID)""#))
        #expect(agentMail.contains(#""thread_id":"\#(answered.threadID)""#))
    }

    @Test func `AgentMail lists all recipients of an outcome`() {
        let body = Self.text(.agentmail, Self.webhook(.bounced(2), recipients: 2))
        #expect(body.contains(#""type":"Transient","sub_type":"MailboxFull","recipients":[{"address":""#))
        #expect(body.components(of: #""status":"bounced""#) == 2)
    }

    @Test func `an event of Afterdraft has the shape that its mapping assumes`() {
        let bounce = Self.text(.generic, Self.webhook(.bounced(2), recipients: 2))
        #expect(bounce.hasPrefix(#"{"version":"1","id":"msg_"#))
        #expect(bounce.contains(#""type":"bounced","created_at":"2025-10-09T08:53:22.500Z""#))
        #expect(bounce.contains(#""agent":{"id":"agent-005","address":"agent-005@agents.example"}"#))
        #expect(bounce.contains(#""from":"agent-005@agents.example","to":[""#))
        #expect(
            bounce.hasSuffix(
                #""bounce":{"type":"soft","code":452,"status":"4.2.2","#
                    + #""message":"smtp; 452 4.2.2 mailbox is over quota"}}"#))
        let reply = Self.text(.generic, Self.webhook(.replied, isInbound: true, answers: 2))
        #expect(reply.contains(#""type":"replied""#) && reply.contains(#""to":["agent-005@agents.example"]"#))
        #expect(reply.contains(#""in_reply_to":"<"#) && reply.contains(#""references":["<"#))
    }

    @Test func `a bounce of Postmark has its type, its agent and a time of seven digits`() {
        let body = Self.text(.postmark, Self.webhook(.bounced(2)))
        #expect(
            body.hasPrefix(#"{"RecordType":"Bounce","ServerID":23,"MessageStream":"outbound","MessageID":""#))
        #expect(body.contains(#""Metadata":{"agent":"agent-005@agents.example"}"#))
        #expect(body.contains(#""Type":"SoftBounce","TypeCode":4096,"#))
        #expect(body.contains(#""Details":"smtp; 452 4.2.2 mailbox is over quota","Email":""#))
        #expect(
            body.contains(
                #""From":"agent-005@agents.example","BouncedAt":"2025-10-09T04:53:22.5000000-04:00""#))
    }

    @Test func `a mail that came in has no record type with Postmark, and names the answered mail`() {
        let body = Self.text(.postmark, Self.webhook(.received, isInbound: true, answers: 2))
        #expect(!body.contains("RecordType"))
        #expect(body.contains(#""ToFull":[{"Email":"agent-005@agents.example"}]"#))
        #expect(body.contains(#""Headers":[{"Name":"Message-ID","Value":"<"#))
        #expect(body.contains(#"{"Name":"In-Reply-To","Value":"<"#))
    }

    @Test(arguments: [
        (PlannedKind.delivered, "Delivery"), (.opened, "Open"), (.clicked, "Click"), (.deferred, "Bounce"),
        (.suppressed, "Bounce"), (.refused, "Bounce"), (.complained, "SpamComplaint"),
        (.other, "SubscriptionChange"),
    ])
    func `each event of Postmark has its record type`(kind: PlannedKind, type: String) {
        #expect(Self.text(.postmark, Self.webhook(kind)).hasPrefix("{\"RecordType\":\"\(type)\","))
    }

    @Test func `a bounce of SendGrid stands in an array, with the agent in a custom argument`() {
        let body = Self.text(.sendgrid, Self.webhook(.bounced(2)))
        #expect(body.hasPrefix(#"[{"email":""#))
        #expect(body.hasSuffix("}]\r\n"))
        #expect(body.contains(#""timestamp":1760000002,"event":"bounce","sg_event_id":""#))
        #expect(
            body.contains(
                #".filterdrecv-p3mdw1-756b745b58-18-5F5FC76C-9.0","agent":"agent-005@agents.example""#))
        #expect(
            body.contains(#""reason":"452 4.2.2 mailbox is over quota","status":"4.2.2","type":"blocked""#))
    }

    @Test(arguments: [
        (PlannedKind.sent, "processed"), (.delivered, "delivered"), (.deferred, "deferred"),
        (.bounced(0), "bounce"), (.complained, "spamreport"), (.opened, "open"), (.clicked, "click"),
        (.suppressed, "dropped"), (.refused, "dropped"), (.other, "group_resubscribe"),
    ])
    func `each event of SendGrid has its name`(kind: PlannedKind, name: String) {
        #expect(Self.text(.sendgrid, Self.webhook(kind)).contains("\"event\":\"\(name)\""))
    }

    @Test func `a mail that came in is a form with SendGrid, and another try has another boundary`() {
        var webhook = Self.webhook(.received, isInbound: true, answers: 2)
        let first = SimulatedProvider.sendgrid.request(of: [webhook], in: .example(.sendgrid))
        webhook.sentAt += 1
        let second = SimulatedProvider.sendgrid.request(of: [webhook], in: .example(.sendgrid))
        #expect(first.contentType.hasPrefix("multipart/form-data; boundary="))
        #expect(first.contentType != second.contentType && first.body != second.body)
        let body = String(decoding: first.body, as: UTF8.self)
        #expect(body.contains("name=\"envelope\"\r\n\r\n{\"to\":[\"agent-005@agents.example\"],\"from\":\""))
        #expect(body.contains("\r\nIn-Reply-To: <"))
        let boundary = first.contentType.dropFirst(30)
        #expect(body.hasPrefix("--\(boundary)\r\n") && body.hasSuffix("\r\n--\(boundary)--\r\n"))
    }

    @Test(arguments: [
        (PlannedKind.sent, "Send", "send"), (.delivered, "Delivery", "delivery"), (.opened, "Open", "open"),
        (.clicked, "Click", "click"), (.deferred, "DeliveryDelay", "deliveryDelay"),
        (.bounced(0), "Bounce", "bounce"), (.suppressed, "Bounce", "bounce"),
        (.complained, "Complaint", "complaint"), (.refused, "Reject", "reject"),
    ])
    func `each event of Amazon SES has its type and its object`(
        kind: PlannedKind,
        type: String,
        object: String
    ) {
        let body = Self.text(.ses, Self.webhook(kind, recipients: 2))
        #expect(body.hasPrefix(#"{"eventType":"\#(type)","mail":{"timestamp":"2025-10-09T08:53:21.000Z","#))
        #expect(body.contains(#"},"\#(object)":{"#))
        #expect(body.contains(#""source":"agent-005@agents.example""#))
        let listed = body.components(of: #"{"emailAddress":""#)
        let lists: Set<String> = ["Bounce", "DeliveryDelay", "Complaint"]
        #expect(listed == (lists.contains(type) ? 2 : 0))
    }

    @Test func `a mail that came in to Amazon SES answers the Message-ID that SES gave`() {
        let sent = Self.text(.ses, Self.webhook(.sent))
        let id = sent.split(separator: #""messageId":""#)[1].prefix { $0 != "\"" }
        let answer = Self.text(.ses, Self.webhook(.received, isInbound: true, answers: 3))
        #expect(answer.hasPrefix(#"{"notificationType":"Received","mail":{"#))
        #expect(answer.contains(#"{"name":"In-Reply-To","value":"<\#(id)@email.amazonses.com>"}"#))
        #expect(answer.contains(#""recipients":["agent-005@agents.example"]"#))
        #expect(
            Self.text(.ses, Self.webhook(.other))
                == "Successfully validated SNS topic for Amazon SES event publishing."
        )
    }

    @Test func `all events of a mail agree on its id, people and subject`() {
        let sent = Self.text(.resend, Self.webhook(.sent))
        let delivered = Self.text(.resend, Self.webhook(.delivered))
        #expect(sent == delivered.replacing("email.delivered", with: "email.sent"))
    }

    @Test(arguments: [
        (0 as UInt64, "1970-01-01T00:00:00.000Z"), (951_782_400, "2000-02-29T00:00:00.000Z"),
        (1_709_251_199, "2024-02-29T23:59:59.000Z"), (4_102_444_800, "2100-01-01T00:00:00.000Z"),
    ])
    func `instants are written in the Gregorian calendar`(seconds: UInt64, text: String) {
        #expect(InstantText.milliseconds(UnixTime(seconds: seconds)) == text)
    }

    @Test func `JSON is escaped, and indented on demand`() {
        func write(isIndented: Bool) -> String {
            var writer = JSONWriter(isIndented: isIndented)
            writer.object { root in
                root.member("a\"b", "c\\\n\u{01}ü: ")
                root.member("empty") { _ in }
                root.member("list", ["x", "y: "])
                root.member("number", -1.0625)
            }
            return String(decoding: writer.bytes, as: UTF8.self)
        }
        #expect(
            write(isIndented: false)
                == #"{"a\"b":"c\\\n\u0001ü: ","empty":{},"list":["x","y: "],"number":-1.063}"#
        )
        #expect(
            write(isIndented: true) == """
                {
                  "a\\"b": "c\\\\\\n\\u0001ü: ",
                  "empty": {},
                  "list": [
                    "x",
                    "y: "
                  ],
                  "number": -1.063
                }
                """
        )
    }
}

extension String {
    fileprivate func components(of part: String) -> Int {
        ranges(of: part).count
    }
}
