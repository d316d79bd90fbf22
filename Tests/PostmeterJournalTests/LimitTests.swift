import PostmeterJournal
import Testing

@Suite struct LimitTests {
    /// Appends records of 200 bytes until one is refused: how many were taken.
    private func fill(_ journal: Journal) async throws -> Int {
        for number in 0..<10_000 {
            switch await journal.append(payload(number, length: 200)) {
            case .success: continue
            case .failure(.full): return number
            case .failure(let error): throw error
            }
        }
        return 10_000
    }

    @Test func `at the byte limit records are refused, and release makes room`() async throws {
        let directory = TestDirectory()
        let journal = try Journal.small(directory) {
            $0.byteLimit = 4 * 4_096
            $0.retainBytes = 1 << 30
        }
        // 13 frames of 232 bytes fit the 3,064 bytes that a segment has for them.
        #expect(try await fill(journal) == 52)
        #expect(journal.state == .full)
        #expect(journal.statistics.refusedFull == 1)
        #expect(journal.statistics.bytes == 4 * 4_096)
        journal.release(before: 14)
        #expect(journal.state == .accepting)
        #expect(journal.firstSequence == 14)
        #expect(try await fill(journal) == 13)
        journal.release(before: 40)
        #expect(try await fill(journal) == 26)
        let reader = journal.makeReader(from: 40)
        #expect(try reader.rest().map(\.sequence) == Array(40...91))
        #expect(reader.skipped == 0)
        journal.close()
        #expect(directory.names.filter { $0.hasSuffix(".seg") }.count <= 4)
    }

    @Test func `the files never pass the byte limit, prepared ones included`() async throws {
        let directory = TestDirectory()
        let journal = try Journal.small(directory) { $0.byteLimit = 5 * 4_096 }
        for _ in 0..<10 {
            _ = try await fill(journal)
            let names = directory.names
            #expect(names.filter { $0 != "LOCK" }.count <= 5)
            journal.release(before: journal.durableEnd)
        }
        journal.close()
    }

    @Test func `what waits for the disk is limited too`() async throws {
        let directory = TestDirectory()
        let gate = Gate()
        let journal = try Journal.small(directory, disk: TestDisk(beforeSync: { _ in gate.pass() })) {
            $0.pendingBytesLimit = 1_000
        }
        gate.isShut = true
        async let first = journal.append(payload(0, length: 200))
        await gate.arrival()
        for number in 1...3 { journal.append(kind: 1, payload(number, length: 200), onDurable: { _ in }) }
        #expect(journal.statistics.pendingBytes == 4 * 232)
        #expect(await journal.append(payload(4, length: 200)) == .failure(.full))
        gate.isShut = false
        _ = try await first.get()
        #expect(try await journal.append(payload(5, length: 200)).get().sequence == 5)
        journal.close()
    }

    @Test func `released segments are kept up to the byte limit of retention, oldest given up first`()
        async throws
    {
        let directory = TestDirectory()
        let journal = try Journal.small(directory) { $0.retainBytes = 3 * 4_096 }
        try await journal.appendAll((0..<130).map { payload($0, length: 200) })
        #expect(journal.firstSequence == 1)
        journal.release(before: 60)
        // Records 1 to 52 fill the four segments that hold nothing newer; three may stay.
        #expect(journal.firstSequence == 14)
        journal.release(before: 1_000)
        #expect(journal.firstSequence == 79)
        journal.close()
    }

    @Test func `released segments are kept up to the age of retention`() async throws {
        let directory = TestDirectory()
        let clock = TestClock(1_000_000_000_000)
        let journal = try Journal.small(directory, clock: clock) { $0.retainSeconds = 60 }
        try await journal.appendAll((0..<26).map { payload($0, length: 200) })
        clock.now += 50_000_000_000
        try await journal.appendAll((26..<52).map { payload($0, length: 200) })
        journal.release(before: 53)
        #expect(journal.firstSequence == 1)
        clock.now += 20_000_000_000
        journal.release(before: 53)
        #expect(journal.firstSequence == 27)
        journal.close()
    }

