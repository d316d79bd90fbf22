import PostmeterJournal
import PostmeterModel
import Testing

@testable import PostmeterCollector

@Suite struct JournalInspectorTests {
    private static let time: UInt64 = 1_700_000_000_123_000_000

    /// A journal of three webhooks, a fleet and something of a later version.
    private func withJournal(_ body: (String) throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let journal = try Journal.open(
                Journal.Configuration(directory: folder + "/journal"), now: { Self.time }, warn: { _ in })
            let head = Envelope(
                route: "acme-resend resend acme/support", headers: [(name: "svix-id", value: "msg_1")],
                span: nil
            ).encodedHead()
            for text in [#"{"to":"bob@example.com"}"#, "a\u{1b}[2J", "{}"] {
                await append(head + Array(text.utf8), .envelope, to: journal)
            }
            await append(Array("{}".utf8), .fleet, to: journal)
            await append([1, 2, 3], nil, to: journal)
            journal.close()
            try body(folder)
        }
    }

    private func append(_ bytes: [UInt8], _ kind: JournalKind?, to journal: Journal) async {
        await withCheckedContinuation { continuation in
            journal.append(
                kind: kind?.rawValue ?? 99, count: bytes.count,
                onDurable: { result in
                    if case .failure(let error) = result { Issue.record("\(error)") }
                    continuation.resume()
                },
                fill: { $0.copyBytes(from: bytes) })
        }
    }

    @Test func `records are listed in their order, from any number on`() async throws {
        try await withJournal { folder in
            var lines: [String] = []
            try JournalInspector(data: folder).read(from: 3) { entry in
                lines.append(entry.line)
                return true
            }
            #expect(
                lines == [
                    "3  2023-11-14T22:13:20.123Z  acme-resend resend acme/support  2 bytes",
                    "4  2023-11-14T22:13:20.123Z  fleet  2 bytes",
                    "5  2023-11-14T22:13:20.123Z  unknown kind 99  3 bytes",
                ])
        }
    }

    @Test func `a webhook is shown without addresses and without what a terminal obeys`() async throws {
        try await withJournal { folder in
            let inspector = try JournalInspector(data: folder)
            let first = try inspector.entry(1)
            #expect(
                first.text(showsAddresses: false).hasSuffix("\nsvix-id: msg_1\n\n{\"to\":\"_@example.com\"}"))
            #expect(first.text(showsAddresses: true).hasSuffix(#"{"to":"bob@example.com"}"#))
            #expect(first.body == Array(#"{"to":"bob@example.com"}"#.utf8))
            #expect(try inspector.entry(2).text(showsAddresses: true).hasSuffix(#"a\u{1b}[2J"#))
        }
    }

    @Test(arguments: [0, 6] as [UInt64])
    func `a number that is not there is named`(number: UInt64) async throws {
        try await withJournal { folder in
            let error = #expect(throws: ConfigurationError.self) {
                try JournalInspector(data: folder).entry(number)
            }
            #expect(error?.description == "record \(number): is not in the journal, or cannot be read")
        }
    }

    @Test func `a whole journal is told from one with records that cannot be read`() async throws {
        try await withJournal { folder in
            let summary = try JournalInspector(data: folder).verify()
            #expect(
                summary.text
                    == "records 1 to 5: webhooks 3, fleets 1, settings 0, orders 0, ticks 0, bytes of bodies 33, damaged 0, unknown 1"
            )
            #expect(!summary.isWhole)
        }
        try await withTemporaryFolder { folder in
            _ = #expect(throws: ConfigurationError.self) { try JournalInspector(data: folder) }
        }
    }
}
