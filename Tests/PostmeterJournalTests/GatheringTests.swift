import PostmeterJournal
import Testing

@Suite struct GatheringTests {
    /// What came of the records that a test appended, in the order of the answers.
    private final class Answers: Sendable {
        let list = Locked<[UInt64?]>([])

        func keep(_ result: Result<JournalPosition, JournalError>) {
            list.withLock { $0.append(try? result.get().sequence) }
        }
    }

    /// Appends a record that waits for others; whether it is the first.
    private func gather(_ body: [UInt8], into journal: Journal, _ answers: Answers) -> Bool {
        body.withUnsafeBytes { body in
            journal.append(
                kind: 1, head: UnsafeRawBufferPointer(start: nil, count: 0), body: body, keptBy: answers,
                onDurable: { answers.keep($0) })
        }
    }

    private func syncs(of disk: TestDisk) -> Int {
        disk.events.count { if case .sync = $0 { true } else { false } }
    }

    @Test func `records that wait for others are on disk after one sync, in their order`() async throws {
        let directory = TestDirectory()
        let disk = TestDisk()
        let journal = try Journal.small(directory, disk: disk)
        _ = try await journal.append([9]).get()
        let before = syncs(of: disk)
        let answers = Answers()
        #expect(gather([1], into: journal, answers))
        #expect(!gather([2], into: journal, answers))
        #expect(!gather([3], into: journal, answers))
        #expect(answers.list.withLock { $0 } == [])
        journal.push()
        #expect(await onOwnThread { journal.wait(beyond: 4, upTo: 600_000_000_000) })
        journal.close()
        #expect(syncs(of: disk) == before + 1)
        #expect(answers.list.withLock { $0 } == [2, 3, 4])
        #expect(try journal.records().map(\.payload) == [[9], [1], [2], [3]])
    }

    @Test func `a record that does not wait takes those along that do`() async throws {
        let directory = TestDirectory()
        let journal = try Journal.small(directory)
        let answers = Answers()
        #expect(gather([1], into: journal, answers))
        #expect(try await journal.append([2]).get().sequence == 2)
        #expect(answers.list.withLock { $0 } == [1])
        #expect(gather([3], into: journal, answers))
        journal.close()
    }

    @Test func `they wait for no more of them than some hundreds`() async throws {
        let directory = TestDirectory()
        let journal = try Journal.small(directory)
        let answers = Answers()
        for number in 0..<512 {
            #expect(gather([1], into: journal, answers) == (number == 0))
        }
        #expect(await onOwnThread { journal.wait(beyond: 512, upTo: 600_000_000_000) })
        journal.close()
        #expect(answers.list.withLock { $0 } == (1...512).map { UInt64($0) })
    }

    @Test func `closing puts on disk what still waits`() throws {
        let directory = TestDirectory()
        let journal = try Journal.small(directory)
        let answers = Answers()
        #expect(gather([1], into: journal, answers))
        journal.close()
        #expect(answers.list.withLock { $0 } == [1])
        #expect(try Journal.small(directory).records().map(\.payload) == [[1]])
    }

    @Test func `one that is refused is answered at once, and nobody is to push for it`() throws {
        let directory = TestDirectory()
        let journal = try Journal.small(directory)
        let answers = Answers()
        #expect(!gather([UInt8](repeating: 1, count: 513), into: journal, answers))
        #expect(answers.list.withLock { $0 } == [nil])
        journal.push()
        journal.close()
    }
}
