import Foundation
import PostmeterJournal
import PostmeterMetrics
import PostmeterModel
import PostmeterWebhooks
import Testing

@testable import PostmeterCollector

/// The fold of webhooks of a platform that counts its events.
@Suite struct FoldSequenceTests {
    private static func settings() throws -> [UInt8] {
        let mapping = #"""
            {"type":"/type","types":{"opened":"opened","contact":"ignore"},"id":"/id","time":"accepted_at",
             "agent":"/agent","events":"/events","sequence":"/number"}
            """#
        return try FoldFixture.settings(mapping: mapping, name: "counting")
    }

    private static func journal(_ numbers: [UInt64], of type: String, in fixture: FoldFixture) async throws {
        let events = numbers.map {
            #"{"type":"\#(type)","id":"e\#($0)","number":\#($0),"agent":"triage@acme.example"}"#
        }
        try await fixture.journal(mapped: #"{"events":[\#(events.joined(separator: ","))]}"#)
    }

    private static func missing(_ fixture: FoldFixture) -> [String] {
        fixture.lines { $0.name == "email.webhook.sequence.missing" }
    }

    /// What the gauge says once webhooks with these numbers are folded, with a restart after one of them.
    private static func missing(
        after webhooks: [[UInt64]], of type: String = "opened", restartAfter restart: Int? = nil
    ) async throws -> [String] {
        try await withTemporaryFolder { folder in
            var fixture = try FoldFixture(folder: folder)
            try await fixture.journalFleet()
            try await fixture.journal(kind: .settings, settings())
            for (index, numbers) in webhooks.enumerated() {
                try await journal(numbers, of: type, in: fixture)
                try fixture.foldAll()
                guard index == restart else { continue }
                try fixture.checkpoint()
                fixture.journal.close()
                fixture = try FoldFixture(folder: folder)
            }
            return missing(fixture)
        }
    }

    @Test(
        arguments: [
            ([[7]], "0.0"), ([[7, 8], [9]], "0.0"), ([[7], [10]], "2.0"), ([[7], [10], [8]], "1.0"),
            ([[7], [10], [8, 9]], "0.0"), ([[7], [10], [8], [8], [7]], "1.0"),
            // Further apart than can be missing: the platform began anew, upwards or downwards.
            ([[7], [20_000]], "0.0"), ([[20_000], [1], [3]], "1.0"), ([[1], [10_001]], "9999.0"),
            ([[7], [18_446_744_073_709_551_615]], "0.0"),
        ] as [([[UInt64]], String)])
    func `numbers that are skipped are missing until they come`(
        webhooks: [[UInt64]], missing: String
    ) async throws {
        #expect(
            try await Self.missing(after: webhooks) == [
                "email.webhook.sequence.missing{acme-other counting} \(missing)"
            ])
    }

    @Test func `events that concern no mail, or cannot be read, have come all the same`() async throws {
        #expect(
            try await Self.missing(after: [[1], [2], [3]], of: "contact") == [
                "email.webhook.sequence.missing{acme-other counting} 0.0"
            ])
        #expect(
            try await Self.missing(after: [[1], [2], [3]], of: "unknown") == [
                "email.webhook.sequence.missing{acme-other counting} 0.0"
            ])
    }

    @Test(arguments: 0..<4) func `a restart forgets neither the count nor what is missing`(after: Int)
        async throws
    {
        let missing = try await Self.missing(after: [[1], [5], [3], [9]], restartAfter: after)
        #expect(missing == ["email.webhook.sequence.missing{acme-other counting} 5.0"])
    }

    @Test func `what never comes is given up after days`() async throws {
        let clock = AcceptedClock()
        try await withTemporaryFolder { folder in
            let fixture = try FoldFixture(folder: folder, accepted: clock.now)
            try await fixture.journalFleet()
            try await fixture.journal(kind: .settings, Self.settings())
            try await Self.journal([1, 4], of: "opened", in: fixture)
            clock.advance(seconds: 7 * 86_400)
            try await fixture.journalTick()
            try fixture.foldAll()
            #expect(Self.missing(fixture) == ["email.webhook.sequence.missing{acme-other counting} 2.0"])
            clock.advance(seconds: 2 * 86_400)
            try await fixture.journalTick()
            try fixture.foldAll()
            #expect(Self.missing(fixture) == ["email.webhook.sequence.missing{acme-other counting} 0.0"])
        }
    }
}
