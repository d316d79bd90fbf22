import CPrimitives
import PostmeterJournal
import Testing

@Suite struct DamageTests {
    /// A closed journal of one segment, and where each of its records begins and ends in the file.
    private func pristine(_ directory: TestDirectory, lengths: [Int]) async throws -> (
        name: String, bytes: [UInt8], frames: [Range<Int>]
    ) {
        let journal = try Journal.small(directory)
        try await journal.appendAll(lengths.enumerated().map { payload($0, length: $1) })
        journal.close()
        let name = try #require(directory.segments.first)
        var frames: [Range<Int>] = []
        var offset = 1_024
        for length in lengths {
            let end = offset + 32 + length
            frames.append(offset..<end)
            offset = (end + 7) & ~7
        }
        return (name, directory.read(name), frames)
    }

    private func reset(_ directory: TestDirectory, _ name: String, _ bytes: [UInt8]) {
        directory.clear()
        directory.write(name, bytes)
    }

    @Test func `cut anywhere in the last record, the others are read and new ones go on`() async throws {
        let directory = TestDirectory()
        let lengths = [20, 64, 100, 33, 57]
        let (name, bytes, frames) = try await pristine(directory, lengths: lengths)
        for cut in frames[4] {
            reset(directory, name, Array(bytes[..<cut]))
            let heard = Heard()
            let journal = try Journal.small(directory, heard: heard)
            #expect(journal.statistics.tornTails == 1)
            #expect(heard.damage == [JournalDamage(kind: .tornTail, segment: 1, records: nil)])
            #expect(try await journal.append(payload(9)).get().sequence == 6, "cut at \(cut)")
            let reader = journal.makeReader(from: 1)
            let records = try reader.rest()
            #expect(records.map(\.sequence) == [1, 2, 3, 4, 6])
            #expect(records.dropLast().map(\.payload) == (0..<4).map { payload($0, length: lengths[$0]) })
            journal.close()
            let again = try Journal.small(directory)
            #expect(try again.records() == records)
            #expect(again.statistics.tornTails == 0)
            again.close()
        }
    }

    @Test func `a flipped bit loses at most the record that it is in`() async throws {
        let directory = TestDirectory()
        let lengths = [20, 12, 29]
        let (name, bytes, frames) = try await pristine(directory, lengths: lengths)
        let end = (frames[2].upperBound + 7) & ~7
        let expected = lengths.enumerated().map {
            Kept(sequence: UInt64($0 + 1), kind: 1, payload: payload($0, length: $1))
        }
        // Every bit of the frames and the mark; of the two copies of the header one bit a byte.
        for byte in Array(0..<64) + Array(512..<576) + Array(1_024..<end + 8) {
            for bit in byte < 1_024 ? byte % 8..<byte % 8 + 1 : 0..<8 {
                var damaged = bytes
                damaged[byte] ^= 1 << bit
                reset(directory, name, damaged)
                let journal = try Journal.small(directory)
                let hit = frames.firstIndex { $0.contains(byte) }
                let next = try await journal.append([1]).get().sequence
                let reader = journal.makeReader(from: 1)
                var records = try reader.rest()
                #expect(records.popLast()?.sequence == next)
                #expect(next >= 4)
                if let hit {
                    var others = expected
                    others.remove(at: hit)
                    #expect(records == others, "bit \(bit) of byte \(byte)")
                    #expect(reader.skipped + journal.statistics.tornTails == 1)
                } else {
                    #expect(records == expected, "bit \(bit) of byte \(byte)")
                    #expect(reader.skipped == 0)
                }
                journal.close()
            }
        }
    }

    @Test(arguments: 0..<60)
    func `damage of any length loses only the records it touches, each counted`(seed: UInt64) async throws {
        let directory = TestDirectory()
        var journal = try Journal.small(directory)
        let count = 60
        try await journal.appendAll((0..<count).map { payload($0, length: 150) })
        journal.close()
        let names = directory.segments
        var random = SplitMix(seed: seed)
        // Frames of 184 bytes, 16 a segment; the last segment stays whole.
        let name = names[Int.random(in: 0..<names.count - 1, using: &random)]
        let start = Int.random(in: 1_024..<4_000, using: &random)
        let end = min(4_096, start + Int.random(in: 1...900, using: &random))
        var bytes = directory.read(name)
        let isZero = Bool.random(using: &random)
        for index in start..<end { bytes[index] = isZero ? 0 : UInt8(truncatingIfNeeded: random.next()) }
        directory.write(name, bytes)
        let segment = try #require(names.firstIndex(of: name))
        let touched = (0..<16).filter { place in
            let frame = 1_024 + place * 184..<1_024 + place * 184 + 182
            return frame.overlaps(start..<end)
        }
        let lost = touched.map { UInt64(segment * 16 + $0 + 1) }

        let heard = Heard()
        journal = try Journal.small(directory, heard: heard)
        #expect(journal.statistics.tornTails == 0)
        let reader = journal.makeReader(from: 1)
        let records = try reader.rest()
        #expect(records.map(\.sequence) == (1...UInt64(count)).filter { !lost.contains($0) })
        #expect(records.allSatisfy { $0.payload == payload(Int($0.sequence) - 1, length: 150) })
        #expect(reader.skipped == UInt64(lost.count))
        #expect(heard.damage.compactMap(\.records).reduce(0, +) == UInt64(lost.count))
        #expect(try await journal.append([1]).get().sequence == UInt64(count + 1))
        journal.close()
    }

