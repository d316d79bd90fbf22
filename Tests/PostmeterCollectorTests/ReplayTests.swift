import Glibc
import PostmeterJournal
import Testing

@testable import PostmeterCollector

@Suite struct ReplayTests {
    /// Journals what `FoldTests` does, and gives the folder.
    private func withJournal(_ body: (String) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            do {
                let fixture = try FoldFixture(folder: folder)
                try await fixture.journalFleet()
                for webhook in FoldTests.webhooks { try await fixture.journal(id: webhook.id, webhook.body) }
                fixture.journal.close()
            }
            try await body(folder)
        }
    }

    private func replay(_ folder: String) -> Replay {
        Replay(CollectorConfiguration(data: folder), warn: { _ in })
    }

    @Test func `a replay finds the figures, the same each time to the byte`() async throws {
        try await withJournal { folder in
            let first = try replay(folder).run(from: 0, to: nil, into: nil)
            let second = try replay(folder).run(from: 0, to: nil, into: nil)
            #expect(first.figures == second.figures)
            #expect(first.records == 11 && first.range == 1...11 && first.damaged == 0)
            #expect(
                first.figures.contains(
                    "email_events_total{email_organization=\"acme\",email_account=\"support\","
                        + "email_domain=\"acme.example\",email_agent=\"triage\",email_provider=\"resend\","
                        + "email_event=\"delivered\"} 2"))
        }
    }

    @Test func `a part is folded under the fleet that held before it`() async throws {
        try await withJournal { folder in
            // Records 3 and 4 are the delivery of one and that of two.
            let result = try replay(folder).run(from: 3, to: 4, into: nil)
            #expect(result.records == 2 && result.range == 3...4)
            let deliveries = result.figures.filter {
                $0.contains("email_event=\"delivered\"") && $0.hasSuffix(" 2")
            }
            #expect(deliveries.count == 1 && deliveries[0].contains("email_agent=\"triage\""))
        }
    }

    @Test func `a folder that was made goes on from there, and one that is there is refused`() async throws {
        try await withJournal { folder in
            let into = folder + "/again"
            _ = try replay(folder).run(from: 0, to: 6, into: into)
            let store = try Store(path: into + "/postmeter.db")
            let checkpoint = try store.load { _, _ in }
            #expect(checkpoint.sequence == 7)
            try store.close()
            #expect(throws: ConfigurationError.self) {
                try replay(folder).run(from: 0, to: nil, into: into)
            }
            #expect(throws: Never.self) { try DataFolder(path: into).refuseUnfinished() }
        }
    }

    @Test func `without a journal nothing is made, there or where it was looked for`() async throws {
        try await withTemporaryFolder { folder in
            #expect(throws: ConfigurationError.self) {
                try replay(folder + "/none").run(from: 0, to: nil, into: folder + "/again")
            }
            #expect(access(folder + "/none", F_OK) != 0 && access(folder + "/again", F_OK) != 0)
        }
    }
}
