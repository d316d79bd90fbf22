import CPrimitives
import Glibc
import PostmeterJournal
import Testing

@Suite struct DamagedSegmentsTests {
    private func name(_ number: Int) -> String {
        let digits = String(number)
        return "\(String(repeating: "0", count: 20 - digits.count))\(digits).seg"
    }

    /// A closed journal of segments with 16 records each, the last one with fewer.
    private func filled(_ directory: TestDirectory, records: Int) async throws {
        let journal = try Journal.small(directory)
        try await journal.appendAll((0..<records).map { payload($0, length: 150) })
        journal.close()
    }

    private func damage(_ directory: TestDirectory, segment: Int, at offset: Int = 2_000) {
        var bytes = directory.read("journal-" + name(segment))
        bytes[offset] ^= 0xff
        directory.write("journal-" + name(segment), bytes)
    }

    @Test func `a segment with a damaged record outlives the journal's own`() async throws {
        let directory = TestDirectory()
        try await filled(directory, records: 60)
        damage(directory, segment: 2)
        let damaged = directory.read("journal-" + name(2))
        let journal = try Journal.small(directory) { $0.retainBytes = 0 }
        let reader = journal.makeReader(from: 1)
        #expect(try reader.rest().count == 59)
        #expect(directory.names.filter { $0.hasPrefix("damaged-") } == ["damaged-" + name(2)])
        journal.release(before: journal.durableEnd)
        // New segments are made of old files, and not of this one.
        try await journal.appendAll((0..<60).map { payload($0, length: 150) })
        journal.close()
        #expect(!directory.names.contains("journal-" + name(2)))
        #expect(directory.read("damaged-" + name(2)) == damaged)
    }

    @Test func `a file with a second name is not made a new segment`() async throws {
        let directory = TestDirectory()
        try await filled(directory, records: 60)
        let before = directory.read("journal-" + name(1))
        let other = "\(directory.path)/second"
        #expect(link("\(directory.path)/journal-" + name(1), other) == 0)
        let journal = try Journal.small(directory) { $0.retainBytes = 0 }
        journal.release(before: journal.durableEnd)
        try await journal.appendAll((0..<200).map { payload($0, length: 150) })
        journal.close()
        #expect(!directory.names.contains("journal-" + name(1)))
        #expect(directory.read("second") == before)
    }

    @Test func `a segment of rubbish is kept once, however often the journal is opened`() async throws {
        let directory = TestDirectory()
        try await filled(directory, records: 60)
        let rubbish = [UInt8](repeating: 0xA5, count: 4_096)
        directory.write("journal-" + name(2), rubbish)
        for _ in 0..<3 { try Journal.small(directory).close() }
        #expect(directory.names.filter { $0.hasPrefix("damaged-") } == ["damaged-" + name(2)])
        #expect(directory.read("damaged-" + name(2)) == rubbish)
    }

    @Test func `where a file has one name only, a copy is kept`() async throws {
        let directory = TestDirectory()
        try await filled(directory, records: 60)
        damage(directory, segment: 1)
        var disk = JournalFileSystem.system
        disk.link = { _, _ in -EPERM }
        var configuration = Journal.Configuration(directory: directory.path)
        configuration.segmentBytes = 4_096
        configuration.recordBytesLimit = 512
        configuration.byteLimit = 1 << 20
        let journal = try Journal.open(configuration, now: { 1 }, fileSystem: disk)
        #expect(try journal.makeReader(from: 1).rest().count == 59)
        journal.close()
        #expect(directory.read("damaged-" + name(1)) == directory.read("journal-" + name(1)))
    }

    @Test func `at most eight are kept, the oldest go`() async throws {
        let directory = TestDirectory()
        try await filled(directory, records: 200)
        for segment in 1...10 { damage(directory, segment: segment) }
        let journal = try Journal.small(directory)
        #expect(try journal.makeReader(from: 1).rest().count == 190)
        journal.close()
        #expect(
            directory.names.filter { $0.hasPrefix("damaged-") } == (3...10).map { "damaged-" + name($0) })
    }

    @Test func `they take no more than a quarter of the byte limit`() async throws {
        let directory = TestDirectory()
        try await filled(directory, records: 200)
        for segment in 1...10 { damage(directory, segment: segment) }
        let journal = try Journal.small(directory) { $0.byteLimit = 16 * 4_096 }
        #expect(try journal.makeReader(from: 1).rest().count == 190)
        journal.close()
        #expect(
            directory.names.filter { $0.hasPrefix("damaged-") } == (7...10).map { "damaged-" + name($0) })
    }

    @Test func `a look from outside keeps nothing`() async throws {
        let directory = TestDirectory()
        try await filled(directory, records: 60)
        damage(directory, segment: 2)
        let view = try JournalView(directory: directory.path)
        #expect(try view.makeReader(from: 0).rest().count == 59)
        #expect(directory.names.filter { $0.hasPrefix("damaged-") } == [])
        #expect(view.firstSequence == 1)
        #expect(view.segments.map(\.name) == directory.segments)
    }

    @Test func `a damaged cursor is kept, and one of a later version is refused`() throws {
        let directory = TestDirectory()
        #expect(try JournalCursor.keepDamaged(directory: directory.path) == nil)
        let cursor = try JournalCursor(directory: directory.path)
        #expect(try JournalCursor.keepDamaged(directory: directory.path) == nil)
        #expect(cursor.write(.init(sequence: 7, items: 8, bytes: 9)))
        #expect(try JournalCursor.keepDamaged(directory: directory.path) == nil)
        var bytes = directory.read("CURSOR")
        bytes[9] ^= 1
        directory.write("CURSOR", bytes)
        #expect(JournalCursor.read(directory: directory.path) == nil)
        let kept = try JournalCursor.keepDamaged(directory: directory.path)
        #expect(kept == directory.path + "/damaged-CURSOR")
        #expect(directory.read("damaged-CURSOR") == bytes)
        bytes[9] ^= 1
        bytes[7] = 2
        let checksum = pm_crc32c(0, Array(bytes[..<32]), 32)
        for index in 0..<4 { bytes[32 + index] = UInt8(truncatingIfNeeded: checksum >> (8 * index)) }
        directory.write("CURSOR", bytes)
        #expect(throws: JournalError.version(found: 2, directory: directory.path)) {
            try JournalCursor.keepDamaged(directory: directory.path)
        }
    }
}
