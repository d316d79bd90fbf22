import PostmeterFleet
import PostmeterJournal
import Synchronization
import Testing

@testable import PostmeterCollector

@Suite struct FoldTests {
    /// A day in the life of three messages, with a duplicate, disorder, an event of no mail and junk.
    static let webhooks: [(id: String, body: String)] = [
        ("m1", ResendBody.outbound("sent", message: "one")),
        ("m2", ResendBody.outbound("delivered", message: "one", second: 2)),
        ("m3", ResendBody.outbound("delivered", message: "two", second: 3)),
        ("m2", ResendBody.outbound("delivered", message: "one", second: 2)),
        ("m4", ResendBody.outbound("sent", message: "two")),
        ("m5", ResendBody.outbound("sent", message: "three", from: "billing@acme.example")),
        (
            "m6",
            ResendBody.outbound(
                "bounced", message: "three", from: "billing@acme.example", second: 5, extra: ResendBody.bounce
            )
        ),
        ("m7", #"{"type":"domain.created","created_at":"2026-11-24T10:00:00Z","data":{"id":"d"}}"#),
        ("m8", #"{"type":"email.sent","created_at":"#),
        ("m9", ResendBody.outbound("opened", message: "one", second: 9)),
    ]

    func journalAll(_ fixture: FoldFixture) async throws {
        try await fixture.journalFleet()
        for webhook in Self.webhooks { try await fixture.journal(id: webhook.id, webhook.body) }
    }

    @Test func `events are counted once, by agent`() async throws {
        try await withTemporaryFolder { folder in
            let fixture = try FoldFixture(folder: folder)
            try await journalAll(fixture)
            try fixture.foldAll()
            #expect(
                fixture.events == [
                    "billing bounced 1", "billing sent 1", "triage delivered 2", "triage opened 1",
                    "triage sent 2",
                ])
            let durable = fixture.durable
            #expect(durable.contains("email.webhook.events{support resend counted} 7"))
            #expect(durable.contains("email.webhook.events{support resend duplicate} 1"))
            #expect(durable.contains("email.webhook.events{support resend ignored} 1"))
            #expect(durable.contains("email.webhook.events{support resend dead} 1"))
            #expect(durable.contains("email.dead_letters{support resend malformed_json} 1"))
            #expect(durable.contains("email.bounces{support acme.example resend hard invalid_recipient} 1"))
            #expect(fixture.warnings.texts.withLock { $0 } == [])
        }
    }

    @Test func `a delivery's duration is known whichever event comes first`() async throws {
        try await withTemporaryFolder { folder in
            let fixture = try FoldFixture(folder: folder)
            try await journalAll(fixture)
            try fixture.foldAll()
            // One was sent and delivered in order after 2 s, the other in reverse order after 3 s.
            #expect(
                fixture.durable.contains("email.delivery.duration{support acme.example resend gmail} 2 5.0"))
            #expect(
                fixture.spanNames() == [
                    "message outbound": 3, "sent resend": 3, "delivered resend": 2, "bounced resend": 1,
                    "opened resend": 1, "deliver": 3,
                ])
        }
    }

    @Test func `a restart at any record gives the same figures as none`() async throws {
        let whole = try await withTemporaryFolder { folder in
            let fixture = try FoldFixture(folder: folder)
            try await journalAll(fixture)
            try fixture.foldAll()
            return fixture.durable
        }
        for split in 0...(Self.webhooks.count + 1) {
            try await withTemporaryFolder { folder in
                do {
                    let first = try FoldFixture(folder: folder)
                    try await journalAll(first)
                    try first.foldAll(atMost: split)
                    try first.checkpoint()
                    // What is folded after the checkpoint is lost with the process.
                    try first.foldAll(atMost: 3)
                }
                let second = try FoldFixture(folder: folder)
                #expect(second.fold.position == UInt64(split) + 1)
                try second.foldAll()
                #expect(second.durable == whole, "split at \(split)")
                try second.checkpoint()
            }
        }
    }

    @Test func `each event is logged once, and what is folded again after a kill has the uid it had`()
        async throws
    {
        try await withTemporaryFolder { folder in
            let before: [String]
            do {
                let first = try FoldFixture(folder: folder)
                try await journalAll(first)
                // The fleet and the first two webhooks are in the checkpoint, the rest is lost with the process.
                try first.foldAll(atMost: 3)
                try first.checkpoint()
                #expect(
                    first.loggedEvents().map { $0.prefix { $0 != " " } } == ["sent", "delivered"])
                try first.foldAll()
                before = first.loggedEvents()
            }
            #expect(
                before.map { $0.prefix { $0 != " " } } == ["delivered", "sent", "sent", "bounced", "opened"])
            #expect(Set(before).count == 5)
            let second = try FoldFixture(folder: folder)
            try second.foldAll()
            #expect(second.loggedEvents() == before)
        }
    }

    @Test func `a dead letter is kept with its reason and its envelope`() async throws {
        try await withTemporaryFolder { folder in
            let fixture = try FoldFixture(folder: folder)
            try await fixture.journalFleet()
            try await fixture.journal(id: "m1", "junk")
            try await fixture.journal(kind: .envelope, [9, 9, 9])
            try fixture.foldAll()
            try fixture.checkpoint()
            let letters = try fixture.store.read { try DeadLetterTable.letters([2, 3], in: $0) }
            #expect(letters.map(\.reason) == ["malformed_json", "bad_envelope"])
            #expect(letters.map(\.endpoint) == ["acme-resend", "_unknown"])
            #expect(letters[1].envelope == [9, 9, 9])
            letters[0].envelope.withUnsafeBytes { bytes in
                #expect(Envelope.read(bytes).map { String(decoding: $0.body, as: UTF8.self) } == "junk")
            }
        }
    }

    @Test func `what stands in a batch beside an event that cannot be read counts, once`() async throws {
        try await withTemporaryFolder { folder in
            let fixture = try FoldFixture(folder: folder)
            try await fixture.journalFleet()
            let mail =
                #""email":"a@gmail.com","timestamp":1764000000,"sg_message_id":"m.1","agent":"triage@acme.example""#
            let batch = #"""
                [{"event":"processed","sg_event_id":"e1",\#(mail)},{"event":"exploded","sg_event_id":"e2",\#(mail)},
                {"event":"delivered","sg_event_id":"e3",\#(mail)}]
                """#
            let envelope = Envelope(
                route: Route(endpoint: "acme-sendgrid", provider: "sendgrid", account: FoldFixture.account)
                    .text,
                headers: [], span: nil)
            for _ in 0..<2 {
                try await fixture.journal(kind: .envelope, envelope.encodedHead() + Array(batch.utf8))
            }
            try fixture.foldAll()
            #expect(fixture.events == ["triage accepted 1", "triage delivered 1"])
            #expect(fixture.durable.contains("email.webhook.events{support sendgrid dead} 2"))
            #expect(fixture.durable.contains("email.webhook.events{support sendgrid duplicate} 2"))
            #expect(fixture.durable.contains("email.dead_letters{support sendgrid unknown_event} 2"))
        }
    }

    @Test func `a checkpoint that fails keeps everything for the next one`() async throws {
        try await withTemporaryFolder { folder in
            let fixture = try FoldFixture(folder: folder)
            try await journalAll(fixture)
            try fixture.foldAll()
            let broken = try Store(path: folder + "/broken.db")
            try broken.close()
            #expect(throws: (any Error).self) {
                try fixture.fold.checkpoint(into: broken, figures: &fixture.figures)
            }
            try fixture.checkpoint()
            let restored = try fixture.store.load { _, _ in }
            #expect(restored.sequence == UInt64(Self.webhooks.count) + 2)
            #expect(restored.families["email.events"]?.identities.isEmpty == false)
        }
    }

    @Test func `the same id at another endpoint is another event`() async throws {
        try await withTemporaryFolder { folder in
            let fixture = try FoldFixture(folder: folder)
            try await fixture.journalFleet()
            try await fixture.journal(id: "m1", ResendBody.outbound("sent", message: "one"))
            try await fixture.journal(
                id: "m1", ResendBody.outbound("sent", message: "one"), endpoint: "second")
            try fixture.foldAll()
            #expect(fixture.events == ["triage sent 2"])
        }
    }

    @Test func `a provider that this version does not know is a dead letter, not a loss`() async throws {
        try await withTemporaryFolder { folder in
            let fixture = try FoldFixture(folder: folder)
            let envelope = Envelope(route: "e future acme/support", headers: [], span: nil)
            try await fixture.journal(kind: .envelope, envelope.encodedHead())
            try fixture.foldAll()
            #expect(fixture.durable.contains("email.dead_letters{support future unknown_provider} 1"))
        }
    }
}
