import PostmeterMail
import PostmeterModel
import PostmeterTracing
import Testing

@Suite struct GenAITests {
    private enum Trouble: Error {
        case overloaded
    }

    private let mail = MailFixture()
    private let incoming = IncomingMail(messageID: "in-1", conversationID: "c-1")

    @Test func `a run of the agent holds its calls of models and tools`() async {
        let agent = mail.triage
        await agent.withProcessing(step: "reply", of: incoming) { _ in
            await agent.withInvocation(of: incoming) { _ in
                await agent.withLLM(model: "gpt-5-mini", provider: "openai") { call in
                    mail.advance(1)
                    call.used(inputTokens: 10, outputTokens: 2)
                }
                await agent.withTool("find_order", callID: "call-1") { _ in
                    mail.advance(0.5)
                    agent.recordLLM(
                        model: "embed", provider: "openai", inputTokens: 3, outputTokens: 0,
                        duration: .milliseconds(250), operation: "embeddings")
                }
            }
        }
        #expect(
            traceText(mail.spans()) == """
                process reply [consumer] 1000+1.5
                  invoke_agent triage [internal] 1000+1.5
                    chat gpt-5-mini [client] 1000+1
                    execute_tool find_order [internal] 1001+0.5
                      embeddings embed [client] 1001.25+0.25
                """)
        #expect(mail.figures("gen_ai.invoke_agent.duration") == ["support = 1/1.5"])
        #expect(mail.figures("gen_ai.execute_tool.duration") == ["find_order function = 1/0.5"])
        #expect(
            mail.figures("gen_ai.client.operation.duration") == [
                "chat openai gpt-5-mini = 1/1.0", "embeddings openai embed = 1/0.25",
            ])
    }

    @Test func `the spans say what the conventions ask for`() async {
        await mail.triage.withInvocation(of: incoming) { $0.set("gen_ai.provider.name", "openai") }
        await mail.triage.withTool("search", type: .datastore, callID: "call-1") { _ in }
        await mail.triage.withLLM(model: "m", provider: "openai") { call in
            call.set("gen_ai.response.model", "m-2026")
            call.used(inputTokens: 7, outputTokens: 5, cost: 0.25)
        }
        let spans = mail.spans()
        #expect(
            spans[0].attributes == [
                "gen_ai.operation.name=invoke_agent", "gen_ai.agent.id=triage", "gen_ai.agent.name=triage",
                "gen_ai.conversation.id=c-1", "email.organization=acme", "email.account=support",
                "email.domain=support.acme.example", "email.agent=triage", "email.provider=resend",
                "gen_ai.provider.name=openai",
            ])
        #expect(
            spans[1].attributes == [
                "gen_ai.operation.name=execute_tool", "gen_ai.tool.name=search", "gen_ai.tool.type=datastore",
                "gen_ai.tool.call.id=call-1", "gen_ai.agent.name=triage",
            ])
        #expect(
            spans[2].attributes == [
                "gen_ai.operation.name=chat", "gen_ai.provider.name=openai", "gen_ai.request.model=m",
                "gen_ai.response.model=m-2026", "gen_ai.usage.input_tokens=7",
                "gen_ai.usage.output_tokens=5", "email.llm.cost=0.25",
            ])
    }

    @Test func `a run outside of a step stands under its mail, and links the request that it came in with`()
        async
    {
        let request = SpanContext(traceID: TraceID(high: 7, low: 7), spanID: SpanID(0x77))
        await CurrentSpan.withValue(request) {
            await mail.triage.withInvocation(of: incoming) { _ in }
        }
        let span = mail.spans()[0]
        #expect(span.parentID == mail.triage.message("in-1").rootID.description)
        #expect(span.links == ["0000000000000077"])
    }

    @Test func `a call that fails keeps its type, and what it used is counted all the same`() async {
        let agent = mail.triage
        do throws(Trouble) {
            try await agent.withLLM(model: "m", provider: "openai") { call throws(Trouble) in
                call.used(inputTokens: 100, outputTokens: 0, cost: 0.5)
                mail.advance(2)
                throw .overloaded
            }
        } catch {
            let trouble: Trouble = error
            #expect(trouble == .overloaded)
        }
        #expect(mail.figures("gen_ai.client.operation.duration") == ["chat openai m Trouble = 1/2.0"])
        #expect(mail.figures("gen_ai.client.token.usage").contains("chat openai m input = 1/100.0"))
        #expect(mail.figures("email.llm.cost") == ["support support.acme.example triage m = 0.5"])
        let span = mail.spans()[0]
        #expect(span.isError)
        #expect(span["error.type"] == "Trouble")
    }

    @Test func `a tool and a run that fail are told by the error's type`() async {
        let agent = mail.triage
        await #expect(throws: Trouble.overloaded) {
            try await agent.withInvocation(of: incoming) { _ in
                try await agent.withTool("refund") { _ in throw Trouble.overloaded }
            }
        }
        #expect(mail.figures("gen_ai.execute_tool.duration") == ["refund function Trouble = 1/0.0"])
        #expect(mail.figures("gen_ai.invoke_agent.duration") == ["support Trouble = 1/0.0"])
        #expect(mail.spans().map(\.isError) == [true, true])
    }

    @Test func `a cancelled call is neither done nor failed, but its tokens are paid for`() async {
        let agent = mail.triage
        await #expect(throws: CancellationError.self) {
            try await agent.withInvocation(of: incoming) { _ in
                try await agent.withTool("refund") { _ in
                    try await agent.withLLM(model: "m", provider: "openai") { call in
                        call.used(inputTokens: 100, outputTokens: 20)
                        throw CancellationError()
                    }
                }
            }
        }
        for name in [
            "gen_ai.client.operation.duration", "gen_ai.execute_tool.duration",
            "gen_ai.invoke_agent.duration",
        ] {
            #expect(mail.series(name).isEmpty)
        }
        #expect(
            mail.figures("gen_ai.client.token.usage") == [
                "chat openai m input = 1/100.0", "chat openai m output = 1/20.0",
            ])
        #expect(mail.spans().allSatisfy { !$0.isError && $0["error.type"] == nil })
    }

    @Test func `what several tries used adds up to one call`() async {
        await mail.triage.withLLM(model: "m", provider: "openai") { call in
            call.used(inputTokens: 100, outputTokens: 0, cost: 0.25)
            call.used(inputTokens: 100, outputTokens: 40, cost: 0.5)
            call.used(inputTokens: -7, outputTokens: -7, cost: -1)
            call.used(inputTokens: 0, outputTokens: 0, cost: .nan)
        }
        #expect(
            mail.figures("gen_ai.client.token.usage") == [
                "chat openai m input = 1/200.0", "chat openai m output = 1/40.0",
            ])
        #expect(mail.spans()[0]["email.llm.cost"] == "0.75")
    }

    @Test func `a call that told nothing counts no tokens`() async {
        await mail.triage.withLLM(model: "m", provider: "openai") { _ in mail.advance(1) }
        #expect(mail.series("gen_ai.client.token.usage").isEmpty)
        #expect(mail.series("email.llm.cost").isEmpty)
        #expect(mail.figures("gen_ai.client.operation.duration") == ["chat openai m = 1/1.0"])
        #expect(mail.spans()[0]["gen_ai.usage.input_tokens"] == nil)
    }

    @Test func `a model that nobody named is absent, and a provider is other`() async {
        await mail.triage.withLLM(model: "", provider: "") { _ in }
        #expect(mail.figures("gen_ai.client.operation.duration") == ["chat _OTHER = 1/0.0"])
        let span = mail.spans()[0]
        #expect(span.name == "chat")
        #expect(span["gen_ai.request.model"] == nil)
        #expect(span["gen_ai.provider.name"] == "_OTHER")
    }

    @Test func `a call outside of any work has a trace of its own`() async {
        await mail.triage.withLLM(model: "m", provider: "openai") { call in
            #expect(CurrentSpan.context == call.context)
        }
        #expect(mail.spans()[0].parentID == "")
        #expect(CurrentSpan.context == nil)
    }

    @Test func `tools without end end up in one word`() async {
        for number in 0..<100 {
            await mail.triage.withTool("tool-\(number)") { _ in }
        }
        #expect(mail.series("gen_ai.execute_tool.duration").count == 65)
        #expect(mail.figures("gen_ai.execute_tool.duration").contains("_OTHER function = 36/0.0"))
    }

    @Test func `the body of an unsampled call still runs and is counted`() async {
        let mail = MailFixture(sampler: .parentBased(root: .alwaysOff))
        let answer = await mail.triage.withInvocation(of: incoming) { _ in
            await mail.triage.withLLM(model: "m", provider: "openai") { call in
                call.used(inputTokens: 1, outputTokens: 1)
                return "answer"
            }
        }
        #expect(answer == "answer")
        #expect(mail.spans().isEmpty)
        #expect(mail.figures("gen_ai.client.operation.duration") == ["chat openai m = 1/0.0"])
    }
}
