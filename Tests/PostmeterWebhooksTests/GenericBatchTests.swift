import PostmeterMail
import PostmeterModel
import PostmeterWebhooks
import Testing

/// Bodies with several events, ids that do not stand in a field, and two platforms that a mapping attaches.
@Suite struct GenericBatchTests {
    private static func events(
        _ body: String, mapping: String, headers: [(name: String, value: String)] = []
    ) throws -> [MailEvent] {
        try decode(
            Generic.self, Array(body.utf8), headers: headers,
            options: try GenericSamples.options(mapping: mapping))
    }

    private static func refusal(_ body: String, mapping: String) -> String {
        do {
            _ = try events(body, mapping: mapping)
            return ""
        } catch {
            return "\(error)"
        }
    }

    @Test func `Mailtrap's events are attached by a mapping`() throws {
        let bounce = #""response":"bounced (550 5.1.1 <jo@customer.example> unknown)","response_code":550"#
        let body = """
            {"events":[\(GenericSamples.mailtrapEvent("delivery", id: 1)),\
            \(GenericSamples.mailtrapEvent("bounce", id: 2, bounce + #","bounce_category":"badmailbox""#)),\
            \(GenericSamples.mailtrapEvent("soft bounce", id: 3, #""response_code":452"#)),\
            \(GenericSamples.mailtrapEvent("reject", id: 4, #""reason":"Recipient in suppression list""#))]}
            """
        let events = try Self.events(body, mapping: GenericSamples.mailtrap)
        #expect(events.map { $0.kind } == [.delivered, .bounced, .deferred, .rejected])
        #expect(Set(events.map { $0.id }).count == 4 && events[0].id == "bede7236-0000-0000-0000-000001")
        #expect(events.allSatisfy { $0.mailbox == "triage@support.acme.example" && $0.count == 1 })
        #expect(events.allSatisfy { $0.time == UnixTime(seconds: 1_769_851_805) })
        #expect(events.allSatisfy { $0.recipients == ["jo@customer.example"] })
        #expect(events[1].bounce?.class == .hard && events[1].bounce?.reason == .invalidRecipient)
        #expect(events[1].detail == "badmailbox")
        #expect(events[2].bounce == Bounce(class: .soft, reason: .mailboxFull, diagnostic: "452"))
        #expect(events[3].detail == "Recipient in suppression list")
    }

    @Test(arguments: [
        ("delivery", MailEventKind.delivered), ("open", .opened), ("click", .clicked), ("bounce", .bounced),
        ("soft bounce", .deferred), ("spam", .complained), ("unsubscribe", .unsubscribed),
        ("suspension", .deferred), ("reject", .rejected),
    ])
    func `each event of Mailtrap has its kind`(name: String, kind: MailEventKind) throws {
        let body = "{\"events\":[\(GenericSamples.mailtrapEvent(name, id: 1))]}"
        #expect(try Self.events(body, mapping: GenericSamples.mailtrap).map { $0.kind } == [kind])
    }

