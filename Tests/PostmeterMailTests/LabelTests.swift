import PostmeterMetrics
import PostmeterModel
import PostmeterTracing
import Testing

@testable import PostmeterMail

/// What may become a label value: words of closed sets, and names that are bounded.
@Suite struct LabelTests {
    private enum Trouble: Error {
        case failed
    }

    private let mail = MailFixture()

    @Test func `no address becomes a label, wherever a service puts one`() async {
        let address = "bob@example.com"
        let agent = mail.triage
        let incoming = IncomingMail(
            messageID: address, inReplyTo: address, conversationID: address)
        await agent.withReception(of: incoming) { $0.set("note", .string(address)) }
        await agent.withProcessing(step: "mail for \(address)", of: incoming) { processing in
            processing.recordLLM(
                model: address, provider: address, inputTokens: 1, outputTokens: 1, cost: 1,
                operation: address)
            processing.escalate(reason: address)
            await agent.withTool(address, callID: address) { $0.set("note", .string(address)) }
        }
        await agent.withDelivery(of: OutgoingMail(messageID: address, recipients: [address])) { delivery in
            delivery.refused(.rejected, detail: address)
        }
        agent.record(
            MailEvent(
                kind: .bounced, provider: .resend, id: address, time: .at(1), messageID: address,
                sender: address, recipients: [address], mailbox: address,
                bounce: Bounce(class: .hard, reason: .invalidRecipient, diagnostic: address), detail: address)
        )
        let values = labelValues()
        #expect(values.contains("_OTHER"))
        #expect(values.filter { $0.contains("@") } == [])
    }

    @Test(arguments: ["resend", "my-relay_2", "a", String(repeating: "x", count: 32)])
    func `the name of a provider is kept`(name: String) {
        #expect(MailProvider(rawValue: name).rawValue == name)
    }

    @Test(arguments: [
        "", "Resend", "a.b", "a b", "bob@example.com", "rélais", String(repeating: "x", count: 33),
    ])
    func `what is no name of a provider is other`(name: String) {
        #expect(MailProvider(rawValue: name).rawValue == "_OTHER")
    }

    @Test func `no histogram is by agent, and nothing is by message, recipient or words`() {
        let forbidden: Set<String> = [
            MailAttribute.messageID, MailAttribute.recipient, MailAttribute.detail,
            MailAttribute.conversationID, MailAttribute.genAIConversation, MailAttribute.genAIToolCallID,
        ]
        let descriptors = descriptors()
        #expect(descriptors.count == 28)
        for descriptor in descriptors {
            #expect(forbidden.isDisjoint(with: descriptor.labels), "\(descriptor.name)")
            #expect(Set(descriptor.integerLabels).isSubset(of: descriptor.labels), "\(descriptor.name)")
            if descriptor.kind == .histogram {
                #expect(!descriptor.labels.contains(MailAttribute.agent), "\(descriptor.name)")
                #expect(descriptor.bounds == descriptor.bounds.sorted(), "\(descriptor.name)")
            }
        }
    }

    @Test func `the status of an answer is a number`() {
        let status = MailConventions(agentLimit: 1).httpServerDuration
        #expect(status.integerLabels == ["http.response.status_code"])
    }

    @Test func `what went well has no type of error, and what did not has one`() async {
        await mail.triage.withTool("search") { _ in }
        try? await mail.triage.withTool("search") { _ in throw Trouble.failed }
        #expect(
            attributes("gen_ai.execute_tool.duration") == [
                [Attribute("gen_ai.tool.name", "search"), Attribute("gen_ai.tool.type", "function")],
                [
                    Attribute("gen_ai.tool.name", "search"), Attribute("gen_ai.tool.type", "function"),
                    Attribute("error.type", "Trouble"),
                ],
            ])
    }

    @Test func `a request that no route took has none, and its status is a number`() {
        mail.hooks.httpServer.record(method: "GET", route: "", status: 404, seconds: 1)
        #expect(
            attributes("http.server.request.duration") == [
                [
                    Attribute("http.request.method", "GET"), Attribute("http.response.status_code", 404),
                    Attribute("url.scheme", "http"),
                ]
            ])
    }

    @Test(arguments: [
        ("triage", "triage"), ("gpt-5-mini", "gpt-5-mini"), ("sonnet@20240620", "sonnet@20240620"),
        ("bison@v1.2", "bison@v1.2"), ("@cf/meta/llama-3.1", "@cf/meta/llama-3.1"),
        ("bob@example.com", "_OTHER"), ("for <bob@mail.example.com>!", "_OTHER"), ("", "_OTHER"),
        (String(repeating: "x", count: 129), "_OTHER"), ("_OTHER", "_OTHER"),
    ])
    func `a word is admitted unless it is none`(word: String, admitted: String) {
        #expect(BoundedWords(limit: 4, other: "_OTHER").admit(word) == admitted)
    }

    @Test func `a set of words that is full keeps those it has, and counts the others`() {
        let words = BoundedWords(limit: 2, other: "_OTHER")
        #expect(
            ["a", "b", "c", "a", "d", "_OTHER"].map(words.admit) == [
                "a", "b", "_OTHER", "a", "_OTHER", "_OTHER",
            ])
        #expect(words.refused == 2)
    }

    /// The attributes of each series of a family, as they are exported.
    private func attributes(_ name: String) -> [[Attribute]] {
        let families = mail.registry.snapshot().families.filter { $0.descriptor.name == name }
        return families.flatMap { family in
            family.identities.map { AttributeReader.attributes(in: $0.bytes) }
        }
    }

    private func labelValues() -> Set<String> {
        var values: Set<String> = []
        for family in mail.registry.snapshot().families {
            for identity in family.identities {
                for attribute in AttributeReader.attributes(in: identity.bytes) {
                    if case .string(let text) = attribute.value { values.insert(text) }
                }
            }
        }
        return values
    }

    private func descriptors() -> [InstrumentDescriptor] {
        let all = MailConventions(agentLimit: 1)
        return [
            all.events, all.bounces, all.deliveryDuration, all.responseDuration, all.processingDuration,
            all.conversations, all.llmCost, all.webhookRequests, all.webhookEvents, all.webhookLastEvent,
            all.webhookSequenceMissing, all.webhookLag, all.deadLetters, all.deadLettersReplayed,
            all.deadLettersDropped,
            all.deadLettersKept, all.deadLettersSize, all.journalDepth, all.journalAge, all.sentMessages,
            all.consumedMessages, all.operationDuration, all.messageProcessDuration, all.tokenUsage,
            all.modelDuration, all.invocationDuration, all.toolDuration, all.httpServerDuration,
        ]
    }
}
