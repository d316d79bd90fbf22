import PostmeterMail
import PostmeterModel
import Testing

@testable import PostmeterWebhooks

@Suite struct SendGridInboundTests {
    private typealias Fields = [(name: String, value: String)]

    private func decode(_ fields: Fields, boundary: String = "xYzZY") throws -> MailEvent {
        let events = try PostmeterWebhooksTests.decode(
            SendGrid.self,
            Array(SendGridSamples.form(fields, boundary: boundary).utf8),
            headers: [("content-type", SendGridSamples.contentType(boundary))]
        )
        return try #require(events.count == 1 ? events.first : nil)
    }

    private func failure(_ body: String, contentType: String = SendGridSamples.contentType())
        -> DecodeFailure?
    {
        do {
            _ = try PostmeterWebhooksTests.decode(
                SendGrid.self,
                Array(body.utf8),
                headers: [("content-type", contentType)]
            )
            return nil
        } catch {
            return error as? DecodeFailure
        }
    }

    @Test(arguments: [SendGridSamples.mail, SendGridSamples.rawMail])
    func `a mail has its identifiers, its thread and whom it was carried to`(
        fields: [(name: String, value: String)]
    ) throws {
        let event = try decode(fields)
        #expect(event.id.hasPrefix("inbound-"))
        #expect(event.id.utf8.count == 40)
        #expect(
            event
                == MailEvent(
                    kind: .received,
                    provider: .sendgrid,
                    id: event.id,
                    time: UnixTime(seconds: 0),
                    internetMessageID: "CAF+1234@mail.customer.example",
                    inReplyTo: "second@support.acme.example",
                    conversationID: "root@support.acme.example",
                    sender: "jo@customer.example",
                    recipients: ["triage+4711@support.acme.example"],
                    mailbox: "triage+4711@support.acme.example"
                )
        )
    }

    @Test func `a mail that was carried to several is that of all of them`() throws {
        let envelope =
            #"{"to":["b@support.acme.example","a@support.acme.example"],"from":"jo@customer.example"}"#
        let event = try decode(SendGridSamples.mail.with("envelope", envelope))
        #expect(event.recipients == ["b@support.acme.example", "a@support.acme.example"])
        #expect(event.mailbox == "")
        #expect(event.count == 1)
    }

    @Test func `a sender that names no address is that of the envelope`() throws {
        #expect(try decode(SendGridSamples.mail.with("from", "Jo")).sender == "bounce@customer.example")
        #expect(try decode(SendGridSamples.mail.with("from", nil)).sender == "bounce@customer.example")
        let nobody = #"{"to":["a@support.acme.example"],"from":""}"#
        #expect(try decode(SendGridSamples.mail.with("from", nil).with("envelope", nobody)).sender == "")
    }

    @Test(arguments: [SendGridSamples.mail, SendGridSamples.rawMail])
    func `another try has the same id, whatever its boundary, its order and what SendGrid adds`(
        fields: [(name: String, value: String)]
    ) throws {
        let id = try decode(fields).id
        #expect(try decode(fields, boundary: "----other").id == id)
        #expect(try decode(fields.reversed()).id == id)
        #expect(try decode(fields.with("SPF", "none").with("attachments", "1")).id == id)
        // Carried to us twice: the same mail, with other lines on its way.
        let again: Fields = fields.map { field in
            (name: field.name, value: field.value.replacing("mx0050p1mdw1", with: "mx0051p1mdw1"))
        }
        #expect(try decode(again).id == id)
    }

    @Test func `each other mail has another id, which shows no address`() throws {
        let mail = SendGridSamples.mail
        let raw = SendGridSamples.rawMail
        func header(_ old: String, _ new: String) -> String {
            SendGridSamples.header.replacing(old, with: new)
        }
        let nameless = header("Message-ID:", "X-Message-ID:")
        let mails: [Fields] = [
            mail, raw, mail.with("text", "Where is it"), mail.with("html", nil), mail.with("html", ""),
            mail.with("text", "Where is it?\r\n<p>Where is it?</p>").with("html", ""),
            mail.with("headers", header("CAF+1234", "CAF+1235")),
            mail.with("envelope", #"{"to":["a@support.acme.example"],"from":"bounce@customer.example"}"#),
            mail.with("envelope", SendGridSamples.envelope.replacing("bounce@", with: "other@")).with(
                "from", nil),
            mail.with("headers", nameless), mail.with("headers", nameless.replacing("09:30", with: "09:31")),
            mail.with("headers", nil), raw.with("email", SendGridSamples.header + "\r\nElsewhere\r\n"),
        ]
        let ids = try mails.map { try decode($0).id }
        #expect(Set(ids).count == ids.count)
        #expect(!ids.contains { $0.contains("@") })
    }

    @Test func `the order in which an envelope names its recipients does not matter`() throws {
        let there = #"{"to":["a@acme.example","b@acme.example"],"from":"jo@customer.example"}"#
        let back = #"{"from":"jo@customer.example","to":["b@acme.example","a@acme.example"]}"#
        #expect(
            try decode(SendGridSamples.mail.with("envelope", there)).id
                == decode(SendGridSamples.mail.with("envelope", back)).id)
    }

    @Test func `a form that is percent-encoded is read as well`() throws {
        let body =
            "envelope=%7B%22to%22%3A%5B%22a%40acme.example%22%5D%2C%22from%22%3A%22jo%40b.example%22%7D"
            + "&from=Jo+%3Cjo%40b.example%3E&headers=Message-ID%3A+%3C1%40b.example%3E%0D%0A&text=Hello"
        let events = try PostmeterWebhooksTests.decode(
            SendGrid.self,
            Array(body.utf8),
            headers: [("content-type", "application/x-www-form-urlencoded; charset=utf-8")]
        )
        #expect(events.map(\.recipients) == [["a@acme.example"]])
        #expect(events.map(\.sender) == ["jo@b.example"])
        #expect(events.map(\.internetMessageID) == ["1@b.example"])
    }

    @Test func `a Message-ID that is no UTF-8 is kept within its limit`() throws {
        let body = Array("envelope={\"to\":[\"a@acme.example\"]}&headers=Message-ID:<".utf8)
        let events = try PostmeterWebhooksTests.decode(
            SendGrid.self,
            body + [UInt8](repeating: 0xFF, count: 400) + Array(">".utf8),
            headers: [("content-type", "application/x-www-form-urlencoded")]
        )
        #expect(events.map(\.internetMessageID) == [String(repeating: "\u{FFFD}", count: 332)])
    }

    @Test func `what is not Inbound Parse is refused with its reason`() {
        func reason(_ fields: Fields) -> DecodeFailure.Reason? {
            failure(SendGridSamples.form(fields))?.reason
        }
        let mail = SendGridSamples.mail
        #expect(reason(mail.with("envelope", nil)) == .missingField)
        #expect(reason(mail.with("envelope", "{")) == .malformedJSON)
        #expect(reason(mail.with("envelope", "[]")) == .wrongType)
        #expect(reason(mail.with("envelope", "{}")) == .missingField)
        #expect(reason(mail.with("envelope", #"{"to":[]}"#)) == .missingField)
        #expect(reason(mail.with("envelope", #"{"to":["nobody"]}"#)) == .missingField)
        #expect(reason(mail.with("envelope", String(repeating: " ", count: 70_000))) == .tooLarge)
        #expect(failure("", contentType: "multipart/form-data")?.reason == .malformedForm)
        #expect(failure("--xYzZY\r\n")?.reason == .malformedForm)
        #expect(failure("")?.reason == .malformedForm)
    }

    @Test func `a mail that a machine sent says so`() throws {
        let automatic = SendGridSamples.header + "Auto-Submitted: auto-replied\r\n"
        #expect(try decode(SendGridSamples.mail.with("headers", automatic)).isAutomatic)
        #expect(try decode(SendGridSamples.rawMail.with("email", automatic + "\r\nGone.\r\n")).isAutomatic)
        let quoted = SendGridSamples.header + "\r\nAuto-Submitted: auto-replied\r\n"
        #expect(try !decode(SendGridSamples.rawMail.with("email", quoted)).isAutomatic)
    }

    @Test func `a header is read up to its end, in lines of either kind`() throws {
        func read(_ header: String) -> [String] {
            Array(header.utf8).withUnsafeBytes { text in
                let headers = ThreadHeaders(header: text)
                return [headers.messageID.map(MessageIdentifier.first) ?? "", headers.answered]
            }
        }
        #expect(read("") == ["", ""])
        #expect(read("message-id: <a@b>\nIN-REPLY-TO: <c@d>") == ["a@b", "c@d"])
        #expect(
            read("Message-ID:\n <a@b>\n\t(late)\nReferences: <c@d>\n <e@f>\n\nIn-Reply-To: <x@y>") == [
                "a@b", "e@f",
            ])
        #expect(
            read("X: Message-ID: <a@b>\n Message-ID: <c@d>\nMessage-ID: <e@f>\nMessage-ID: <g@h>\n") == [
                "e@f", "",
            ])
        #expect(read("no colon here\n\nMessage-ID: <a@b>\n") == ["", ""])
        #expect(read("\r\nMessage-ID: <a@b>\r\n") == ["", ""])
        #expect(read(":\n::\n\r\r\nMessage-ID: a@b\r") == ["a@b", ""])
    }

    @Test func `a mail that is cut short or changed anywhere gives an event or a reason`() {
        let parser = JSONParser()
        func check(_ bytes: [UInt8]) {
            guard
                let events = try? PostmeterWebhooksTests.decode(
                    SendGrid.self,
                    bytes,
                    headers: [("content-type", SendGridSamples.contentType())],
                    with: parser
                )
            else { return }
            for event in events {
                let texts = [
                    event.id, event.internetMessageID, event.inReplyTo, event.conversationID, event.sender,
                    event.mailbox,
                ]
                #expect(
                    (texts + event.recipients).allSatisfy {
                        $0.utf8.count <= 998 && !$0.utf8.contains { $0 < 0x20 || $0 == 0x7F }
                    })
            }
        }
        for fields in [SendGridSamples.mail, SendGridSamples.rawMail] {
            let bytes = Array(SendGridSamples.form(fields).utf8)
            for index in bytes.indices {
                check(Array(bytes[..<index]))
                for byte in [0x00, 0x0A, 0x22, 0x3C, 0xFF] as [UInt8] {
                    var changed = bytes
                    changed[index] = byte
                    check(changed)
                }
            }
        }
    }
}
