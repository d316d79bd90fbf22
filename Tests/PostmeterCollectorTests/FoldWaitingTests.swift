import PostmeterJournal
import PostmeterMail
import PostmeterMetrics
import PostmeterModel
import Synchronization
import Testing

@testable import PostmeterCollector

/// A clock of accepted-at times that a test moves on.
final class AcceptedClock: Sendable {
    private let time = Mutex<UInt64>(2_000_000_000_000_000_000)

    var now: @Sendable () -> UInt64 {
        { self.time.withLock { $0 } }
    }

    func advance(seconds: UInt64) {
        time.withLock { $0 += seconds * 1_000_000_000 }
    }
}

@Suite struct FoldWaitingTests {
    private func withFold(_ body: (FoldFixture, AcceptedClock) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let clock = AcceptedClock()
            let fixture = try FoldFixture(folder: folder, accepted: clock.now)
            try await fixture.journalFleet()
            try await body(fixture, clock)
        }
    }

    private func reply(to id: String, second: Int) -> String {
        ResendBody.outbound(
            "sent", message: "reply", second: second,
            extra: #","headers":[{"name":"In-Reply-To","value":"<\#(id)>"}]"#)
    }

    private func lines(_ fixture: FoldFixture, _ name: String) -> [String] {
        fixture.durable.filter { $0.hasPrefix(name + "{") }
    }

    @Test func `a received mail that a sent one answers is answered, and its time is known`() async throws {
        try await withFold { fixture, _ in
            try await fixture.journal(id: "r1", ResendBody.inbound(message: "in", id: "q@x.example"))
            try await fixture.journal(id: "s1", reply(to: "q@x.example", second: 4))
            // Told again under another id: the mail has met its fate already.
            try await fixture.journal(id: "s2", reply(to: "q@x.example", second: 5))
            try fixture.foldAll()
            #expect(
                lines(fixture, "email.conversations") == [
                    "email.conversations{support acme.example triage answered} 1"
                ])
            #expect(
                lines(fixture, "email.response.duration") == [
                    "email.response.duration{support acme.example} 1 4.0"
                ])
        }
    }

    @Test func `a received mail that nobody answers is abandoned when a tick says it is late`() async throws {
        try await withFold { fixture, clock in
            try await fixture.journal(id: "r1", ResendBody.inbound(message: "in", id: "q@x.example"))
            try fixture.foldAll()
            let deadline = fixture.fold.waiting.nextDeadline(fixture.fold.settings.watch)
            #expect(deadline == 2_000_000_000_000_000_000 + (24 * 3_600 + 1) * 1_000_000_000)
            clock.advance(seconds: 24 * 3_600)
            try await fixture.journalTick()
            try fixture.foldAll()
            #expect(lines(fixture, "email.conversations") == [])
            clock.advance(seconds: 1)
            try await fixture.journalTick()
            // Too late to be an answer.
            try await fixture.journal(id: "s1", reply(to: "q@x.example", second: 4))
            try fixture.foldAll()
            #expect(
                lines(fixture, "email.conversations") == [
                    "email.conversations{support acme.example triage abandoned} 1"
                ])
        }
    }

    @Test func `an answer in a thread is one to its newest mail, unless that came later`() async throws {
        try await withFold { fixture, _ in
            let thread = [("References", "<root@x.example>")]
            try await fixture.journal(
                id: "r1", ResendBody.inbound(message: "a", id: "a@x.example", headers: thread, second: 1))
            try await fixture.journal(
                id: "r2", ResendBody.inbound(message: "b", id: "b@x.example", headers: thread, second: 6))
            let answer = #","headers":[{"name":"References","value":"<root@x.example> <z@x.example>"}]"#
            try await fixture.journal(
                id: "s1", ResendBody.outbound("sent", message: "o1", second: 3, extra: answer))
            try fixture.foldAll()
            #expect(lines(fixture, "email.conversations") == [])
            try await fixture.journal(
                id: "s2", ResendBody.outbound("sent", message: "o2", second: 8, extra: answer))
            try fixture.foldAll()
            #expect(
                lines(fixture, "email.response.duration") == [
                    "email.response.duration{support acme.example} 1 2.0"
                ])
        }
    }

    @Test func `a sent mail without an outcome is missing one until it comes`() async throws {
        try await withFold { fixture, clock in
            func missing() -> Double? {
                let families = fixture.registry.snapshot().families
                guard let family = families.first(where: { $0.descriptor.name == "email.outcomes.missing" }),
                    case .doubles(let values) = family.values
                else { return nil }
                return values.first
            }
            try await fixture.journal(id: "s1", ResendBody.outbound("sent", message: "one"))
            try await fixture.journal(id: "s2", ResendBody.outbound("sent", message: "two"))
            // The outcome of this one came before its sending.
            try await fixture.journal(id: "d3", ResendBody.outbound("delivered", message: "three"))
            try await fixture.journal(id: "s3", ResendBody.outbound("sent", message: "three"))
            clock.advance(seconds: 6 * 3_600 + 1)
            try await fixture.journal(id: "d1", ResendBody.outbound("delivered", message: "one"))
            try fixture.foldAll()
            // Time passes before the record that brings it does anything.
            #expect(missing() == 1)
            try await fixture.journal(id: "d2", ResendBody.outbound("delivered", message: "two"))
            try fixture.foldAll()
            #expect(missing() == 0)
            #expect(fixture.fold.waiting.outcomes.count == 0 && fixture.fold.waiting.missing.count == 0)
        }
    }

    @Test func `signs of a loop are counted by what they are`() async throws {
        try await withFold { fixture, clock in
            let automatic = [("Auto-Submitted", "auto-replied"), ("In-Reply-To", "<ours@acme.example>")]
            try await fixture.journal(
                id: "r1", ResendBody.inbound(message: "a", id: "a@x.example", headers: automatic))
            // A machine that answers nothing of ours is a newsletter, and a person is no machine.
            try await fixture.journal(
                id: "r2",
                ResendBody.inbound(
                    message: "b", id: "b@x.example", headers: [("Auto-Submitted", "auto-generated")]))
            try await fixture.journal(
                id: "r3",
                ResendBody.inbound(
                    message: "c", id: "c@x.example",
                    headers: [("Auto-Submitted", "no"), ("In-Reply-To", "<ours@acme.example>")]))
            try await fixture.journal(
                id: "r4",
                ResendBody.inbound(message: "d", id: "d@x.example", from: "Triage <Triage+x@ACME.example>"))
            try fixture.foldAll()
            #expect(
                lines(fixture, "email.loop.detected") == [
                    "email.loop.detected{support acme.example triage auto_submitted} 1",
                    "email.loop.detected{support acme.example triage own_address} 1",
                ])
            // Only the mail of people waits for an answer.
            #expect(fixture.fold.waiting.conversations.count == 2)
            for number in 1...25 {
                if number == 23 { clock.advance(seconds: 601) }
                try await fixture.journal(
                    id: "t\(number)",
                    ResendBody.inbound(
                        message: "t\(number)", id: "t\(number)@x.example",
                        headers: [("References", "<round@x.example>")]))
            }
            try fixture.foldAll()
            #expect(
                lines(fixture, "email.loop.detected").contains(
                    "email.loop.detected{support acme.example triage thread_rate} 2"))
        }
    }

    @Test func `wherever the process restarts, what waited is settled as if it had not`() async throws {
        let webhooks: [(String, String)] = [
            ("r1", ResendBody.inbound(message: "in1", id: "q1@x.example")),
            ("r2", ResendBody.inbound(message: "in2", id: "q2@x.example", second: 1)),
            ("s1", ResendBody.outbound("sent", message: "one")),
            ("s2", reply(to: "q1@x.example", second: 4)),
            ("d1", ResendBody.outbound("delivered", message: "one", second: 5)),
        ]
        func run(restartingAfter restart: Int?) async throws -> [String] {
            var durable: [String] = []
            try await withTemporaryFolder { folder in
                let clock = AcceptedClock()
                var fixture = try FoldFixture(folder: folder, accepted: clock.now)
                try await fixture.journalFleet()
                for (id, body) in webhooks { try await fixture.journal(id: id, body) }
                clock.advance(seconds: 25 * 3_600)
                try await fixture.journalTick()
                if let restart {
                    try fixture.foldAll(atMost: restart)
                    try fixture.checkpoint()
                    fixture.journal.close()
                    try fixture.store.close()
                    fixture = try FoldFixture(folder: folder, accepted: clock.now)
                }
                try fixture.foldAll()
                durable = fixture.durable
            }
            return durable
        }
        let whole = try await run(restartingAfter: nil)
        #expect(whole.contains("email.conversations{support acme.example triage answered} 1"))
        #expect(whole.contains("email.conversations{support acme.example triage abandoned} 1"))
        for restart in 0...7 {
            #expect(try await run(restartingAfter: restart) == whole)
        }
    }

    @Test func `a reply leads to the trace of the mail it answers, by whichever name`() async throws {
        try await withFold { fixture, _ in
            // The event joins the platform's id and the Message-ID of the mail.
            try await fixture.journal(id: "r1", ResendBody.inbound(message: "in", id: "q@x.example"))
            try fixture.foldAll()
            #expect(fixture.fold.aliases.count == 1)
            let agent = fixture.hooks.agent(
                MailIdentity(
                    organization: "acme", account: "support", domain: "acme.example", agent: "triage"),
                provider: .resend)
            let decoding = try #require(
                fixture.fold.decoder.source(
                    of: Route(endpoint: "acme-resend", provider: "resend", account: FoldFixture.account).text)
            )
            let source = fixture.fold.source(decoding)
            let named = fixture.fold.message(named: "q@x.example", agent, from: source)
            #expect(named == agent.message("in"))
            #expect(fixture.fold.message(named: "other@x.example", agent, from: source) != named)
        }
    }
}
