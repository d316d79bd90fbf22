import Glibc
import Testing

@testable import PostmeterJournal

/// Records that are longer than a segment.
@Suite struct LongRecordTests {
    /// Segments of 4 KiB, and records of up to 400,000 bytes.
    private func journal(
        _ directory: TestDirectory,
        disk: TestDisk = TestDisk(),
        change: (inout Journal.Configuration) -> Void = { _ in }
    ) throws -> Journal {
        try Journal.small(directory, disk: disk) {
            $0.recordBytesLimit = 400_000
            $0.byteLimit = 4 << 20
            change(&$0)
        }
    }

    /// Bytes of the segment files, prepared ones included.
    private func fileBytes(_ directory: TestDirectory) -> Int {
        directory.names.filter { $0.hasSuffix(".seg") }.reduce(0) { $0 + directory.read($1).count }
    }

    @Test func `a record that is longer than a segment gets one of its own length, and short ones go on`()
        async throws
    {
        let directory = TestDirectory()
        let writing = try journal(directory)
        let long = HeldBody(payload(1, length: 300_000))
        try await writing.appendAll([payload(0), payload(1, length: 10_000), payload(2)])
        _ = try await writing.append(head: payload(3), long).get()
        try await writing.appendAll([payload(4)])
        let expected = [
            payload(0), payload(1, length: 10_000), payload(2), payload(3) + long.bytes, payload(4),
        ]
        #expect(try writing.records().map(\.payload) == expected)
        writing.close()
        // The header area, the frame and the mark behind it.
        let lengths = directory.segments.map { directory.read($0).count }
        #expect(lengths == [4_096, 1_024 + 10_032 + 8, 4_096, 1_024 + 300_048 + 8, 4_096])
        let again = try journal(directory)
        #expect(try again.records().map(\.payload) == expected)
        #expect(again.statistics.tornTails == 0 && again.statistics.lostSegments == 0)
        #expect(try await again.append(payload(5)).get().sequence == 6)
        again.close()
    }

    @Test func `a journal whose last record is longer than a segment goes on behind it`() async throws {
        let directory = TestDirectory()
        for round in 0..<3 {
            let writing = try journal(directory)
            #expect(writing.durableEnd == UInt64(round + 1))
            #expect(writing.statistics.tornTails == 0)
            _ = try await writing.append(payload(round, length: 9_000)).get()
            writing.close()
        }
        let again = try journal(directory)
        #expect(try again.records().map(\.payload) == (0..<3).map { payload($0, length: 9_000) })
        again.close()
    }

    @Test(arguments: 0..<4)
    func `what was answered outlives a power cut at any sync, long records as well`(seed: UInt64) async throws
    {
        let directory = TestDirectory()
        let cuts = PowerCuts(of: directory, seed: seed)
        let writing = try journal(directory, disk: cuts.disk)
        let long = HeldBody(payload(9, length: 270_000))
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<2 {
                group.addTask {
                    for number in 0..<12 {
                        let length = number % 4 == task ? 5_000 + 300 * number : 50 * (task + 1)
                        cuts.count(await writing.append(payload(number, length: length)))
                    }
                    guard task == 0 else { return }
                    cuts.count(await writing.append(head: payload(1), long))
                    cuts.count(await writing.append(payload(2)))
                }
            }
        }
        let all = try writing.records()
        writing.close()
        #expect(all.count == 26)
        for (disk, answered) in cuts.taken {
            let again = try journal(disk)
            let records = try again.records(from: 1)
            #expect(Array(records.prefix(answered)) == Array(all.prefix(answered)))
            #expect(records.allSatisfy { all.contains($0) })
            let next = try await again.append([1]).get().sequence
            #expect(next > answered && next > records.last?.sequence ?? 0)
            again.close()
        }
        #expect(cuts.taken.count >= 13)
    }

    @Test func `the longest record fits beside another of its length, however small the byte limit`()
        async throws
    {
        let directory = TestDirectory()
        let writing = try journal(directory) {
            $0.byteLimit = 11 * 4_096
            $0.retainBytes = 0
        }
        // Five segments of the eleven: 20,480 bytes, less 1,024 of header, 32 of frame and 8 of mark.
        #expect(writing.payloadLimit == 19_416)
        #expect(await writing.append(payload(0, length: 19_417)) == .failure(.tooLarge(limit: 19_416)))
        for round in 0..<20 {
            let answer = await writing.append(payload(round, length: 19_416 - round % 3))
            #expect(try answer.get().sequence == UInt64(round + 1))
            writing.release(before: writing.durableEnd)
            #expect(fileBytes(directory) <= 11 * 4_096)
        }
        writing.close()
    }

    @Test func `long records are refused when the files would pass the byte limit, short ones are not`()
        async throws
    {
        let directory = TestDirectory()
        let writing = try journal(directory) {
            $0.byteLimit = 24 * 4_096
            $0.retainBytes = 0
        }
        var taken = 0
        while case .success = await writing.append(payload(taken, length: 12_000)) { taken += 1 }
        // Each takes four segments' worth, and 13,064 bytes once it is written: seven are 91,448 bytes of 98,304.
        #expect(taken == 7)
        #expect(fileBytes(directory) <= 24 * 4_096)
        #expect(writing.state == .accepting)
        _ = try await writing.append(payload(100)).get()
        #expect(fileBytes(directory) <= 24 * 4_096)
        writing.release(before: 3)
        #expect(try await writing.append(payload(7, length: 12_000)).get().sequence == UInt64(taken + 2))
        #expect(try writing.records().count == taken)
        writing.close()
    }

    @Test func `released segments that are only retained give way to a long record`() async throws {
        let directory = TestDirectory()
        let writing = try journal(directory) { $0.byteLimit = 16 * 4_096 }
        try await writing.appendAll((0..<100).map { payload($0, length: 200) })
        writing.release(before: 101)
        #expect(writing.statistics.segments == 8)
        _ = try await writing.append(payload(1, length: 28_000)).get()
        _ = try await writing.append(payload(2, length: 28_000)).get()
        #expect(try writing.records().suffix(1).map(\.payload) == [payload(2, length: 28_000)])
        #expect(fileBytes(directory) <= 16 * 4_096)
        writing.close()
    }

    @Test func `a disk without room for a long record fails it, and is written to again`() async throws {
        let directory = TestDirectory()
        let disk = TestDisk()
        let writing = try journal(directory, disk: disk)
        try await writing.appendAll([payload(1)])
        disk.fail(.init(call: .allocate, path: ".seg", code: ENOSPC))
        #expect(await writing.append(payload(2, length: 9_000)) == .failure(.failing))
        #expect(try await writing.appendInTheEnd(payload(3)).sequence == 2)
        _ = try await writing.append(payload(4, length: 9_000)).get()
        #expect(
            try writing.records().map(\.payload) == [payload(1), payload(3), payload(4, length: 9_000)])
        writing.close()
        #expect(disk.openFiles == 0)
    }

    @Test(arguments: [0, 1_024, 5_000, 11_000])
    func `a long record that is cut short is a torn end, and all before it is there`(kept: Int) async throws {
        let directory = TestDirectory()
        let writing = try journal(directory)
        try await writing.appendAll([payload(1), payload(2, length: 10_000)])
        writing.close()
        let last = try #require(directory.segments.last)
        directory.write(last, Array(directory.read(last).prefix(kept)))
        let again = try journal(directory)
        #expect(try again.records().map(\.payload) == [payload(1)])
        #expect(try await again.append(payload(3)).get().sequence >= 2)
        again.close()
    }
}
