import Testing

@testable import PostmeterCollector

@Suite struct DeadLetterShelfTests {
    private func letter(_ sequence: UInt64, at time: UInt64 = 100, bytes: Int = 10) -> DeadLetter {
        DeadLetter(
            sequence: sequence, acceptedAt: time, endpoint: "e", provider: "resend", reason: "bad_time",
            detail: "d", envelope: [UInt8](repeating: 1, count: bytes))
    }

    private func shelf(_ sequences: ClosedRange<UInt64>, bytes: Int = 10) -> DeadLetterShelf {
        var shelf = DeadLetterShelf()
        for sequence in sequences { shelf.add(letter(sequence, at: sequence, bytes: bytes)) }
        return shelf
    }

    /// Trims, and says what was given up and which letters are left of the first twenty.
    private func trim(_ shelf: inout DeadLetterShelf, at time: UInt64) -> (DeadLetterShelf.Drops, [UInt64]) {
        let drops = shelf.trim(at: time)
        let kept = shelf
        return (drops, (1...20).filter { kept.holds($0) })
    }

    @Test func `the oldest letters go past the number`() {
        var full = shelf(1...8)
        full.limits.count = 5
        let (drops, kept) = trim(&full, at: 8)
        #expect(drops == .init(age: 0, bytes: 0, count: 3))
        #expect(kept == [4, 5, 6, 7, 8])
        #expect(full.added.map(\.sequence) == [4, 5, 6, 7, 8])
        #expect(full.removed.isEmpty)
        #expect(full.bytes == 50)
    }

    @Test func `the oldest letters go past the bytes`() {
        var full = shelf(1...8)
        full.limits.bytes = 35
        let (drops, kept) = trim(&full, at: 8)
        #expect(drops == .init(age: 0, bytes: 5, count: 0))
        #expect(kept == [6, 7, 8])
    }

    @Test func `letters go when they are older than the age, and not before`() {
        var full = shelf(1...8)
        full.limits.age = 10
        let early = trim(&full, at: 11)
        #expect(early.1.count == 8)
        let (drops, kept) = trim(&full, at: 14)
        #expect(drops == .init(age: 3, bytes: 0, count: 0))
        #expect(kept == [4, 5, 6, 7, 8])
    }

    @Test func `time is to pass a minute after the oldest letter may go`() {
        #expect(DeadLetterShelf().deadline == nil)
        var full = shelf(1...3)
        full.limits.age = 10
        #expect(full.deadline == 60_000_000_011)
        let isRemoved = full.remove(1)
        #expect(isRemoved)
        #expect(full.deadline == 60_000_000_012)
    }

    @Test func `what a checkpoint holds is removed by the next one, once`() {
        var full = shelf(1...3)
        full.didSave()
        full.limits.count = 2
        let drops = full.trim(at: 3)
        let removals = [full.remove(3), full.remove(3), full.remove(1)]
        #expect(drops.total == 1)
        #expect(removals == [true, false, false])
        #expect(full.removed == [1, 3])
        #expect(full.count == 1)
        #expect(full.bytes == 10)
        full.didSave()
        #expect(full.removed.isEmpty)
    }

    @Test func `tries are added up until a checkpoint, and forgotten with their letter`() {
        var full = shelf(1...2)
        full.didSave()
        full.retry(1, reason: "bad_time", detail: "a", at: 50)
        full.retry(1, reason: "wrong_type", detail: "b", at: 60)
        full.retry(2, reason: "wrong_type", detail: "c", at: 70)
        full.retry(9, reason: "wrong_type", detail: "nobody", at: 70)
        let isRemoved = full.remove(2)
        #expect(isRemoved)
        #expect(
            full.retries == [
                .init(sequence: 1, reason: "wrong_type", detail: "b", tries: 2, triedAt: 60)
            ])
    }

    @Test func `a letter that no checkpoint holds yet takes its tries along`() {
        var full = shelf(1...2)
        full.retry(2, reason: "wrong_type", detail: "b", at: 60)
        #expect(full.retries.isEmpty)
        #expect(full.added[1].reason == "wrong_type")
        #expect(full.added[1].tries == 2)
        #expect(full.added[1].triedAt == 60)
    }

    @Test func `a long life leaves the right letters`() {
        var full = DeadLetterShelf()
        full.limits.count = 100
        var dropped = 0
        for sequence in 1...5_000 as ClosedRange<UInt64> {
            full.add(letter(sequence, at: sequence))
            dropped += full.trim(at: sequence).total
            if sequence % 50 == 0 { full.didSave() }
        }
        #expect(dropped == 4_900)
        #expect(full.count == 100)
        #expect(!full.holds(4_900))
        #expect((4_901...5_000).allSatisfy { full.holds($0) })
    }
}