    @Test func `a segment that is gone is reported and its records are counted`() async throws {
        let directory = TestDirectory()
        var journal = try Journal.small(directory)
        try await journal.appendAll((0..<60).map { payload($0, length: 150) })
        journal.close()
        directory.remove(directory.segments[1])
        let heard = Heard()
        journal = try Journal.small(directory, heard: heard)
        #expect(heard.damage == [JournalDamage(kind: .missingSegment, segment: 2, records: nil)])
        #expect(journal.statistics.lostSegments == 1)
        let reader = journal.makeReader(from: 1)
        #expect(try reader.rest().map(\.sequence) == Array(1...16) + Array(33...60))
        #expect(reader.skipped == 16)
        #expect(try await journal.append([1]).get().sequence == 61)
        journal.close()
    }

    @Test(arguments: 0..<4)
    func `a segment of rubbish refuses no start and gives no number twice`(index: Int) async throws {
        let directory = TestDirectory()
        var journal = try Journal.small(directory)
        try await journal.appendAll((0..<60).map { payload($0, length: 150) })
        journal.close()
        let name = directory.segments[index]
        directory.write(name, [UInt8](repeating: 0xA5, count: 4_096))
        let heard = Heard()
        journal = try Journal.small(directory, heard: heard)
        #expect(
            heard.damage == [
                JournalDamage(kind: .unreadableSegment, segment: UInt64(index + 1), records: nil)
            ]
        )
        let next = try await journal.append([1]).get().sequence
        #expect(next >= 61)
        let lost = UInt64(index * 16 + 1)...UInt64(index * 16 + 16)
        #expect(
            try journal.records(from: 1).map(\.sequence)
                == (1...60).filter { !lost.contains($0) } + [next]
        )
        journal.close()
    }

    @Test(arguments: [0, 1, 3])
    func `without its header a segment is read all the same`(index: Int) async throws {
        let directory = TestDirectory()
        var journal = try Journal.small(directory)
        try await journal.appendAll((0..<60).map { payload($0, length: 150) })
        journal.close()
        let name = directory.segments[index]
        var bytes = directory.read(name)
        bytes.replaceSubrange(0..<1_024, with: [UInt8](repeating: 0, count: 1_024))
        directory.write(name, bytes)
        journal = try Journal.small(directory)
        let reader = journal.makeReader(from: 1)
        #expect(try reader.rest().map(\.sequence) == Array(1...60))
        #expect(reader.skipped == 0)
        #expect(try await journal.append([1]).get().sequence == 61)
        journal.close()
    }

    @Test func `an empty segment file refuses no start`() async throws {
        let directory = TestDirectory()
        var journal = try Journal.small(directory)
        try await journal.appendAll([payload(1)])
        journal.close()
        directory.write("journal-00000000000000000099.seg", [])
        journal = try Journal.small(directory)
        #expect(journal.statistics.lostSegments == 1)
        #expect(try await journal.append([1]).get().sequence == 2)
        #expect(try journal.records().map(\.sequence) == [1, 2])
        journal.close()
    }

    @Test func `a later version's journal is refused and left alone`() async throws {
        let directory = TestDirectory()
        let (name, bytes, _) = try await pristine(directory, lengths: [20])
        var later = bytes
        for copy in [0, 512] {
            later[copy + 7] = 2
            let checksum = pm_crc32c(0, Array(later[copy..<copy + 56]), 56)
            for index in 0..<4 {
                later[copy + 56 + index] = UInt8(truncatingIfNeeded: checksum >> (8 * index))
            }
        }
        reset(directory, name, later)
        #expect(throws: JournalError.version(found: 2, directory: directory.path)) {
            try Journal.small(directory)
        }
        #expect(directory.read(name) == later)
    }

    @Test func `a payload that looks like a frame is not taken for one when its own frame is damaged`()
        async throws
    {
        let directory = TestDirectory()
        let other = TestDirectory()
        // The frame of another journal, which a stranger might send as a payload.
        let (_, foreign, frames) = try await pristine(other, lengths: [40])
        let (name, bytes, own) = try await pristine(directory, lengths: [200, 40])
        var damaged = bytes
        damaged.replaceSubrange(own[0].lowerBound + 40..<own[0].lowerBound + 112, with: foreign[frames[0]])
        reset(directory, name, damaged)
        let journal = try Journal.small(directory)
        #expect(try journal.records(from: 1).map(\.sequence) == [2])
        journal.close()
    }
}
