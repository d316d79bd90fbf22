import GRDB
import PostmeterFleet
import Testing

@testable import PostmeterCollector

@Suite struct StoreTests {
    @Test func `a checkpoint is read back as it was written`() async throws {
        try await withTemporaryFolder { folder in
            let store = try Store(path: folder + "/postmeter.db")
            var first = CheckpointChanges(sequence: 10)
            first.shapes = [("email.events", "counter")]
            first.series = [
                .init(family: "email.events", ordinal: 0, identity: [1]),
                .init(family: "email.events", ordinal: 1, identity: [2, 3]),
            ]
            first.pages = [
                .init(family: "email.events", number: 0, words: [7, UInt64.max]),
                .init(family: "email.events", number: 1, words: [9]),
            ]
            first.fingerprints = [
                (.seen, .init(batches: [.init(generation: 1, acceptedAt: 5, words: [1])])),
                (.messages, .init(batches: [.init(generation: 1, acceptedAt: 6, words: [2, 3])])),
            ]
            first.deadLetters = [letter(3)]
            try store.save(first)
            var second = CheckpointChanges(sequence: 20)
            second.pages = [.init(family: "email.events", number: 0, words: [8, 1])]
            let file = FingerprintFileRecord(
                first: 1, last: 1, entries: 1, acceptedAt: 5, length: .max, checksum: .max)
            second.fingerprints = [
                (
                    .seen,
                    .init(
                        batches: [.init(generation: 2, acceptedAt: 7, words: [4])], settled: [1],
                        named: [file])
                )
            ]
            try store.save(second)
            try store.close()

            let reopened = try Store(path: folder + "/postmeter.db")
            var batches: [String] = []
            let checkpoint = try reopened.load { batches.append("\($0) \($1.generation) \($1.words)") }
            #expect(checkpoint.sequence == 20)
            #expect(checkpoint.families["email.events"]?.identities == [[1], [2, 3]])
            #expect(checkpoint.families["email.events"]?.words == [8, 1, 9])
            #expect(batches == ["messages 1 [2, 3]", "seen 2 [4]"])
            #expect(checkpoint.fingerprintFiles == [.seen: [file]])
            #expect(try reopened.read { try DeadLetterTable.letters([3], in: $0) } == [letter(3)])
            #expect(checkpoint.deadLetters == [.init(sequence: 3, acceptedAt: 4, bytes: 2)])
            var third = CheckpointChanges(sequence: 30)
            third.fingerprints = [(.seen, .init(unnamed: [file]))]
            try reopened.save(third)
            #expect(try reopened.load { _, _ in }.fingerprintFiles == [:])
        }
    }

    @Test func `entries of the layout without files are taken over`() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/postmeter.db"
            let before = try DatabaseQueue(path: path)
            // What the version before the files wrote: pairs in generations of its own size, a key twice.
            try Store.migrator.migrate(before, upTo: "waiting-1")
            try await before.write { db in
                for (log, generation, acceptedAt, words) in [
                    ("seen", 1, 5, [11, 0, 12, 0, 11, 0] as [UInt64]),
                    ("messages", 7, 6, [21, 3, 22, 4, 21, 5]),
                    ("seen", 2, 9, [13, 0]),
                ] {
                    try db.execute(
                        sql: """
                            INSERT INTO fingerprints (log, generation, accepted_at, words)
                            VALUES (?, ?, ?, ?)
                            """,
                        arguments: [log, generation, acceptedAt, Words.encoded(words).databaseBlob])
                }
            }
            try before.close()

            let store = try Store(path: path)
            var batches: [String] = []
            _ = try store.load { batches.append("\($0) \($1.generation) \($1.acceptedAt) \($1.words)") }
            #expect(batches == ["seen 1 9 [11, 12, 11, 13]", "messages 1 6 [21, 3, 22, 4, 21, 5]"])
        }
    }

    @Test func `a property is made once`() async throws {
        try await withTemporaryFolder { folder in
            let store = try Store(path: folder + "/postmeter.db")
            #expect(try store.property("instance") { [1, 2] } == [1, 2])
            #expect(try store.property("instance") { [3] } == [1, 2])
        }
    }

    func letter(_ sequence: UInt64) -> DeadLetter {
        DeadLetter(
            sequence: sequence, acceptedAt: 4, endpoint: "e", provider: "resend", reason: "malformed_json",
            detail: "d", envelope: [1, 2])
    }
}
