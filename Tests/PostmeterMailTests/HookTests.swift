import PostmeterMail
import PostmeterModel
import PostmeterTracing
import Testing

@Suite struct HookTests {
    private enum Trouble: Error {
        case tooHot
    }

    private let mail = MailFixture()
    private let incoming = IncomingMail(messageID: "in-1", conversationID: "c-1")

    @Test func `a mail is taken in, worked on and answered in one trace`() async {
        let agent = mail.triage
        let answer = await agent.withReception(of: incoming) { reception in
            #expect(reception.message == agent.message("in-1"))
            mail.advance(0.2)
            return await agent.withProcessing(step: "reply", of: incoming) { processing in
                mail.advance(2)
                processing.recordLLM(
                    model: "gpt-5-mini", provider: "openai", inputTokens: 1_200, outputTokens: 80,
                    cost: 0.0125,
                    duration: .milliseconds(1_500))
                processing.conclude(.answered)
                return await agent.withDelivery(of: OutgoingMail(answering: incoming)) { delivery in
                    mail.advance(0.3)
                    delivery.accepted(messageID: "out-1")
                    return "sent"
                }
            }
        }
        #expect(answer == "sent")
        let spans = mail.spans()
        #expect(
            traceText(spans) == """
                receive [client] 1000+2.5
                  process reply [consumer] 1000.2+2.3
                    chat gpt-5-mini [client] 1000.7+1.5
                    send [producer] 1002.2+0.3 -> \(agent.message("out-1").rootID)
                """)
        let message = agent.message("in-1")
        #expect(spans.allSatisfy { $0.traceID == message.traceID.description })
        #expect(spans.last?.parentID == message.rootID.description)
    }

    @Test func `the figures of a mail that went well have no error`() async {
        let agent = mail.triage
        await agent.withReception(of: incoming) { _ in mail.advance(0.25) }
        await agent.withProcessing(step: "classify", of: incoming) { _ in mail.advance(2) }
        await agent.withDelivery(of: OutgoingMail()) { delivery in
            mail.advance(0.5)
            delivery.accepted(messageID: "out-1")
        }
        #expect(mail.figures("messaging.client.consumed.messages") == ["receive resend = 1"])
        #expect(mail.figures("messaging.client.sent.messages") == ["send resend = 1"])
        #expect(
            mail.figures("messaging.client.operation.duration") == [
                "receive resend = 1/0.25", "send resend = 1/0.5",
            ])
        #expect(mail.figures("messaging.process.duration") == ["process resend = 1/2.0"])
        #expect(mail.figures("email.processing.duration") == ["support classify = 1/2.0"])
        #expect(mail.figures("email.events").isEmpty)
    }

    @Test func `a reply that is accepted tells how long the mail waited for it`() async {
        let agent = mail.triage
        let known = IncomingMail(messageID: "in-1", receivedAt: .at(970))
        for mail in [known, incoming] {
            await agent.withDelivery(of: OutgoingMail(answering: mail)) { $0.accepted(messageID: "out-1") }
        }
        await agent.withDelivery(of: OutgoingMail(answering: known)) { $0.refused(.deferred) }
        await agent.withDelivery(of: OutgoingMail(answering: known)) { _ in }
        #expect(mail.figures("email.response.duration") == ["support support.acme.example = 1/30.0"])
    }

    @Test func `what a body throws is recorded and comes out as it was`() async {
        let agent = mail.triage
        await #expect(throws: Trouble.tooHot) {
            try await agent.withProcessing(step: "reply", of: incoming) { _ throws(Trouble) in
                mail.advance(1)
                throw Trouble.tooHot
            }
        }
        #expect(mail.figures("email.processing.duration") == ["support reply Trouble = 1/1.0"])
        #expect(mail.figures("messaging.process.duration") == ["process resend Trouble = 1/1.0"])
        let span = mail.spans()[0]
        #expect(traceText([span]) == "process reply [consumer] 1000+1 !")
        #expect(span["error.type"] == "Trouble")
    }

    @Test func `a failure between two successes has series of its own`() async {
        let agent = mail.triage
        for fails in [false, true, false] {
            try? await agent.withProcessing(step: "reply", of: incoming) { _ in
                mail.advance(1)
                if fails { throw Trouble.tooHot }
            }
            await agent.withDelivery(of: OutgoingMail()) { if fails { $0.refused(.deferred) } }
        }
        #expect(
            mail.figures("email.processing.duration") == [
                "support reply = 2/2.0", "support reply Trouble = 1/1.0",
            ])
        #expect(
            mail.figures("messaging.process.duration") == [
                "process resend = 2/2.0", "process resend Trouble = 1/1.0",
            ])
        #expect(
            mail.figures("messaging.client.sent.messages") == ["send resend = 2", "send resend deferred = 1"])
    }

    @Test func `a typed error stays typed`() async {
        let agent = mail.triage
        do throws(Trouble) {
            try await agent.withReception(of: incoming) { _ throws(Trouble) in throw .tooHot }
        } catch {
            let trouble: Trouble = error
            #expect(trouble == .tooHot)
        }
        #expect(mail.figures("messaging.client.consumed.messages") == ["receive resend Trouble = 1"])
    }

    @Test func `a cancelled body is neither done nor failed`() async {
        let agent = mail.triage
        await #expect(throws: CancellationError.self) {
            try await agent.withDelivery(of: OutgoingMail()) { _ in throw CancellationError() }
        }
        await #expect(throws: CancellationError.self) {
            try await agent.withProcessing(step: "reply", of: incoming) { _ in throw CancellationError() }
        }
        for name in [
            "messaging.client.sent.messages", "messaging.client.operation.duration",
            "messaging.process.duration",
            "email.processing.duration",
        ] {
            #expect(mail.series(name).isEmpty)
        }
        let spans = mail.spans()
        #expect(spans.map(\.name) == ["send", "process reply"])
        #expect(spans.allSatisfy { !$0.isError && $0["error.type"] == nil })
    }

    @Test(arguments: DeliveryRefusal.allCases)
    func `a refusal counts as failed, in its own word`(refusal: DeliveryRefusal) async {
        await mail.triage.withDelivery(of: OutgoingMail()) { $0.refused(refusal) }
        #expect(mail.figures("messaging.client.sent.messages") == ["send resend \(refusal.rawValue) = 1"])
        let span = mail.spans()[0]
        #expect(span.isError)
        #expect(span["error.type"] == refusal.rawValue)
        #expect(span["email.event"] == refusal.rawValue)
        #expect(MailEventKind(rawValue: refusal.rawValue) != nil)
    }

    @Test func `the last word on a delivery holds`() async {
        await mail.triage.withDelivery(of: OutgoingMail()) { delivery in
            delivery.refused(.deferred)
            delivery.accepted(messageID: "out-1")
        }
        await mail.triage.withDelivery(of: OutgoingMail()) { delivery in
            delivery.accepted(messageID: "out-2")
            delivery.refused(.rejected)
        }
        await mail.triage.withDelivery(of: OutgoingMail()) { _ in }
        let spans = mail.spans()
        #expect(spans.map { $0["email.event"] } == ["accepted", "rejected", nil])
        #expect(spans.map(\.isError) == [false, true, false])
        #expect(
            mail.figures("messaging.client.sent.messages") == ["send resend = 2", "send resend rejected = 1"])
    }

    @Test func `what a platform said of a refusal loses its addresses`() async {
        await mail.triage.withDelivery(of: OutgoingMail()) { delivery in
            delivery.refused(.rejected, detail: "550 <bob@example.com> unknown")
        }
        #expect(mail.spans()[0]["email.detail"] == "550 [address] unknown")
    }

    @Test func `an error thrown after a refusal is the one that is told`() async {
        await #expect(throws: Trouble.tooHot) {
            try await mail.triage.withDelivery(of: OutgoingMail()) { delivery in
                delivery.refused(.failed)
                throw Trouble.tooHot
            }
        }
        #expect(mail.figures("messaging.client.sent.messages") == ["send resend Trouble = 1"])
    }

    @Test func `an escalation is counted once and its reason is on the span only`() async {
        await mail.triage.withProcessing(step: "reply", of: incoming) { processing in
            processing.escalate(reason: "asks for a refund")
            processing.conclude(.answered)
        }
        #expect(mail.series("email.conversations") == ["support support.acme.example triage escalated = 1"])
        let span = mail.spans()[0]
        #expect(span.events == ["escalated(email.reason=asks for a refund)"])
        #expect(span["email.outcome"] == "escalated")
        #expect(mail.figures("email.events").isEmpty)
    }

    @Test func `a call of a model is counted in tokens, seconds and dollars`() async {
        await mail.triage.withProcessing(step: "reply", of: incoming) { processing in
            for cost in [0.25, 0.5] {
                processing.recordLLM(
                    model: "m", provider: "openai", inputTokens: 100, outputTokens: 10, cost: cost,
                    duration: .seconds(2))
            }
            processing.recordLLM(model: "m", provider: "openai", inputTokens: -5, outputTokens: 0)
        }
        #expect(mail.figures("email.llm.cost") == ["support support.acme.example triage m = 0.75"])
        #expect(
            mail.figures("gen_ai.client.token.usage") == [
                "chat openai m input = 3/200.0", "chat openai m output = 3/20.0",
            ])
        #expect(mail.figures("gen_ai.client.operation.duration") == ["chat openai m = 2/4.0"])
        let call = mail.spans()[0]
        #expect(
            call.attributes == [
                "gen_ai.operation.name=chat", "gen_ai.provider.name=openai", "gen_ai.request.model=m",
                "gen_ai.usage.input_tokens=100", "gen_ai.usage.output_tokens=10", "email.llm.cost=0.25",
            ])
    }

    @Test func `a span of the task in another trace is linked, not followed`() async {
        let request = SpanContext(traceID: TraceID(high: 7, low: 7), spanID: SpanID(0x77))
        await CurrentSpan.withValue(request) {
            await mail.triage.withReception(of: incoming) { _ in }
        }
        let span = mail.spans()[0]
        #expect(span.parentID == mail.triage.message("in-1").rootID.description)
        #expect(span.links == ["0000000000000077"])
    }

    @Test
    func `a sending outside of any work stands under its own root, or under that of the mail it answers`()
        async
    {
        let agent = mail.triage
        await agent.withDelivery(of: OutgoingMail(messageID: "out-1")) { _ in }
        await agent.withDelivery(of: OutgoingMail(answering: incoming)) { _ in }
        await agent.withDelivery(of: OutgoingMail()) { _ in }
        #expect(
            mail.spans().map(\.parentID) == [
                agent.message("out-1").rootID.description, agent.message("in-1").rootID.description, "",
            ])
    }

    @Test func `the task's span is set within a body and gone after it`() async {
        await mail.triage.withReception(of: incoming) { reception in
            #expect(CurrentSpan.context == reception.context)
        }
        #expect(CurrentSpan.context == nil)
    }

    @Test func `steps, models and errors without end end up in one word`() async {
        struct Numbered {
            static func step(_ number: Int) -> String { "step-\(number)" }
        }
        let agent = mail.triage
        for number in 0..<100 {
            await agent.withProcessing(step: Numbered.step(number), of: incoming) { processing in
                processing.recordLLM(
                    model: "model-\(number)", provider: "p", inputTokens: 1, outputTokens: 1, cost: 1)
            }
        }
        #expect(mail.series("email.processing.duration").count == 33)
        #expect(mail.figures("email.processing.duration").contains("support _OTHER = 68/0.0"))
        #expect(mail.series("email.llm.cost").count == 65)
        #expect(mail.figures("email.llm.cost").contains("support support.acme.example triage _OTHER = 36.0"))
    }

    @Test func `a clock that is set back makes no negative duration`() async {
        let clock = Steps([2_000, 1_000])
        let tracer = Tracer(
            scope: MailConventions.scope, now: { UnixTime(nanoseconds: clock.next()) })
        let hooks = MailHooks(
            registry: mail.registry, tracer: tracer, traceKey: MailFixture.key, agentLimit: 100)
        await hooks.agent(MailFixture.triage, provider: .resend).withReception(of: incoming) { _ in }
        #expect(mail.series("messaging.client.operation.duration") == ["receive resend = 1/0.0"])
    }

    @Test func `a span and the histogram beside it share their readings of the clock`() async {
        let clock = Steps([1_000_000_000, 3_000_000_000, 7_000_000_000, 15_000_000_000])
        let tracer = Tracer(scope: MailConventions.scope, now: { UnixTime(nanoseconds: clock.next()) })
        let hooks = MailHooks(
            registry: mail.registry, tracer: tracer, traceKey: MailFixture.key, agentLimit: 100)
        let agent = hooks.agent(MailFixture.triage, provider: .resend)
        await agent.withReception(of: incoming) { _ in }
        await agent.withLLM(model: "m", provider: "openai") { _ in }
        var records = EncodedRecords()
        _ = tracer.drain(into: &records)
        let spans = (0..<records.count).map {
            RecordedSpan(body: Array(records.bytes[records.range(of: $0)]))
        }
        #expect(traceText(spans) == "receive [client] 1+2\nchat m [client] 7+8")
        #expect(mail.figures("messaging.client.operation.duration") == ["receive resend = 1/2.0"])
        #expect(mail.figures("gen_ai.client.operation.duration") == ["chat openai m = 1/8.0"])
    }

    @Test func `hooks on many tasks at once lose nothing`() async {
        let agent = mail.triage
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<100 {
                        await agent.withProcessing(step: "reply", of: incoming) { $0.conclude(.answered) }
                    }
                }
            }
        }
        #expect(mail.figures("email.processing.duration") == ["support reply = 800/0.0"])
        #expect(mail.figures("email.conversations") == ["support support.acme.example triage answered = 800"])
    }
}
