import Foundation
import PostmeterWebhooks
import Synchronization
import Testing

@testable import PostmeterCollector

/// The fold of webhooks of generic platforms.
@Suite struct FoldMappingTests {
    private static func settings(_ types: String, name: String = "afterdraft") throws -> [UInt8] {
        let mapping = #"{"type":"/type","types":\#(types),"id":"/id","time":"accepted_at","agent":"/agent"}"#
        return try FoldFixture.settings(mapping: mapping, name: name)
    }

    private static func journal(_ id: String, _ type: String, in fixture: FoldFixture) async throws {
        try await fixture.journal(mapped: #"{"type":"\#(type)","id":"\#(id)","agent":"triage@acme.example"}"#)
    }

    @Test func `a webhook is read by the mapping that held when it came in, under the platform's own name`()
        async throws
    {
        try await withTemporaryFolder { folder in
            let fixture = try FoldFixture(folder: folder)
            try await fixture.journalFleet()
            try await fixture.journal(
                kind: .settings, Self.settings(#"{"a":"replied","b":"escalated","c":"ignore"}"#))
            for (id, type) in [("1", "a"), ("2", "b"), ("2", "b"), ("3", "c"), ("4", "d")] {
                try await Self.journal(id, type, in: fixture)
            }
            try await fixture.journal(kind: .settings, Self.settings(#"{"a":"sent","d":"opened"}"#))
            try await Self.journal("5", "a", in: fixture)
            try await Self.journal("4", "d", in: fixture)
            try fixture.foldAll()
            #expect(
                fixture.events == [
                    "triage escalated 1", "triage opened 1", "triage replied 1", "triage sent 1",
                ])
            let durable = fixture.durable
            #expect(durable.contains("email.webhook.events{support afterdraft counted} 4"))
            #expect(durable.contains("email.webhook.events{support afterdraft duplicate} 1"))
            #expect(durable.contains("email.webhook.events{support afterdraft ignored} 1"))
            #expect(durable.contains("email.webhook.events{support afterdraft dead} 1"))
            #expect(durable.contains("email.dead_letters{support afterdraft unknown_event} 1"))
            #expect(!durable.contains { $0.contains("generic") })
            #expect(fixture.warnings.texts.withLock { $0 } == [])
        }
    }
}
