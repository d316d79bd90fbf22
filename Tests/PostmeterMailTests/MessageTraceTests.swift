import PostmeterMail
import PostmeterModel
import PostmeterTracing
import Testing

/// Ids of messages, and the spans that have them.
///
/// Expected ids were computed with Python's `hmac`, and a SipHash that was checked against its published
/// vectors, for the key of the bytes 0 to 31.
@Suite struct MessageTraceTests {
    private let mail = MailFixture()

    private let sent = MailEvent(
        kind: .sent, provider: .resend, id: "msg_2Lh9KRb0pzN4LePd3XiA4v12Axj", time: .at(100),
        messageID: "4ef9a417-02e9-4d39-ad75-9611e0fcc33c", conversationID: "c-1",
        sender: "triage@support.acme.example",
        recipients: ["bob@example.com"])

    private func later(_ kind: MailEventKind, at time: Double, bounce: Bounce? = nil) -> MailEvent {
        var event = sent
        event.kind = kind
        event.id = "msg_\(kind.rawValue)"
        event.time = .at(time)
        event.bounce = bounce
        return event
    }

    @Test func `ids are the HMAC of the canonical id`() {
        let message = mail.triage.message(of: sent)
        #expect(message.traceID.description == "da8f46daf748ce5101e415377144d099")
        #expect(message.rootID.description == "61b5ee6780828979")
        #expect(message.deliverID.description == "6964765115dca7e3")
        #expect(message.flags == 3)
    }

