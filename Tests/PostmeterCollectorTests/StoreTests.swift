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
            first.batches = [
                (.seen, .init(generation: 1, acceptedAt: 5, words: [1, 0])),
                (.messages, .init(generation: 1, acceptedAt: 6, words: [2, 3])),
            ]
            first.deadLetters = [letter(3)]
            try store.save(first)
            var second = CheckpointChanges(sequence: 20)
            second.pages = [.init(family: "email.events", number: 0, words: [8, 1])]
            second.batches = [(.seen, .init(generation: 2, acceptedAt: 7, words: [4, 0]))]
            second.forgotten = [(.seen, 1)]
            try store.save(second)
            try store.close()

            let reopened = try Store(path: folder + "/postmeter.db")
            var batches: [String] = []
            let checkpoint = try reopened.load { batches.append("\($0) \($1.generation) \($1.words)") }
            #expect(checkpoint.sequence == 20)
            #expect(checkpoint.families["email.events"]?.identities == [[1], [2, 3]])
            #expect(checkpoint.families["email.events"]?.words == [8, 1, 9])
            #expect(batches == ["messages 1 [2, 3]", "seen 2 [4, 0]"])
            #expect(try reopened.read { try DeadLetterTable.letters([3], in: $0) } == [letter(3)])
            #expect(checkpoint.deadLetters == [.init(sequence: 3, acceptedAt: 4, bytes: 2)])
            #expect(try reopened.batches(of: .seen, generation: 2).map(\.words) == [[4, 0]])
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
