import Glibc
import PostmeterJournal
import Synchronization
import Testing

@testable import PostmeterCollector

@Suite struct FingerprintLogTests {
    func key(_ number: UInt64) -> UInt64 { FingerprintFixture.key(number) }

    /// Remembers the keys of some numbers, each at its number as time.
    func insert(_ numbers: ClosedRange<UInt64>, into log: inout FingerprintLog) {
        for number in numbers { _ = log.insert(key(number), at: number) }
    }

    /// How many of the numbers' keys are remembered.
    func remembered(_ numbers: ClosedRange<UInt64>, _ log: inout FingerprintLog) -> Int {
        var count = 0
        for number in numbers where log.word(of: key(number)) != nil { count += 1 }
        return count
    }

    func names(in folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    @Test func `a volume is forgotten when its last entry is too old, and not before`() async throws {
        try await withTemporaryFolder { folder in
            var fixture = FingerprintFixture(folder: folder)
            var log = fixture.start()
            insert(1...33, into: &log)
            try fixture.checkpoint(&log)
            log.expire(at: 1_032)
            #expect(remembered(1...33, &log) == 33)
            log.expire(at: 1_033)
            #expect(remembered(1...32, &log) == 0)
            #expect(remembered(33...33, &log) == 1)
            #expect(log.statistics.forgottenEarly == 0)
            // The volume under way stays, however old.
            log.expire(at: 1_000_000)
            #expect(remembered(33...33, &log) == 1)
            try fixture.checkpoint(&log)
            #expect(fixture.files == [])
            #expect(names(in: fixture.folder.path) == [])
        }
    }

    @Test func `past the limit the oldest volume goes early, and is counted`() async throws {
        try await withTemporaryFolder { folder in
            let fixture = FingerprintFixture(folder: folder)
            var log = fixture.start()
            insert(1...128, into: &log)
            log.expire(at: 128)
            #expect(log.statistics.forgottenEarly == 0)
            insert(129...129, into: &log)
            log.expire(at: 129)
            #expect(log.statistics.forgottenEarly == 32)
            #expect(remembered(1...32, &log) == 0)
            #expect(remembered(33...129, &log) == 97)
            #expect(log.statistics.entries == 97)
        }
    }

    @Test func `the files of a volume become one, and the answers stay`() async throws {
        try await withTemporaryFolder { folder in
            var fixture = FingerprintFixture(folder: folder)
            var log = fixture.start()
            for number in 1...40 as ClosedRange<UInt64> {
                insert(number...number, into: &log)
                try fixture.checkpoint(&log)
            }
            #expect(names(in: fixture.folder.path) == ["seen-1-4.fp", "seen-5.fp"])
            #expect(fixture.files.map(\.entries) == [32, 8])
            #expect(fixture.rows == [])
            #expect(remembered(1...40, &log) == 40)
            #expect(remembered(41...400, &log) == 0)
            var restarted = fixture.start()
            #expect(remembered(1...40, &restarted) == 40)
            #expect(restarted.statistics.files == 2)
        }
    }

    @Test func `a file that no checkpoint names is removed at the start`() async throws {
        try await withTemporaryFolder { folder in
            let fixture = FingerprintFixture(folder: folder)
            var log = fixture.start()
            insert(1...20, into: &log)
            _ = try log.changes()
            #expect(names(in: fixture.folder.path) == ["seen-1.fp", "seen-2.fp"])
            _ = fixture.start()
            #expect(names(in: fixture.folder.path) == [])
        }
    }

    enum Harm: CaseIterable { case missing, truncated, longer, body, header }

    @Test(arguments: Harm.allCases)
    func `a damaged file costs its own entries and nothing else`(harm: Harm) async throws {
        try await withTemporaryFolder { folder in
            var fixture = FingerprintFixture(folder: folder)
            var log = fixture.start()
            insert(1...20, into: &log)
            try fixture.checkpoint(&log)
            #expect(fixture.paths.count == 2)
            try self.harm(fixture.paths[0], harm)

            let warnings = Mutex<[String]>([])
            var damaged = fixture.start { text in warnings.withLock { $0.append(text) } }
            #expect(warnings.withLock { $0.count } == 1)
            #expect(damaged.statistics.lostFiles == 1)
            #expect(damaged.statistics.lostEntries == 8)
            #expect(damaged.statistics.entries == 12)
            #expect(remembered(1...8, &damaged) == 0)
            #expect(remembered(9...20, &damaged) == 12)
            let kept = harm == .missing ? [] : ["seen-1.fp.damaged"]
            #expect(names(in: fixture.folder.path) == kept + ["seen-2.fp"])
            try fixture.checkpoint(&damaged)

            // It is said once; what the others hold is forgotten when it would have been.
            var again = fixture.start { text in warnings.withLock { $0.append(text) } }
            #expect(warnings.withLock { $0.count } == 1)
            #expect(again.statistics.lostFiles == 0)
            insert(21...33, into: &again)
            again.expire(at: 1_033)
            #expect(remembered(1...32, &again) == 0)
            #expect(remembered(33...33, &again) == 1)
            try fixture.checkpoint(&again)
            #expect(fixture.files == [])
        }
    }

    func harm(_ path: String, _ harm: Harm) throws {
        let length = FingerprintFileHeader.length + 8 * 8
        switch harm {
        case .missing: #expect(unlink(path) == 0)
        case .truncated: #expect(truncate(path, off_t(length - 8)) == 0)
        case .longer: #expect(truncate(path, off_t(length + 8)) == 0)
        case .body, .header:
            let file = Glibc.open(path, O_RDWR)
            defer { close(file) }
            let offset = off_t(harm == .body ? length - 3 : 33)
            var byte: UInt8 = 0
            #expect(pread(file, &byte, 1, offset) == 1)
            byte ^= 4
            #expect(pwrite(file, &byte, 1, offset) == 1)
        }
    }

    @Test func `a disk that refuses a file refuses the checkpoint, and the next one writes it`() async throws
    {
        try await withTemporaryFolder { folder in
            let isFull = Mutex(true)
            var fixture = FingerprintFixture(folder: folder)
            fixture.folder.fileSystem.pwrite = { file, bytes, offset in
                isFull.withLock { $0 }
                    ? Int(-ENOSPC) : JournalFileSystem.system.pwrite(file, bytes, offset)
            }
            var log = fixture.start()
            insert(1...20, into: &log)
            do {
                _ = try log.changes()
                Issue.record("no error")
            } catch {
                #expect("\(error)" == "'\(folder)/fingerprints/seen-1.fp': No space left on device")
            }
            insert(21...22, into: &log)
            isFull.withLock { $0 = false }
            try fixture.checkpoint(&log)
            var restarted = fixture.start()
            #expect(remembered(1...22, &restarted) == 22)
        }
    }

    @Test func `a look-up that the disk refuses is counted and ends nothing`() async throws {
        try await withTemporaryFolder { folder in
            let isBroken = Mutex(false)
            var fixture = FingerprintFixture(folder: folder)
            fixture.folder.fileSystem.pread = { file, into, offset in
                isBroken.withLock { $0 } ? Int(-EIO) : JournalFileSystem.system.pread(file, into, offset)
            }
            var log = fixture.start()
            insert(1...8, into: &log)
            try fixture.checkpoint(&log)
            isBroken.withLock { $0 = true }
            #expect(log.word(of: key(3)) == nil)
            #expect(log.statistics.failedReads == 1)
            isBroken.withLock { $0 = false }
            #expect(log.word(of: key(3)) == 0)
        }
    }
}
