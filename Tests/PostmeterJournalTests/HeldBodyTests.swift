import Glibc
import Testing

@testable import PostmeterJournal

/// Bodies that are written from where they are: no copy, one write with the rest of their group.
@Suite struct HeldBodyTests {
    /// Room for long records, in segments that hold several of them.
    private func journal(
        _ directory: TestDirectory,
        disk: TestDisk = TestDisk(),
        change: (inout Journal.Configuration) -> Void = { _ in }
    ) throws -> Journal {
        try Journal.small(directory, disk: disk) {
            $0.segmentBytes = 4 << 20
            $0.byteLimit = 64 << 20
            $0.recordBytesLimit = 4 << 20
            change(&$0)
        }
    }

    @Test(arguments: 0..<9)
    func `a long body reads back between short ones, whatever padding it needs`(rest: Int) async throws {
        let directory = TestDirectory()
        let gate = Gate()
        let disk = TestDisk(beforeSync: { _ in gate.pass() })
        let writing = try journal(directory, disk: disk)
        gate.isShut = true
        async let first = writing.append(payload(0))
        await gate.arrival()
        let long = HeldBody(payload(1, length: 300_000 + rest))
        writing.append(kind: 1, payload(2), onDurable: { _ in })
        async let second = writing.append(head: payload(3, length: 61), long)
        while writing.statistics.pendingBytes < 300_000 { await Task.yield() }
        writing.append(kind: 3, payload(4, length: 10 + rest), onDurable: { _ in })
        async let third = writing.append(head: [], long)
        while writing.statistics.pendingBytes < 600_000 { await Task.yield() }
        async let fourth = writing.append(payload(5))
        while writing.statistics.pendingBytes < 600_300 { await Task.yield() }
        gate.isShut = false
        #expect(try await first.get().sequence == 1)
        #expect(try await second.get().sequence == 3)
        #expect(try await third.get().sequence == 5)
        #expect(try await fourth.get().sequence == 6)
        let expected = [
            payload(0), payload(2), payload(3, length: 61) + long.bytes, payload(4, length: 10 + rest),
            long.bytes, payload(5),
        ]
        #expect(try writing.records().map(\.payload) == expected)
        #expect(writing.statistics.pendingBytes == 0)
        writing.close()
        let again = try journal(directory)
        #expect(try again.records().map(\.payload) == expected)
        #expect(try again.records().map(\.kind) == [1, 1, 2, 3, 2, 1])
        #expect(again.statistics.tornTails == 0)
        again.close()
    }

    @Test func `a group with long bodies is one write, of which they are parts by themselves`() async throws {
        let directory = TestDirectory()
        let disk = TestDisk()
        let writing = try journal(directory, disk: disk)
        let long = HeldBody(payload(1, length: 300_000))
        _ = try await writing.append(head: payload(2, length: 61), long).get()
        writing.close()
        let parts = disk.events.compactMap { event in
            if case .writeParts(_, let parts) = event { parts } else { nil }
        }
        // Header and head; the body; 3 bytes of padding and the 8 of the mark.
        #expect(parts == [[32 + 61, 300_000, 3 + 8]])
    }

    @Test func `a body that is shorter than what is held is copied, and its owner not asked for`()
        async throws
    {
        let directory = TestDirectory()
        let disk = TestDisk()
        let writing = try journal(directory, disk: disk)
        let asked = Locked(0)
        let body = payload(1, length: Journal.heldBodyBytes - 1)
        let answer = await withCheckedContinuation { continuation in
            body.withUnsafeBytes { bytes in
                _ = writing.append(
                    kind: 1,
                    head: UnsafeRawBufferPointer(start: nil, count: 0),
                    body: bytes,
                    keptBy: asked.counted(),
                    onDurable: { continuation.resume(returning: $0) }
                )
                writing.push()
            }
        }
        #expect(try answer.get().sequence == 1)
        #expect(asked.withLock { $0 } == 0)
        #expect(try writing.records().map(\.payload) == [body])
        #expect(!disk.events.contains { if case .writeParts = $0 { true } else { false } })
        writing.close()
    }

    @Test func `the owner of a body is kept until it is on disk and then let go of`() async throws {
        let directory = TestDirectory()
        let gate = Gate()
        let writing = try journal(directory, disk: TestDisk(beforeSync: { _ in gate.pass() }))
        let ends = Locked(0)
        gate.isShut = true
        async let answer = writing.append(
            head: [], HeldBody(payload(1, length: 300_000)) { ends.withLock { $0 += 1 } })
        await gate.arrival()
        #expect(ends.withLock { $0 } == 0)
        gate.isShut = false
        _ = try await answer.get()
        writing.close()
        #expect(ends.withLock { $0 } == 1)
    }

