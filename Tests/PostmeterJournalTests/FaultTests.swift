import Glibc
import PostmeterJournal
import Testing

@Suite struct FaultTests {
    @Test(arguments: [0, 1, 2, 7, 20])
    func `a failed sync fails its group alone, and the next goes to a new segment`(skipping: Int) async throws
    {
        let directory = TestDirectory()
        let disk = TestDisk()
        let journal = try Journal.small(directory, disk: disk)
        disk.fail(.init(call: .fdatasync, path: ".seg", code: EIO, skipping: skipping))
        var taken: [Kept] = []
        for number in 0..<40 {
            let answer = await journal.append(payload(number, length: 100))
            if number == skipping {
                #expect(answer == .failure(.failing))
                taken.append(
                    Kept(
                        sequence: try await journal.appendInTheEnd(payload(number + 1_000)).sequence,
                        kind: 1,
                        payload: payload(number + 1_000)
                    )
                )
            } else {
                taken.append(
                    Kept(sequence: try answer.get().sequence, kind: 1, payload: payload(number, length: 100))
                )
            }
        }
        #expect(taken.map(\.sequence) == Array(1...40))
        #expect(try journal.records() == taken)
        #expect(journal.statistics.failures == 1)
        #expect(!disk.hasSyncedAfterFailure)
        journal.close()
        #expect(disk.openFiles == 0)
        let again = try Journal.small(directory)
        #expect(try again.records() == taken)
        #expect(again.statistics.lostSegments == 0)
        again.close()
    }

    @Test func `a failed group stays void when its bytes are still in the file`() async throws {
        let directory = TestDirectory()
        let disk = TestDisk()
        let journal = try Journal.small(directory, disk: disk)
        try await journal.appendAll([payload(1), payload(2)])
        disk.fail(.init(call: .fdatasync, path: ".seg", code: EIO))
        disk.fail(.init(call: .truncate, path: ".seg", code: EIO))
        #expect(await journal.append(payload(3)) == .failure(.failing))
        #expect(try await journal.appendInTheEnd(payload(4)).sequence == 3)
        journal.close()
        #expect(disk.openFiles == 0)
        let again = try Journal.small(directory)
        let reader = again.makeReader(from: 1)
        #expect(try reader.rest().map(\.payload) == [payload(1), payload(2), payload(4)])
        #expect(reader.skipped == 0)
        again.close()
    }

    @Test func `a failed group is gone from the file, even when no segment follows`() async throws {
        let directory = TestDirectory()
        let disk = TestDisk()
        let journal = try Journal.small(directory, disk: disk)
        try await journal.appendAll([payload(1), payload(2)])
        disk.fail(.init(call: .fdatasync, path: ".seg", code: EIO, times: .max))
        #expect(await journal.append(payload(3)) == .failure(.failing))
        journal.close()
        let again = try Journal.small(directory)
        #expect(try again.records().map(\.payload) == [payload(1), payload(2)])
        #expect(again.statistics.tornTails == 0)
        #expect(try await again.append(payload(4)).get().sequence == 3)
        again.close()
    }

    @Test(arguments: [1, 8, 31, 32, 40, 100, 1_000])
    func `a torn write loses nothing that was answered`(torn: Int) async throws {
        let directory = TestDirectory()
        let disk = TestDisk()
        let journal = try Journal.small(directory, disk: disk)
        try await journal.appendAll([payload(1, length: 300), payload(2)])
        disk.fail(.init(call: .pwrite, path: ".seg", code: ENOSPC, torn: torn))
        #expect(await journal.append(payload(3, length: 300)) == .failure(.failing))
        #expect(try await journal.appendInTheEnd(payload(4)).sequence == 3)
        journal.close()
        #expect(disk.openFiles == 0)
        let again = try Journal.small(directory)
        #expect(try again.records().map(\.payload) == [payload(1, length: 300), payload(2), payload(4)])
        again.close()
    }

    @Test func `while no segment can be made, appends are refused at once; then they work again`()
        async throws
    {
        let directory = TestDirectory()
        let disk = TestDisk()
        disk.fail(.init(call: .pwrite, path: ".tmp", code: ENOSPC, times: .max))
        let journal = try Journal.small(directory, disk: disk)
        #expect(await journal.append(payload(1)) == .failure(.failing))
        #expect(journal.state == .failing)
        #expect(await journal.append(payload(1)) == .failure(.failing))
        #expect(journal.statistics.refusedFailing == 2)
        disk.heal()
        #expect(try await journal.appendInTheEnd(payload(2)).sequence == 1)
        #expect(journal.state == .accepting)
        #expect(try journal.records().map(\.payload) == [payload(2)])
        journal.close()
    }

