import PostmeterJournal
import PostmeterMail
import Synchronization
import Testing

@testable import PostmeterCollector

@Suite struct DeadLetterReplayTests {
    private static let start: UInt64 = 1_795_600_000_000_000_000

    /// The envelope of a webhook of Resend.
    private func envelope(_ body: String, id: String = "m1") -> [UInt8] {
        Envelope(
            route: Route(endpoint: "acme-resend", provider: "resend", account: FoldFixture.account).text,
            headers: [(name: "svix-id", value: id)], span: nil
        ).encodedHead() + Array(body.utf8)
    }

    private func order(
        _ action: DeadLetterOrder.Action, _ sequence: UInt64, _ envelope: [UInt8], _ fixture: FoldFixture
    ) async throws {
        let order = DeadLetterOrder(action: action, sequence: sequence, acceptedAt: Self.start)
        try await fixture.journal(kind: .deadLetter, order.encoded(envelope: envelope))
    }

    private func letters(_ fixture: FoldFixture) throws -> [DeadLetter] {
        try fixture.store.read { try DeadLetterTable.letters([1, 2, 3], in: $0) }
    }

    /// A fold whose record 2 is a dead letter, in the last checkpoint; its clock is what `time` says.
    private func withLetter(
        _ body: (FoldFixture, _ time: Box, _ folder: String) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let time = Box()
            let fixture = try FoldFixture(folder: folder, accepted: { time.now.withLock { $0 } })
            try await fixture.journalFleet()
            try await fixture.journal(id: "m1", "junk")
            try fixture.foldAll()
            try fixture.checkpoint()
            #expect(try letters(fixture).map(\.reason) == ["malformed_json"])
            time.now.withLock { $0 += 3_600_000_000_000 }
            try await body(fixture, time, folder)
        }
    }

    private final class Box: Sendable {
        let now = Mutex<UInt64>(DeadLetterReplayTests.start)
    }

    @Test func `what is understood now is counted as of when it was accepted, and is no dead letter`()
        async throws
    {
        try await withLetter { fixture, _, _ in
            let body = ResendBody.outbound("sent", message: "one")
            try await order(.replay, 2, envelope(body), fixture)
            try fixture.foldAll()
            try fixture.checkpoint()
            #expect(fixture.events == ["triage sent 1"])
            #expect(try letters(fixture) == [])
            let durable = fixture.durable
            #expect(durable.contains("email.dead_letters.replayed{support resend counted} 1"))
            #expect(durable.contains("email.webhook.events{support resend counted} 1"))
            #expect(durable.contains("email.webhook.events{support resend dead} 1"))
            #expect(durable.contains("email.dead_letters{support resend malformed_json} 1"))
            #expect(!durable.contains { $0.hasPrefix("email.dead_letters.dropped") })
        }
    }

    @Test func `a replayed event lags by its first acceptance and is no sign of life`() async throws {
        try await withLetter { fixture, _, _ in
            let created = #"{"type":"email.sent","created_at":"2026-11-25T09:46:30.000Z","data":{"#
            let rest = #""email_id":"one","from":"triage@acme.example","to":["a@gmail.com"],"subject":"s"}}"#
            try await order(.replay, 2, envelope(created + rest), fixture)
            try fixture.foldAll()
            #expect(fixture.durable.contains("email.webhook.lag{resend} 1 10.0"))
            #expect(!fixture.durable.contains { $0.hasPrefix("email.webhook.last.event") })
        }
    }

    @Test func `replaying twice counts once`() async throws {
        try await withLetter { fixture, _, _ in
            let good = envelope(ResendBody.outbound("sent", message: "one"))
            try await order(.replay, 2, good, fixture)
            try await order(.replay, 2, good, fixture)
            try fixture.foldAll()
            try fixture.checkpoint()
            #expect(fixture.events == ["triage sent 1"])
            #expect(fixture.durable.contains("email.dead_letters.replayed{support resend counted} 1"))
            #expect(fixture.durable.contains("email.dead_letters.replayed{support resend duplicate} 1"))
            #expect(try letters(fixture) == [])
        }
    }

    @Test func `what is dead still stays, with its new reason and the number of tries`() async throws {
        try await withLetter { fixture, time, _ in
            let now = time.now.withLock { $0 }
            try await order(.replay, 2, envelope("[]"), fixture)
            try await order(.replay, 2, envelope("[]"), fixture)
            try fixture.foldAll()
            try fixture.checkpoint()
            let kept = try letters(fixture)
            #expect(kept.map(\.sequence) == [2])
            #expect(kept[0].reason == "wrong_type")
            #expect(kept[0].detail == "the body is not a JSON object")
            #expect(kept[0].tries == 3)
            #expect(kept[0].triedAt == now)
            #expect(kept[0].acceptedAt == Self.start)
            #expect(kept[0].envelope == envelope("junk"))
            let durable = fixture.durable
            #expect(durable.contains("email.dead_letters.replayed{support resend dead} 2"))
            #expect(durable.contains("email.webhook.events{support resend dead} 1"))
            #expect(durable.filter { $0.hasPrefix("email.dead_letters{") }.count == 1)
        }
    }

    @Test func `what is of no mail now, or of no platform, is told apart`() async throws {
        try await withLetter { fixture, _, _ in
            let route = Envelope(route: "e future acme/support", headers: [], span: nil).encodedHead()
            try await order(.replay, 2, [9, 9], fixture)
            try await order(.replay, 2, route, fixture)
            try fixture.foldAll()
            try fixture.checkpoint()
            #expect(try letters(fixture).map(\.reason) == ["unknown_provider"])
            let ignored = #"{"type":"domain.created","created_at":"2026-11-24T10:00:00Z","data":{"id":"d"}}"#
            try await order(.replay, 2, envelope(ignored), fixture)
            try fixture.foldAll()
            try fixture.checkpoint()
            #expect(try letters(fixture) == [])
            #expect(fixture.durable.contains("email.dead_letters.replayed{_unknown _unknown dead} 1"))
            #expect(fixture.durable.contains("email.dead_letters.replayed{support future dead} 1"))
            #expect(fixture.durable.contains("email.dead_letters.replayed{support resend ignored} 1"))
        }
    }

    @Test func `a letter is decoded as its endpoint is configured now`() async throws {
        try await withLetter { fixture, _, _ in
            let wrong = Envelope(
                route: "acme-resend agentmail acme/other", headers: [(name: "svix-id", value: "m1")],
                span: nil
            ).encodedHead()
            let body = Array(ResendBody.outbound("sent", message: "one").utf8)
            try await order(.replay, 2, wrong + body, fixture)
            let configuration = CollectorConfiguration(endpoints: [
                .init(id: "acme-resend", provider: "resend", account: FoldFixture.account, secrets: [])
            ])
            try await fixture.journal(kind: .settings, FoldSettings(configuration).encoded())
            try await order(.replay, 2, wrong + body, fixture)
            try fixture.foldAll()
            #expect(fixture.durable.contains("email.dead_letters.replayed{other agentmail dead} 1"))
            #expect(fixture.durable.contains("email.dead_letters.replayed{support resend counted} 1"))
            #expect(fixture.events == ["triage sent 1"])
        }
    }

    @Test func `a letter that a person removes is counted among those given up`() async throws {
        try await withLetter { fixture, _, _ in
            try await order(.remove, 2, [], fixture)
            try await order(.remove, 2, [], fixture)
            try fixture.foldAll()
            try fixture.checkpoint()
            #expect(try letters(fixture) == [])
            #expect(fixture.durable.contains("email.dead_letters.dropped{removed} 1"))
        }
    }

    @Test func `a process that ends between a replay and its checkpoint loses and doubles nothing`()
        async throws
    {
        try await withLetter { fixture, _, folder in
            try await order(
                .replay, 2, envelope(ResendBody.outbound("sent", message: "one")), fixture)
            try fixture.foldAll()
            let before = fixture.durable
            // No checkpoint: the next run folds the order again.
            fixture.journal.close()
            try fixture.store.close()
            let second = try FoldFixture(folder: folder)
            #expect(try letters(second).map(\.sequence) == [2])
            try second.foldAll()
            #expect(second.durable == before)
            try second.checkpoint()
            #expect(try letters(second) == [])
            #expect(second.events == ["triage sent 1"])
        }
    }

    @Test func `old letters go with the time of the journal, and are counted`() async throws {
        try await withLetter { fixture, time, _ in
            fixture.fold.letters.limits.age = 2 * 3_600_000_000_000
            try await fixture.journal(id: "m2", "[]")
            try fixture.foldAll()
            #expect(fixture.fold.letters.count == 2)
            time.now.withLock { $0 += 3_600_000_000_001 }
            try await fixture.journal(id: "m3", ResendBody.outbound("sent", message: "one"))
            try fixture.foldAll()
            try fixture.checkpoint()
            #expect(try letters(fixture).map(\.sequence) == [3])
            #expect(fixture.durable.contains("email.dead_letters.dropped{age} 1"))
        }
    }

    @Test func `an order that is none is skipped and said`() async throws {
        try await withLetter { fixture, _, _ in
            try await fixture.journal(kind: .deadLetter, [1, 7] + [UInt8](repeating: 0, count: 16))
            try await fixture.journal(kind: .deadLetter, [1, 1, 0])
            try fixture.foldAll()
            #expect(
                fixture.warnings.texts.withLock { $0 } == [
                    "record 3 is no order that this version knows",
                    "record 4 is no order that this version knows",
                ])
        }
    }
}
