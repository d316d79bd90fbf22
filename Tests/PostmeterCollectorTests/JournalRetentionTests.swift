import PostmeterJournal
import PostmeterMetrics
import Testing

@testable import PostmeterCollector

@Suite struct JournalRetentionTests {
    /// Six records, two a segment, from a time long ago.
    private func write(in folder: String) async throws {
        var settings = Journal.Configuration(directory: folder + "/journal")
        settings.segmentBytes = 4 << 20
        let journal = try Journal.open(settings, now: { 1_000_000_000_000_000_000 }, warn: { _ in })
        for _ in 0..<6 {
            let result = await withCheckedContinuation { continuation in
                journal.append(kind: 99, [UInt8](repeating: 1, count: 1_500 << 10)) {
                    continuation.resume(returning: $0)
                }
            }
            _ = try result.get()
        }
        journal.close()
    }

    private func open(_ folder: String, retainAge: TimeSpan?) throws -> Journal {
        var configuration = CollectorConfiguration(data: folder)
        configuration.journal.segmentBytes = 4 << 20
        configuration.journal.byteLimit = 64 << 20
        configuration.journal.retainBytes = 32 << 20
        configuration.journal.retainAge = retainAge
        return try RunningCollector.openJournal(
            configuration, folder: DataFolder(path: folder), from: 1,
            health: CollectorHealth(registry: MetricsRegistry()), warn: { _ in })
    }

    @Test func `what is folded goes by its age, a segment at a time, and nothing that is not folded`()
        async throws
    {
        try await withTemporaryFolder { folder in
            try await write(in: folder)
            let journal = try open(folder, retainAge: TimeSpan(seconds: 3_600))
            defer { journal.close() }
            #expect(journal.oldestSegment?.endSequence == 3)
            // Record 2 is not folded, so its segment stays, old as it is.
            journal.release(before: 2)
            #expect(journal.oldestSegment?.endSequence == 3)
            journal.release(before: 4)
            #expect(journal.oldestSegment?.endSequence == 5)
        }
    }

    @Test func `without an age what is folded is kept while there is room`() async throws {
        try await withTemporaryFolder { folder in
            try await write(in: folder)
            let journal = try open(folder, retainAge: nil)
            defer { journal.close() }
            journal.release(before: 7)
            #expect(journal.oldestSegment?.endSequence == 3)
        }
    }
}
