import PostmeterMetrics
import PostmeterModel
import Testing

@testable import PostmeterMail

@Suite struct WebhookInstrumentTests {
    private let mail = MailFixture()

    private var webhook: WebhookInstruments {
        mail.hooks.webhook(endpoint: "acme-resend", account: "support", provider: .resend)
    }

    @Test func `an endpoint's answers and outcomes stand at zero from the start`() {
        _ = webhook
        #expect(
            mail.series("email.webhook.requests") == [
                "support resend accepted = 0", "support resend method_not_allowed = 0",
                "support resend overloaded = 0", "support resend postponed = 0",
                "support resend too_large = 0", "support resend unauthorized = 0",
            ])
        #expect(
            mail.series("email.webhook.events") == [
                "support resend counted = 0", "support resend dead = 0", "support resend duplicate = 0",
                "support resend ignored = 0",
            ])
        #expect(mail.series("email.webhook.last.event").isEmpty)
    }

    @Test(arguments: WebhookOutcome.allCases.filter { $0 != .unknownEndpoint })
    func `each answer moves its own series and no other`(outcome: WebhookOutcome) {
        webhook.count(outcome)
        #expect(mail.figures("email.webhook.requests") == ["support resend \(outcome.rawValue) = 1"])
    }

    @Test(arguments: FoldOutcome.allCases)
    func `each outcome of the fold moves its own series and no other`(outcome: FoldOutcome) {
        webhook.count(outcome, 3)
        #expect(mail.figures("email.webhook.events") == ["support resend \(outcome.rawValue) = 3"])
    }

    @Test func `a request to nowhere is of nobody`() {
        webhook.count(WebhookOutcome.unknownEndpoint)
        mail.hooks.countUnknownEndpoint()
        #expect(mail.figures("email.webhook.requests") == ["_unknown _unknown unknown_endpoint = 1"])
    }

    @Test func `lag runs from the event to its acceptance and never below zero`() {
        let event = MailEvent(kind: .sent, provider: .resend, id: "e", time: .at(100))
        webhook.recordLag(of: event, acceptedAt: .at(100.5))
        webhook.recordLag(of: event, acceptedAt: .at(99))
        #expect(mail.figures("email.webhook.lag") == ["resend = 2/0.5"])
    }

    @Test func `the last event and dead letters are told by endpoint and reason`() {
        webhook.bindLastEvent().set(1_700_000_000)
        webhook.countDeadLetter(reason: "malformed_json")
        #expect(mail.series("email.webhook.last.event") == ["acme-resend resend = 1700000000.0"])
        #expect(mail.series("email.dead_letters") == ["support resend malformed_json = 1"])
    }

    @Test func `journal gauges exist only where there is a journal`() {
        #expect(mail.series("email.journal.depth").isEmpty)
        let journal = JournalInstruments(mail.registry)
        journal.set(depth: 12, oldest: .at(90), now: .at(100))
        #expect(mail.series("email.journal.depth") == [" = 12.0"])
        #expect(mail.series("email.journal.age") == [" = 10.0"])
        journal.set(depth: 0, oldest: nil, now: .at(100))
        #expect(mail.series("email.journal.age") == [" = 0.0"])
    }

    @Test func `served requests are recorded by template, and odd methods in one series`() {
        let server = mail.hooks.httpServer
        server.record(method: "POST", route: "/hooks/{endpoint}", status: 200, seconds: 0.25)
        server.record(method: "BREW", route: "", status: 418, seconds: 1)
        #expect(
            mail.figures("http.server.request.duration") == [
                "POST /hooks/{endpoint} 200 http = 1/0.25", "_OTHER 418 http = 1/1.0",
            ])
    }

    @Test func `places of lazily bound handles cover their vocabularies`() {
        #expect(Bounce.Class.allCases.count * Bounce.Reason.allCases.count == 28)
        for (place, reason) in Bounce.Reason.allCases.enumerated() { #expect(reason.index == place) }
        for (place, provider) in RecipientProvider.allCases.enumerated() { #expect(provider.index == place) }
        for (place, outcome) in ConversationOutcome.allCases.enumerated() { #expect(outcome.index == place) }
        for (place, outcome) in WebhookOutcome.allCases.enumerated() { #expect(outcome.index == place) }
        for (place, outcome) in FoldOutcome.allCases.enumerated() { #expect(outcome.index == place) }
        for (place, kind) in MailEventKind.allCases.enumerated() { #expect(kind.index == place) }
    }
}