    @Test(arguments: [
        ("request", MailEventKind.accepted), ("delivered", .delivered), ("hard_bounce", .bounced),
        ("soft_bounce", .bounced), ("blocked", .suppressed), ("spam", .complained),
        ("invalid_email", .rejected),
        ("error", .failed), ("deferred", .deferred), ("unsubscribed", .unsubscribed), ("opened", .opened),
        ("click", .clicked),
    ])
    func `each event of Brevo has its kind, and an id of its parts`(name: String, kind: MailEventKind) throws
    {
        let body = GenericSamples.brevoEvent(name, #""reason":"550 5.1.1 user unknown""#)
        let events = try Self.events(body, mapping: GenericSamples.brevo)
        #expect(events.map { $0.kind } == [kind])
        #expect(
            events[0].id.hasPrefix("\(kind.rawValue)-")
                && events[0].id.utf8.count == kind.rawValue.utf8.count + 33)
        #expect(!events[0].id.contains("@"))
        #expect(events[0].time == UnixTime(nanoseconds: 1_769_851_805_250_000_000))
        #expect(events[0].messageID == "202601310930.1234567890@smtp-relay.mailin.fr")
        #expect(events[0].mailbox == "triage@support.acme.example")
        #expect(
            try Self.events(GenericSamples.brevoEvent("unique_opened"), mapping: GenericSamples.brevo).isEmpty
        )
    }

    @Test func `Brevo's name of a bounce is its class`() throws {
        func bounce(_ name: String) throws -> Bounce? {
            let body = GenericSamples.brevoEvent(name, #""reason":"550 5.1.1 user unknown""#)
            let events = try Self.events(body, mapping: GenericSamples.brevo)
            return events.first?.bounce
        }
        #expect(try bounce("hard_bounce")?.class == .hard)
        #expect(try bounce("soft_bounce")?.class == .soft)
        #expect(try bounce("soft_bounce")?.reason == .invalidRecipient)
    }

    @Test func `a digest is the same for a repeat, and differs with each of its parts`() throws {
        func id(_ body: String) throws -> String {
            try Self.events(body, mapping: GenericSamples.brevo)[0].id
        }
        let click = GenericSamples.brevoEvent("click", #""link":"https://acme.example/a""#)
        #expect(try id(click) == (try id(click.replacing("\"subject\":\"Order\",", with: ""))))
        let others = [
            GenericSamples.brevoEvent("click", #""link":"https://acme.example/b""#),
            GenericSamples.brevoEvent("click"), GenericSamples.brevoEvent("click", #""link":"""#),
            click.replacing("1769851805250", with: "1769851805251"), click.replacing("jo@", with: "flo@"),
            click.replacing("<2026", with: "<2025"),
        ]
        #expect(Set(try (others + [click]).map(id)).count == 7)
        #expect(
            Self.refusal(
                click.replacing(#""link":"https://acme.example/a""#, with: #""link":{}"#),
                mapping: GenericSamples.brevo)
                == "wrong_type: /link, a part of the id, is an object or an array")
        let none = GenericSamples.brevo.replacing(
            #"["/event","/message-id","/email","/ts_epoch","/link"]"#, with: #"["/no","/nil"]"#)
        #expect(Self.refusal(click, mapping: none) == "missing_field: all parts of the id are missing")
    }

    private static let list = """
        {"events":"","type":"/t","types":{"sent":"sent","ping":"ignore"},"id":{"header":["webhook-id","svix-id"]},\
        "time":"accepted_at"}
        """

    @Test func `a header's id has the place of the event behind it`() throws {
        let body = #"[{"t":"sent"},{"t":"ping"},{"t":"sent"}]"#
        let events = try Self.events(body, mapping: Self.list, headers: [("Svix-Id", "msg_9")])
        #expect(events.map { $0.id } == ["msg_9", "msg_9#3"])
        let first = try Self.events(
            body, mapping: Self.list, headers: [("svix-id", "msg_9"), ("webhook-id", "msg_8")])
        #expect(first[0].id == "msg_8")
        #expect(
            Self.refusal(body, mapping: Self.list)
                == "missing_header: webhook-id nor svix-id was not kept with the body")
    }

    @Test func `ids that are too long to be kept stay apart`() throws {
        let long = String(repeating: "x", count: 400)
        func id(_ end: String) throws -> String {
            try Self.events(#"[{"t":"sent"}]"#, mapping: Self.list, headers: [("webhook-id", long + end)])[0]
                .id
        }
        #expect(try id("a") != (try id("b")))
        #expect(try id("a") == (try id("a")))
        #expect(try id("a").utf8.count == 37)
    }

    @Test(arguments: [
        ("{}", "missing_field: /events is missing"),
        (#"{"events":null}"#, "missing_field: /events is missing"),
        (#"{"events":{}}"#, "wrong_type: /events is not an array"),
        (#"{"events":[7]}"#, "wrong_type: item 0 of /events is not an object"),
        (#"{"events":[[]]}"#, "wrong_type: item 0 of /events is not an object"), (#"{"events":[]}"#, ""),
        ("[]", "missing_field: /events is missing"),
    ])
    func `what is no list of events is refused, and an empty one is none`(body: String, expected: String) {
        #expect(Self.refusal(body, mapping: GenericSamples.mailtrap) == expected)
    }

    @Test func `one event that cannot be read makes a dead letter of its webhook`() {
        let good = GenericSamples.mailtrapEvent("delivery", id: 1)
        let bad = GenericSamples.mailtrapEvent("exploded", id: 2)
        #expect(
            Self.refusal("{\"events\":[\(good),\(bad)]}", mapping: GenericSamples.mailtrap).hasPrefix(
                "unknown_event"))
    }

    @Test func `a body holds so many events and no more`() throws {
        func body(_ count: Int) -> String {
            "[" + Array(repeating: #"{"t":"sent"}"#, count: count).joined(separator: ",") + "]"
        }
        let headers = [(name: "webhook-id", value: "m")]
        let most = try Self.events(body(5_000), mapping: Self.list, headers: headers)
        #expect(most.count == 5_000 && Set(most.map { $0.id }).count == 5_000)
        #expect(throws: DecodeFailure(.tooLarge, "the body has more than 5000 events")) {
            try Self.events(body(5_001), mapping: Self.list, headers: headers)
        }
    }

    @Test func `recipients are kept up to a limit and counted whole`() throws {
        let many = (0..<3_000).map { "\"r\($0)@x.example\"" }.joined(separator: ",")
        let body = GenericSamples.body("sent").replacing(
            #"["jo@Customer.example","flo@customer.example"]"#, with: "[\(many)]")
        let event = try Self.events(body, mapping: GenericSamples.mapping)[0]
        #expect(event.recipients.count == 100 && event.count == 3_001)
    }
}