    @Test func `angle brackets around a message id make no difference`() {
        let agent = mail.hooks.agent(MailFixture.triage, provider: .agentmail)
        #expect(agent.message("<0100019a@agentmail.to>") == agent.message("0100019a@agentmail.to"))
        #expect(
            agent.message("0100019a@agentmail.to").traceID.description == "abccd968bd9ce424cde9e37fb3f5ca6a")
        #expect(agent.message("0100019a@agentmail.to").rootID.description == "c5f6757ba951d30e")
    }

    @Test func `one id is another message at another provider, in another account, under another key`() {
        let other = MailIdentity(
            organization: "acme", account: "sales", domain: "support.acme.example", agent: "triage")
        let traces = [
            mail.triage.message("m").traceID,
            mail.hooks.agent(MailFixture.triage, provider: .ses).message("m").traceID,
            mail.hooks.agent(other, provider: .resend).message("m").traceID,
            MailFixture(key: [UInt8](repeating: 9, count: 32)).triage.message("m").traceID,
        ]
        #expect(Set(traces).count == 4)
    }

    @Test func `an event without a mail's id falls back to the Message-ID, then to itself`() {
        var event = sent
        event.messageID = ""
        event.internetMessageID = "<x@y>"
        #expect(mail.triage.message(of: event) == mail.triage.message("x@y"))
        event.internetMessageID = ""
        #expect(mail.triage.message(of: event) == mail.triage.message("event/\(event.id)"))
    }

    @Test func `a delivered mail is one trace of root, events and delivery`() {
        let agent = mail.triage
        let message = agent.message(of: sent)
        let server = SpanContext(traceID: TraceID(high: 1, low: 2), spanID: SpanID(0xabc))
        let delivered = later(.delivered, at: 102.5)
        agent.emitRoot(message, of: sent)
        agent.emitEvent(message, of: sent, servedBy: server)
        agent.emitEvent(message, of: delivered)
        agent.emitDeliver(message, of: delivered, from: sent.time)
        let spans = mail.spans()
        #expect(
            traceText(spans) == """
                message outbound [internal] 100+0
                  sent resend [consumer] 100+0 -> 0000000000000abc
                  delivered resend [consumer] 102.5+0
                  deliver [client] 100+2.5
                """)
        #expect(spans.allSatisfy { $0.traceID == "da8f46daf748ce5101e415377144d099" })
        #expect(spans.map(\.spanID)[0] == "61b5ee6780828979")
        #expect(spans.map(\.spanID)[1] == "e18fef57a09ee7e6")
        #expect(spans.map(\.spanID)[3] == "6964765115dca7e3")
    }

    @Test func `a bounce makes the delivery an error and says why`() {
        let bounced = later(
            .bounced, at: 101,
            bounce: Bounce(
                class: .hard, reason: .invalidRecipient, diagnostic: "550 5.1.1 <bob@example.com> unknown"))
        let message = mail.triage.message(of: bounced)
        mail.triage.emitDeliver(message, of: bounced, from: sent.time)
        let span = mail.spans()[0]
        #expect(traceText([span]) == "deliver [client] 100+1 !")
        #expect(
            span.attributes == [
                "email.organization=acme", "email.account=support", "email.domain=support.acme.example",
                "email.agent=triage", "email.provider=resend",
                "email.message_id=4ef9a417-02e9-4d39-ad75-9611e0fcc33c",
                "messaging.message.conversation_id=c-1", "email.recipient=324eebd7834214a2",
                "email.bounce.class=hard", "email.bounce.reason=invalid_recipient",
                "email.detail=550 5.1.1 [address] unknown", "error.type=bounced",
            ])
    }

    @Test func `a delivery that was told before its sending has no length`() {
        let delivered = later(.delivered, at: 99)
        mail.triage.emitDeliver(mail.triage.message(of: delivered), of: delivered, from: sent.time)
        #expect(traceText(mail.spans()) == "deliver [client] 99+0")
    }

    @Test func `a reply links the root of the message it answers`() {
        let agent = mail.hooks.agent(MailFixture.triage, provider: .agentmail)
        let reply = MailEvent(
            kind: .received, provider: .agentmail, id: "e1", time: .at(5), messageID: "<b@x>",
            inReplyTo: "<a@x>")
        let answered = MailEvent(
            kind: .sent, provider: .agentmail, id: "e0", time: .at(1), messageID: "<a@x>")
        agent.record(answered)
        agent.record(reply)
        #expect(
            traceText(mail.spans()) == """
                message outbound [internal] 1+0
                  sent agentmail [consumer] 1+0
                message inbound [internal] 5+0 -> message outbound
                  received agentmail [consumer] 5+0
                """)
    }

    @Test func `recording events oneself counts them and makes their root once`() {
        mail.triage.record(sent)
        mail.triage.record(later(.delivered, at: 103))
        #expect(
            traceText(mail.spans()) == """
                message outbound [internal] 100+0
                  sent resend [consumer] 100+0
                  delivered resend [consumer] 103+0
                """)
        #expect(
            mail.figures("email.events") == [
                "acme support support.acme.example triage resend delivered = 1",
                "acme support support.acme.example triage resend sent = 1",
            ])
    }

    @Test func `an event told twice is the same span twice`() {
        let message = mail.triage.message(of: sent)
        mail.triage.emitEvent(message, of: sent)
        mail.triage.emitEvent(message, of: sent)
        let spans = mail.spans()
        #expect(spans.count == 2)
        #expect(spans[0].spanID == spans[1].spanID)
    }

    @Test func `a message that is not sampled has figures and no spans`() {
        let mail = MailFixture(sampler: .alwaysOff)
        #expect(mail.triage.message(of: sent).flags == 2)
        mail.triage.record(sent)
        #expect(mail.spans().isEmpty)
        #expect(mail.figures("email.events") == ["acme support support.acme.example triage resend sent = 1"])
    }

    @Test func `a message is sampled as a whole, by its trace id`() {
        let mail = MailFixture(sampler: .traceIDRatio(0.5))
        let agent = mail.triage
        for number in 0..<40 {
            var event = sent
            event.messageID = "m\(number)"
            for kind in [MailEventKind.sent, .delivered, .opened] {
                event.kind = kind
                event.id = "\(number)-\(kind.rawValue)"
                agent.record(event)
            }
        }
        let traces = Dictionary(grouping: mail.spans(), by: \.traceID)
        #expect(traces.count > 5 && traces.count < 35)
        #expect(traces.values.allSatisfy { $0.count == 4 })
    }

    @Test func `messages that come again get the ids they had, however many came between`() {
        let agent = mail.triage
        let first = (0..<10_000).map { agent.message("m\($0)") }
        #expect(Set(first.map(\.traceID)).count == 10_000)
        let again = (0..<10_000).reversed().map { agent.message("m\($0)") }
        #expect(again.reversed() == first)
    }

    @Test func `ids that only look alike are two messages`() {
        let composed = mail.triage.message("caf\u{e9}@x")
        let decomposed = mail.triage.message("cafe\u{301}@x")
        #expect(composed != decomposed)
    }

    @Test func `threads that ask at once get the same ids`() async {
        let agent = mail.triage
        let expected = MailFixture().triage
        let differing = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    (0..<5_000).count { agent.message("m\($0 % 600)") != expected.message("m\($0 % 600)") }
                }
            }
            return await group.reduce(0, +)
        }
        #expect(differing == 0)
    }

    @Test func `a short trace key works and is warned of`() {
        let mail = MailFixture(key: [1, 2, 3])
        #expect(mail.triage.message("m").root.isValid)
        #expect(mail.warnings == ["the trace key has 3 bytes: trace ids can be guessed; use 32 random bytes"])
    }
}
