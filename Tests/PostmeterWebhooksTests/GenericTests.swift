import PostmeterMail
import PostmeterModel
import PostmeterWebhooks
import Testing

@Suite struct GenericTests {
    private static let time = UnixTime(nanoseconds: 1_769_851_805_250_000_000)

    /// The events of a body by a mapping; the header's id is `msg_1`.
    private static func events(
        _ body: String, mapping: String = GenericSamples.mapping,
        headers: [(name: String, value: String)] = [("webhook-id", "msg_1")]
    ) throws -> [MailEvent] {
        try decode(
            Generic.self, Array(body.utf8), headers: headers,
            options: try GenericSamples.options(mapping: mapping))
    }

    /// Why a body is refused; empty when it is not.
    private static func refusal(_ body: String, mapping: String = GenericSamples.mapping) -> String {
        do {
            _ = try events(body, mapping: mapping)
            return ""
        } catch {
            return "\(error)"
        }
    }

    private static func changed(_ old: String, to new: String) -> String {
        GenericSamples.mapping.replacing(old, with: new)
    }

    @Test func `every mapped field of an event is read`() throws {
        let event = try #require(
            try Self.events(GenericSamples.body("sent", #""why":"first of three""#)).first)
        #expect(
            event
                == MailEvent(
                    kind: .sent, provider: MailProvider(rawValue: "afterdraft"), id: "evt_1", time: Self.time,
                    messageID: "m-1", internetMessageID: "m1@support.acme.example", conversationID: "t-1",
                    sender: "triage@support.acme.example",
                    recipients: ["jo@customer.example", "flo@customer.example", "boss@customer.example"],
                    mailbox: "Triage@support.acme.example", count: 3, detail: "first of three"))
    }

    @Test(arguments: [
        ("sent", MailEventKind.sent, 3), ("received", .received, 1), ("replied", .replied, 1),
        ("opened", .opened, 3), ("escalated", .escalated, 1), ("bounced", .bounced, 3),
        ("delayed", .deferred, 3), ("spam", .complained, 1),
    ])
    func `a name means what the mapping says, and counts for those that it is about`(
        name: String, kind: MailEventKind, count: Int
    ) throws {
        let event = try #require(try Self.events(GenericSamples.body(name)).first)
        #expect(event.kind == kind)
        #expect(event.count == count)
        #expect((event.bounce != nil) == (kind == .bounced || kind == .deferred))
    }

    @Test
    func `a name that is ignored is no event, and one that is not mapped is a dead letter unless it may be`()
        throws
    {
        #expect(try Self.events(GenericSamples.body("ping")).isEmpty)
        #expect(
            Self.refusal(GenericSamples.body("exploded"))
                == #"unknown_event: the event "exploded" is not in the mapping's types"#)
        let lenient = Self.changed(#""type":"/type""#, to: #""unmapped":"ignore","type":"/type""#)
        #expect(try Self.events(GenericSamples.body("exploded"), mapping: lenient).isEmpty)
        // A name that only begins like one that is mapped.
        #expect(
            Self.refusal(GenericSamples.body("sent" + String(repeating: "t", count: 100))).hasPrefix(
                "unknown"))
    }

    @Test(arguments: [
        (#""bounce":{"type":"HARD"}"#, Bounce.Class.hard, Bounce.Reason.other),
        (#""bounce":{"type":"soft","text":"550 5.1.1 user unknown"}"#, .soft, .invalidRecipient),
        (#""bounce":{"type":"odd","code":452}"#, .soft, .mailboxFull),
        (#""bounce":{"status":"5.7.26"}"#, .soft, .authFailure),
        (#""bounce":{"code":"550","text":"no such user"}"#, .hard, .invalidRecipient),
        (#""bounce":{"type":7}"#, .hard, .other), (#""bounce":null"#, .hard, .other),
    ])
    func `a bounce goes by the platform's words, and else by its codes`(
        member: String, class: Bounce.Class, reason: Bounce.Reason
    ) throws {
        let bounce = try #require(try Self.events(GenericSamples.body("bounced", member)).first?.bounce)
        #expect(bounce.class == `class`)
        #expect(bounce.reason == reason)
    }

    @Test func `what nothing else tells is as the mapping says, and what is put off is soft`() throws {
        let soft = Self.changed(#""hard":["hard"]"#, to: #""otherwise":"soft","hard":["hard"]"#)
        #expect(try Self.events(GenericSamples.body("bounced"), mapping: soft)[0].bounce?.class == .soft)
        let hard = GenericSamples.body("delayed", #""bounce":{"type":"hard"}"#)
        #expect(try Self.events(hard)[0].bounce?.class == .soft)
    }

    @Test func `codes stand once in front of what the server said, and addresses are masked`() throws {
        let member = #""bounce":{"code":550,"status":"5.1.1","text":"5.1.1 <jo@customer.example> unknown"}"#
        let event = try Self.events(
            GenericSamples.body("bounced", member + #","why":"of jo@customer.example""#))[0]
        #expect(event.bounce?.diagnostic == "550 5.1.1 <_@customer.example> unknown")
        #expect(event.detail == "of _@customer.example")
    }

    @Test func `a reply names what it answers: In-Reply-To, or the last of the references`() throws {
        func event(_ members: String) throws -> MailEvent {
            try Self.events(GenericSamples.body("replied").replacing(#""thread":"t-1""#, with: members))[0]
        }
        let both = try event(#""in_reply_to":"<a@b>","references":["<x@y>","<c@d>"]"#)
        #expect(both.inReplyTo == "a@b" && both.conversationID == "x@y")
        let list = try event(#""in_reply_to":"","references":["<x@y>","<c@d>"]"#)
        #expect(list.inReplyTo == "c@d" && list.conversationID == "x@y")
        let text = try event(#""references":"<x@y> <c@d>""#)
        #expect(text.inReplyTo == "c@d" && text.conversationID == "x@y")
        #expect(try event(#""references":[]"#).inReplyTo == "")
        #expect(try event(#""references":null"#).conversationID == "")
    }

    @Test func `the mail's own headers fill what no field of their own says, and tell of machines`() throws {
        let mapping = Self.changed(
            #""conversation_id":"/mail/thread""#, to: #""headers":"/mail/headers""#)
        func event(_ headers: String, _ members: String = "") throws -> MailEvent {
            let body =
                #"{"type":"received","id":"e","at":"2026-01-31T09:30:05Z","mail":{"headers":\#(headers)\#(members)}}"#
            return try Self.events(body, mapping: mapping)[0]
        }
        let list = try event(
            #"[{"name":"Message-ID","value":"<a@b>"},{"name":"References","value":"<x@y> <c@d>"}]"#)
        #expect(list.internetMessageID == "a@b" && list.inReplyTo == "c@d" && list.conversationID == "x@y")
        #expect(!list.isAutomatic)
        let object = try event(
            #"{"In-Reply-To":"<c@d>","Auto-Submitted":"auto-replied"}"#, #","in_reply_to":"<e@f>""#)
        #expect(object.inReplyTo == "e@f" && object.isAutomatic)
        #expect(
            Self.refusal(
                #"{"type":"received","id":"e","at":"2026-01-31T09:30:05Z","mail":{"headers":"x"}}"#,
                mapping: mapping)
                == "wrong_type: headers (/mail/headers) is not a list or an object of headers")
    }

    @Test(arguments: [
        (#""agent":{"id":"triage","address":"Triage@Support.acme.example"}"#, #""agent":{"id":42}"#, "42"),
        (
            #""agent":{"id":"triage","address":"Triage@Support.acme.example"}"#,
            #""agent":{"address":"","id":"triage"}"#, "triage"
        ),
        (#""agent":{"id":"triage","address":"Triage@Support.acme.example"}"#, #""agent":null"#, ""),
    ])
    func `an agent is an address, or the id of a mailbox`(old: String, new: String, mailbox: String) throws {
        let body = GenericSamples.body("sent").replacing(old, with: new)
        #expect(try Self.events(body)[0].mailbox == mailbox)
    }

    @Test(arguments: [
        (#""type":"sent","#, "", "missing_field: type (/type) is missing"),
        (#""type":"sent""#, #""type":null"#, "missing_field: type (/type) is missing"),
        (#""type":"sent""#, #""type":["sent"]"#, "wrong_type: type (/type) is not a string"),
        (#""type":"sent""#, #""type":7"#, #"unknown_event: the event "7" is not in the mapping's types"#),
        (#""id":"evt_1","#, "", "missing_field: id (/id) is missing"),
        (#""id":"evt_1""#, #""id":"""#, "missing_field: id (/id) is missing"),
        (#""id":"evt_1""#, #""id":{}"#, "wrong_type: id (/id) is not a string"),
        (#""at":"2026-01-31T09:30:05.25Z","#, "", "missing_field: time (/at) is missing"),
        (
            #""at":"2026-01-31T09:30:05.25Z""#, #""at":1769851805"#,
            "bad_time: time (/at) is not a time such as 2026-01-31T09:30:00.125Z"
        ),
        (
            #""at":"2026-01-31T09:30:05.25Z""#, #""at":"2026-01-31T09:30:05""#,
            "bad_time: time (/at) is not a time such as 2026-01-31T09:30:00.125Z"
        ),
        (
            #""at":"2026-01-31T09:30:05.25Z""#, #""at":[1]"#,
            "wrong_type: time (/at) is neither a string nor a number"
        ),
        (#""id":"m-1""#, #""id":[]"#, "wrong_type: message_id (/mail/id) is not a string"),
        (
            #""from":"Triage <triage@support.acme.example>""#, #""from":7"#,
            "wrong_type: sender (/mail/from) is not an address"
        ),
        (
            #""to":["jo@Customer.example","flo@customer.example"]"#, #""to":7"#,
            "wrong_type: recipients (/mail/to, /mail/cc) is not an address or a list of them"
        ),
        (
            #""thread":"t-1""#, #""references":[7]"#,
            "wrong_type: references (/mail/references) is not a string or a list of strings"
        ),
        (
            #""address":"Triage@Support.acme.example""#, #""address":{}"#,
            "wrong_type: agent (/agent/address, /agent/id) is not an address or the id of a mailbox"
        ),
    ])
    func `what cannot be read is refused with the field and its pointer`(
        old: String, new: String, expected: String
    ) {
        #expect(Self.refusal(GenericSamples.body("sent").replacing(old, with: new)) == expected)
    }

    @Test func `a field that is not there is empty, unless it is required`() throws {
        let bare = #"{"type":"sent","id":7,"at":"2026-01-31T09:30:05.25Z"}"#
        let event = try Self.events(bare)[0]
        #expect(event.id == "7" && event.messageID.isEmpty && event.recipients.isEmpty && event.count == 1)
        let strict = Self.changed(
            #""type":"/type""#, to: #""required":["message_id","recipients"],"type":"/type""#)
        #expect(Self.refusal(bare, mapping: strict) == "missing_field: message_id (/mail/id) is missing")
        let half = bare.replacing(#""id":7"#, with: #""id":7,"mail":{"id":8}"#)
        #expect(Self.refusal(half, mapping: strict).hasPrefix("missing_field: recipients"))
        #expect(try Self.events(GenericSamples.body("sent"), mapping: strict).count == 1)
    }

    @Test(
        arguments: [
            ("unix", "1769851805", 1_769_851_805_000_000_000),
            ("unix", #""1769851805""#, 1_769_851_805_000_000_000),
            ("unix", "1769851805.25", 1_769_851_805_250_000_000),
            ("unix", #""1769851805.25""#, 1_769_851_805_250_000_000),
            ("unix_ms", "1769851805250", 1_769_851_805_250_000_000),
            ("unix_ms", #""1769851805250""#, 1_769_851_805_250_000_000),
            ("unix_ms", "1769851805250.5", 1_769_851_805_250_500_000),
            // The wrong unit is no time, and neither is what else Swift reads as a number.
            ("unix", "1769851805250", nil), ("unix_ms", "1769851805", nil), ("unix", "-1", nil),
            ("unix", "0", nil),
            ("unix", #""0x6980""#, nil), ("unix", #""1e9""#, nil), ("unix", #"" 1769851805""#, nil),
            ("unix", #""1769851805.""#, nil), ("unix", #""nan""#, nil), ("unix", "1e300", nil),
            ("unix", "true", nil),
        ] as [(String, String, UInt64?)])
    func `numbers are times in the unit that the mapping names`(
        format: String, value: String, nanoseconds: UInt64?
    ) throws {
        let mapping = Self.changed(#""time":"/at""#, to: #""time":{"pointer":"/at","format":"\#(format)"}"#)
        let body = #"{"type":"sent","id":"e","at":\#(value)}"#
        if let nanoseconds {
            #expect(try Self.events(body, mapping: mapping)[0].time.nanoseconds == nanoseconds)
        } else {
            #expect(["bad_time", "wrong_ty"].contains(Self.refusal(body, mapping: mapping).prefix(8)))
        }
    }

    @Test func `without a time of its own an event happens when it is accepted`() throws {
        let mapping = Self.changed(#""time":"/at""#, to: #""time":"accepted_at""#)
        #expect(
            try Self.events(#"{"type":"sent","id":"e"}"#, mapping: mapping)[0].time == UnixTime(seconds: 0))
    }

    @Test(arguments: [
        (#""one""#, 1), (#""recipients""#, 3), (#""/n""#, 7), (#""/none""#, 1), (#""/big""#, 100_000),
        (#""/less""#, 1), (#""/text""#, 12),
    ])
    func `how many an event counts for is the mapping's choice`(count: String, expected: Int) throws {
        let mapping = Self.changed(#""type":"/type""#, to: #""count":\#(count),"type":"/type""#)
        let body = GenericSamples.body("sent", #""n":7,"big":9000000000000,"less":-3,"text":"12""#)
        #expect(try Self.events(body, mapping: mapping)[0].count == expected)
        let wrong = Self.changed(#""type":"/type""#, to: #""count":"/mail","type":"/type""#)
        #expect(Self.refusal(body, mapping: wrong) == "wrong_type: count (/mail) is not a whole number")
    }

    @Test func `a webhook whose endpoint has no mapping is a dead letter`() {
        #expect(throws: DecodeFailure.self) {
            try decode(Generic.self, Array("{}".utf8), options: WebhookOptions())
        }
    }
}
