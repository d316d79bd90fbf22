import Testing

@testable import PostmeterCollector

@Suite struct DeadLetterTableTests {
    /// Letters 1 to 6, of two endpoints and three reasons, accepted at 10 to 60.
    private func withLetters(_ body: (Store) throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let store = try Store(path: folder + "/postmeter.db")
            var changes = CheckpointChanges(sequence: 7)
            for number in 1...6 as ClosedRange<UInt64> {
                changes.deadLetters.append(
                    DeadLetter(
                        sequence: number, acceptedAt: number * 10, endpoint: number % 2 == 0 ? "even" : "odd",
                        provider: "resend", reason: number > 4 ? "bad_time" : "wrong_type", detail: "d",
                        envelope: [1, 2, 3]))
            }
            try store.save(changes)
            try body(store)
        }
    }

    private func newest(
        _ store: Store, below cursor: UInt64? = nil, limit: Int = 100,
        _ set: (inout DeadLetterCriteria) -> Void = { _ in }
    ) throws -> [UInt64] {
        var criteria = DeadLetterCriteria()
        set(&criteria)
        return try store.read { [criteria] db in
            try DeadLetterTable.newest(criteria, below: cursor, limit: limit, in: db).map(\.sequence)
        }
    }

    @Test func `each criterion narrows the list, newest first`() async throws {
        try await withLetters { store in
            let odd = try newest(store) { $0.endpoint = "odd" }
            let badTime = try newest(store) { $0.reason = "bad_time" }
            let ses = try newest(store) { $0.provider = "ses" }
            let numbers = try newest(store) { ($0.from, $0.to) = (2, 4) }
            let times = try newest(store) { ($0.since, $0.until) = (20, 50) }
            let beyond = try newest(store) {
                $0.endpoint = "odd"
                $0.from = UInt64.max
            }
            #expect(try newest(store) == [6, 5, 4, 3, 2, 1])
            #expect(odd == [5, 3, 1])
            #expect(badTime == [6, 5])
            #expect(ses == [])
            #expect(numbers == [4, 3, 2])
            #expect(times == [4, 3, 2])
            #expect(try newest(store, below: 4, limit: 2) == [3, 2])
            #expect(beyond == [])
        }
    }

    @Test func `what a text holds is no SQL`() async throws {
        try await withLetters { store in
            let found = try newest(store) { $0.endpoint = "odd' OR '1'='1" }
            #expect(found == [])
        }
    }

    @Test func `a checkpoint writes tries and takes letters away`() async throws {
        try await withLetters { store in
            var changes = CheckpointChanges(sequence: 9)
            changes.retriedLetters = [
                .init(sequence: 2, reason: "bad_time", detail: "x", tries: 2, triedAt: 90),
                .init(sequence: 77, reason: "bad_time", detail: "x", tries: 2, triedAt: 90),
            ]
            changes.removedLetters = [1, 3]
            try store.save(changes)
            #expect(try newest(store) == [6, 5, 4, 2])
            let letter = try store.read { try DeadLetterTable.letter(2, in: $0) }
            #expect(letter?.tries == 3)
            #expect(letter?.triedAt == 90)
            #expect(letter?.reason == "bad_time")
            #expect(try store.load { _, _ in }.deadLetters.map(\.sequence) == [2, 4, 5, 6])
        }
    }
}