    @Test func `a disk that fails for long loses nothing that was answered and fills nothing up`()
        async throws
    {
        let directory = TestDirectory()
        let disk = TestDisk()
        let journal = try Journal.small(directory, disk: disk)
        try await journal.appendAll([payload(1)])
        disk.fail(.init(call: .fdatasync, path: ".seg", code: EIO, times: 60))
        #expect(await journal.append(payload(2)) == .failure(.failing))
        #expect(try await journal.appendInTheEnd(payload(3)).sequence == 2)
        #expect(journal.statistics.failures == 60)
        #expect(journal.statistics.segments == 2)
        #expect(try journal.records().map(\.payload) == [payload(1), payload(3)])
        journal.close()
        #expect(disk.openFiles == 0)
        #expect(directory.segments.count == 2)
    }

    @Test func `close in the middle of a failure answers everybody`() async throws {
        let directory = TestDirectory()
        let gate = Gate()
        let disk = TestDisk(beforeSync: { _ in gate.pass() })
        let journal = try Journal.small(directory, disk: disk)
        gate.isShut = true
        disk.fail(.init(call: .fdatasync, path: ".seg", code: EIO, times: .max))
        async let first = journal.append(payload(1))
        await gate.arrival()
        async let second = journal.append(payload(2))
        while journal.statistics.pendingBytes < 96 { await Task.yield() }
        async let closing: Void = onOwnThread { journal.close() }
        while journal.state != .closed { await Task.yield() }
        gate.isShut = false
        #expect(await first == .failure(.failing))
        #expect(await second == .failure(.failing))
        await closing
    }

    @Test func `a segment that cannot be opened just now is no damage: the start is refused`() async throws {
        let directory = TestDirectory()
        let journal = try Journal.small(directory)
        try await journal.appendAll([payload(1)])
        journal.close()
        let disk = TestDisk()
        disk.fail(.init(call: .open, path: "0001.seg", code: EMFILE))
        let path = "\(directory.path)/journal-00000000000000000001.seg"
        #expect(throws: JournalError.directory(path, code: EMFILE)) {
            try Journal.small(directory, disk: disk)
        }
        let again = try Journal.small(directory)
        #expect(try again.records().map(\.payload) == [payload(1)])
        again.close()
    }

    @Test func `a segment that the disk does not give is damage: the start goes on without it`() async throws
    {
        let directory = TestDirectory()
        let journal = try Journal.small(directory)
        try await journal.appendAll((0..<60).map { payload($0, length: 200) })
        journal.close()
        let disk = TestDisk()
        disk.fail(.init(call: .pread, path: "0002.seg", code: EIO, times: .max))
        let again = try Journal.small(directory, disk: disk)
        #expect(again.statistics.lostSegments == 1)
        let reader = again.makeReader(from: 1)
        #expect(try reader.rest().map(\.sequence) == Array(1...13) + Array(27...60))
        #expect(reader.skipped == 13)
        #expect(try await again.append([1]).get().sequence == 61)
        again.close()
    }

    @Test func `a read that fails once is tried again, a block that stays unreadable is stepped over`()
        async throws
    {
        let directory = TestDirectory()
        let disk = TestDisk()
        let journal = try Journal.small(directory, disk: disk)
        try await journal.appendAll((0..<60).map { payload($0, length: 200) })
        disk.fail(.init(call: .pread, path: "0001.seg", code: EIO))
        let reader = journal.makeReader(from: 1)
        #expect(throws: JournalReadError(code: EIO, segment: 1)) { try reader.next() }
        #expect(try reader.rest().count == 60)
        #expect(reader.skipped == 0)

        disk.fail(.init(call: .pread, path: "0001.seg", code: EIO, times: .max))
        let second = journal.makeReader(from: 1)
        #expect(throws: JournalReadError(code: EIO, segment: 1)) { try second.next() }
        #expect(throws: JournalReadError(code: EIO, segment: 1)) { try second.next() }
        let rest = try second.rest()
        #expect(rest.last?.payload == payload(59, length: 200))
        #expect(UInt64(rest.count) + second.skipped == 60)
        #expect(second.skipped == 13)
        journal.close()
    }
}