    @Test func `the sequence goes on after every record was released, across restarts`() async throws {
        let directory = TestDirectory()
        var next: UInt64 = 1
        for _ in 0..<8 {
            let journal = try Journal.small(directory) { $0.retainBytes = 0 }
            for number in 0..<30 {
                #expect(try await journal.append(payload(number, length: 200)).get().sequence == next)
                next += 1
            }
            journal.release(before: journal.durableEnd)
            #expect(journal.statistics.segments == 1)
            journal.close()
        }
        #expect(directory.segments.count == 1)
    }

    @Test func `the newest segment stays, even where the limits leave no room to keep it`() async throws {
        let directory = TestDirectory()
        var journal = try Journal.small(directory) {
            $0.retainBytes = 0
            $0.byteLimit = 2 * 4_096
        }
        #expect(try await fill(journal) == 26)
        journal.release(before: 27)
        #expect(journal.statistics.segments == 1)
        journal.close()
        journal = try Journal.small(directory)
        #expect(try await journal.append([1]).get().sequence == 27)
        journal.close()
    }

    @Test func `no new record gets a number below the floor, and no reader takes the gap for a loss`()
        async throws
    {
        let directory = TestDirectory()
        var journal = try Journal.small(directory)
        try await journal.appendAll([payload(1), payload(2)])
        journal.close()
        journal = try Journal.small(directory) { $0.sequenceFloor = 50 }
        #expect(try await journal.append(payload(3)).get().sequence == 50)
        let reader = journal.makeReader(from: 1)
        #expect(try reader.rest().map(\.sequence) == [1, 2, 50])
        #expect(reader.skipped == 0)
        journal.close()
        journal = try Journal.small(directory)
        #expect(try await journal.append(payload(4)).get().sequence == 51)
        journal.close()
    }

    @Test func `a reader is told how many of the records it asked for are gone`() async throws {
        let directory = TestDirectory()
        let heard = Heard()
        let journal = try Journal.small(directory, heard: heard) { $0.retainBytes = 0 }
        try await journal.appendAll((0..<40).map { payload($0, length: 200) })
        journal.release(before: 30)
        let reader = journal.makeReader(from: 5)
        #expect(try reader.rest().map(\.sequence) == Array(27...40))
        #expect(reader.skipped == 22)
        #expect(heard.damage.map(\.records) == [22])
        let oldest = journal.makeReader(from: 0)
        #expect(try oldest.rest().count == 14)
        #expect(oldest.skipped == 0)
        journal.close()
    }

    @Test func `a reader whose segment is released and reused goes on with what is there`() async throws {
        let directory = TestDirectory()
        let journal = try Journal.small(directory) {
            $0.retainBytes = 0
            $0.byteLimit = 4 * 4_096
        }
        try await journal.appendAll((0..<20).map { payload($0, length: 200) })
        let reader = journal.makeReader(from: 1)
        #expect(try reader.next()?.sequence == 1)
        // The file of the first segment holds later records by now.
        for round in 1..<20 {
            journal.release(before: journal.durableEnd)
            try await journal.appendAll((0..<20).map { payload(round * 20 + $0, length: 200) })
        }
        var last: UInt64 = 1
        while let record = try reader.next() {
            #expect(record.sequence > last)
            #expect(Array(record.payload) == payload(Int(record.sequence) - 1, length: 200))
            last = record.sequence
        }
        #expect(last == 400)
        journal.close()
    }

    @Test func `frames that an earlier use of a file left behind never come back`() async throws {
        let directory = TestDirectory()
        let disk = TestDisk()
        var expected: UInt64 = 1
        var journal = try Journal.small(directory, disk: disk) { $0.retainBytes = 0 }
        for _ in 0..<60 {
            // Alike in length, so that old frames stand just where new ones end.
            try await journal.appendAll((0..<5).map { payload($0, length: 200) })
            expected += 5
            #expect(try journal.records().last?.sequence == expected - 1)
            journal.release(before: journal.durableEnd)
            journal.close()
            journal = try Journal.small(directory, disk: disk) { $0.retainBytes = 0 }
            #expect(journal.durableEnd == expected)
            #expect(journal.statistics.tornTails == 0)
        }
        journal.close()
        // 13 records fit a segment: an old frame taken for a new one would have ended it early.
        let begun = disk.events.filter { event in
            if case .write(let path, bytes: 1_024) = event { path.hasSuffix(".seg") } else { false }
        }
        #expect(begun.count == 24)
    }
}