    @Test func `the owners of bodies that are refused, or fail with their group, are let go of`() async throws
    {
        let directory = TestDirectory()
        let disk = TestDisk()
        let writing = try journal(directory, disk: disk) { $0.recordBytesLimit = 400_000 }
        let ends = Locked(0)
        func body(_ length: Int) -> HeldBody {
            HeldBody(payload(1, length: length)) { ends.withLock { $0 += 1 } }
        }
        #expect(await writing.append(head: [], body(400_001)) == .failure(.tooLarge(limit: 400_000)))
        #expect(ends.withLock { $0 } == 1)
        disk.fail(.init(call: .fdatasync, path: ".seg", code: EIO))
        #expect(await writing.append(head: [], body(300_000)) == .failure(.failing))
        #expect(try await writing.appendInTheEnd(payload(2)).sequence == 1)
        #expect(ends.withLock { $0 } == 2)
        #expect(writing.statistics.pendingBytes == 0)
        #expect(try writing.records().map(\.payload) == [payload(2)])
        writing.close()
    }

    @Test func `long bodies that wait have a limit of their own, and short records go on`() async throws {
        let directory = TestDirectory()
        let gate = Gate()
        let writing = try journal(directory, disk: TestDisk(beforeSync: { _ in gate.pass() })) {
            $0.pendingBytesLimit = 10_000
            $0.heldBytesLimit = 700_000
        }
        gate.isShut = true
        async let first = writing.append(payload(0))
        await gate.arrival()
        let long = HeldBody(payload(1, length: 300_000))
        async let second = writing.append(head: [], long)
        async let third = writing.append(head: [], long)
        while writing.statistics.pendingBytes < 600_000 { await Task.yield() }
        #expect(await writing.append(head: [], long) == .failure(.full))
        #expect(writing.statistics.refusedFull == 1)
        #expect(writing.state == .accepting)
        async let fourth = writing.append(payload(2))
        while writing.statistics.pendingBytes < 600_130 { await Task.yield() }
        gate.isShut = false
        #expect(try await [first.get().sequence, fourth.get().sequence] == [1, 4])
        _ = try await (second.get(), third.get())
        #expect(try await writing.append(head: [], long).get().sequence == 5)
        writing.close()
    }

    @Test(arguments: [1, 40, 93, 94, 100_000, 300_092, 300_093, 300_100])
    func `a write that takes less than it was given is gone on with`(taken: Int) async throws {
        let directory = TestDirectory()
        let disk = TestDisk()
        let writing = try journal(directory, disk: disk)
        disk.fail(.init(call: .pwritev, path: ".seg", code: 0, times: 2, torn: taken))
        let long = HeldBody(payload(1, length: 300_000))
        _ = try await writing.append(head: payload(2, length: 61), long).get()
        _ = try await writing.append(payload(3)).get()
        writing.close()
        let again = try journal(directory)
        #expect(try again.records().map(\.payload) == [payload(2, length: 61) + long.bytes, payload(3)])
        again.close()
    }

    @Test(arguments: [1, 50, 200_000, 300_090])
    func `a torn write of a long body loses nothing that was answered`(torn: Int) async throws {
        let directory = TestDirectory()
        let disk = TestDisk()
        let writing = try journal(directory, disk: disk)
        try await writing.appendAll([payload(1)])
        disk.fail(.init(call: .pwritev, path: ".seg", code: ENOSPC, torn: torn))
        let long = HeldBody(payload(2, length: 300_000))
        #expect(await writing.append(head: payload(3, length: 61), long) == .failure(.failing))
        #expect(try await writing.appendInTheEnd(payload(4)).sequence == 2)
        writing.close()
        #expect(disk.openFiles == 0)
        let again = try journal(directory)
        #expect(try again.records().map(\.payload) == [payload(1), payload(4)])
        again.close()
    }

    @Test func `a reader gives the memory of a long record back when there is nothing more to read`()
        async throws
    {
        let directory = TestDirectory()
        let writing = try journal(directory)
        _ = try await writing.append(head: [], HeldBody(payload(1, length: 3 << 20))).get()
        let scanner = FrameScanner(fileSystem: .system)
        try scanner.open(
            directory.path + "/" + directory.segments[0],
            codec: FrameCodec(salt: writing.salt, number: 1)
        )
        #expect(try scanner.next(limit: 4 << 20)?.payload.count == 3 << 20)
        #expect(scanner.windowBytes == Frame.bytes(payload: 3 << 20))
        scanner.shrink()
        #expect(scanner.windowBytes == 256 << 10)
        _ = try await writing.append(payload(2)).get()
        #expect(try scanner.next(limit: 4 << 20)?.payload.count == payload(2).count)
        writing.close()
    }
}
