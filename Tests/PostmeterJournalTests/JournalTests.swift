import PostmeterJournal
import Testing

@Suite struct JournalTests {
    @Test func `what is read is what was appended, in order, whatever the lengths`() async throws {
        let directory = TestDirectory()
        var random = SplitMix(seed: 42)
        let payloads = (0..<600).map { _ in
            (0..<Int.random(in: 0...512, using: &random)).map { _ in UInt8(truncatingIfNeeded: random.next())
            }
        }
        let journal = try Journal.small(directory)
        for (index, payload) in payloads.enumerated() {
            let position = try await journal.append(payload, kind: UInt8(index % 256)).get()
            #expect(position.sequence == UInt64(index + 1))
        }
        let expected = payloads.enumerated().map { index, payload in
            Kept(sequence: UInt64(index + 1), kind: UInt8(index % 256), payload: payload)
        }
        #expect(try journal.records() == expected)
        #expect(try journal.records(from: 300) == Array(expected[299...]))
        journal.close()
        let again = try Journal.small(directory)
        #expect(try again.records() == expected)
        #expect(again.durableEnd == 601)
        #expect(try await again.append([9]).get().sequence == 601)
        again.close()
        #expect(directory.segments.count > 40)
    }

    @Test func `a payload may come in parts or be written in place`() async throws {
        let directory = TestDirectory()
        let journal = try Journal.small(directory)
        let (head, tail) = (Array("head ".utf8), Array("and tail".utf8))
        head.withUnsafeBytes { head in
            tail.withUnsafeBytes { tail in journal.append(kind: 3, head, tail, onDurable: { _ in }) }
        }
        _ = await withCheckedContinuation { continuation in
            journal.append(kind: 4, count: 3, onDurable: { continuation.resume(returning: $0) }) { payload in
                payload.copyBytes(from: [7, 8, 9])
            }
        }
        #expect(
            try journal.records() == [
                Kept(sequence: 1, kind: 3, payload: Array("head and tail".utf8)),
                Kept(sequence: 2, kind: 4, payload: [7, 8, 9]),
            ]
        )
        journal.close()
    }

    @Test func `64 readable bytes follow every payload`() async throws {
        let directory = TestDirectory()
        let journal = try Journal.small(directory)
        try await journal.appendAll((0..<50).map { payload($0, length: 512) })
        let reader = journal.makeReader(from: 1)
        var total = 0
        while let record = try reader.next() {
            let slack = UnsafeRawBufferPointer(
                start: record.payload.baseAddress,
                count: record.payload.count + 64
            )
            total += slack.reduce(0) { $0 + Int($1) }
        }
        #expect(total > 0)
        journal.close()
    }

    @Test func `a record longer than the limit is refused at once, one of the limit is not`() async throws {
        let directory = TestDirectory()
        let journal = try Journal.small(directory)
        #expect(await journal.append(payload(1, length: 513)) == .failure(.tooLarge(limit: 512)))
        #expect(try await journal.append(payload(1, length: 512)).get().sequence == 1)
        #expect(journal.statistics.refusedTooLarge == 1)
        journal.close()
    }

    @Test func `accepted-at never goes back, across restarts and damage`() async throws {
        let directory = TestDirectory()
        let clock = TestClock(5_000)
        var journal = try Journal.small(directory, clock: clock)
        #expect(try await journal.append([1]).get().time == 5_000)
        clock.now = 4_000
        #expect(try await journal.append([2]).get().time == 5_000)
        clock.now = 6_000
        #expect(try await journal.append([3]).get().time == 6_000)
        journal.close()
        clock.now = 10
        journal = try Journal.small(directory, clock: clock)
        #expect(try await journal.append([4]).get().time == 6_000)
        journal.close()
        journal = try Journal.small(directory, clock: clock) { $0.timeFloor = 7_000 }
        #expect(try await journal.append([5]).get().time == 7_000)
        journal.close()
    }

    @Test func `many threads append and each one's records keep their order`() async throws {
        let directory = TestDirectory()
        let journal = try Journal.small(directory) { $0.byteLimit = 64 << 20 }
        let (tasks, each) = (8, 500)
        let positions = await withTaskGroup(of: [UInt64].self) { group in
            for task in 0..<tasks {
                group.addTask {
                    var positions: [UInt64] = []
                    for number in 0..<each {
                        let answer = await journal.append(
                            payload(number, length: task * 40),
                            kind: UInt8(task)
                        )
                        if case .success(let position) = answer { positions.append(position.sequence) }
                    }
                    return positions
                }
            }
            return await group.reduce(into: [[UInt64]]()) { $0.append($1) }
        }
        #expect(positions.allSatisfy { $0.count == each && $0 == $0.sorted() })
        #expect(Set(positions.joined()) == Set(1...UInt64(tasks * each)))
        let records = try journal.records()
        #expect(records.map(\.sequence) == Array(1...UInt64(tasks * each)))
        for task in 0..<tasks {
            #expect(
                records.filter { $0.kind == UInt8(task) }.map(\.payload)
                    == (0..<each).map { payload($0, length: task * 40) }
            )
        }
        journal.close()
    }

    @Test func `close writes what waits, answers it and refuses what comes after`() async throws {
        let directory = TestDirectory()
        let journal = try Journal.small(directory)
        let answers = Locked<[Result<JournalPosition, JournalError>]>([])
        for number in 0..<300 {
            journal.append(kind: 1, payload(number)) { answer in answers.withLock { $0.append(answer) } }
        }
        journal.close()
        #expect(answers.withLock { $0.count } == 300)
        #expect(answers.withLock { $0.allSatisfy { (try? $0.get()) != nil } })
        #expect(await journal.append([1]) == .failure(.closed))
        #expect(journal.state == .closed)
        #expect(try journal.records().count == 300)
        journal.close()
    }

    @Test func `two journals never share a directory`() throws {
        let directory = TestDirectory()
        let journal = try Journal.small(directory)
        #expect(throws: JournalError.locked(directory: directory.path)) { try Journal.small(directory) }
        journal.close()
        try Journal.small(directory).close()
    }

    @Test func `a directory that cannot be is refused with its path`() {
        #expect(throws: JournalError.directory("/dev/null/journal", code: 20)) {
            try Journal.open(Journal.Configuration(directory: "/dev/null/journal"), now: { 1 })
        }
    }

    @Test func `a setting that cannot be is refused by name`() {
        func message(_ change: (inout Journal.Configuration) -> Void) -> String {
            var configuration = Journal.Configuration(directory: "/nowhere")
            change(&configuration)
            do {
                try Journal.open(configuration, now: { 1 }).close()
                return "opened"
            } catch {
                return "\(error)"
            }
        }
        #expect(message { $0.directory = "" } == "journal directory: must be a path")
        #expect(message { $0.recordBytesLimit = 0 } == "journal recordBytesLimit: must be 1 byte to 1 GiB")
        #expect(message { $0.segmentBytes = 1_024 }.contains("segmentBytes: must be a multiple of 8"))
        #expect(message { $0.byteLimit = 100 } == "journal byteLimit: must be at least twice segmentBytes")
        #expect(message { $0.sequenceFloor = 0 } == "journal sequenceFloor: must be 1 to 2^62")
    }

    @Test func `missing directories above are made`() async throws {
        let directory = TestDirectory()
        let nested = directory.path + "/a/b"
        let journal = try Journal.small(directory) { $0.directory = nested }
        #expect(try await journal.append([1]).get().sequence == 1)
        journal.close()
        #expect(TestDirectory(nested).names.contains("LOCK"))
    }
}
