import Testing

@testable import PostmeterJournal

/// Numbers that no journal reaches do not keep one from starting.
@Suite struct ExtremeNumberTests {
    @Test(arguments: [(1, true), ((1 << 63) - 1, true), (1 << 63, false), (.max, false)] as [(UInt64, Bool)])
    func `a frame with a sequence that is never given is none`(sequence: UInt64, isFrame: Bool) {
        let codec = FrameCodec(salt: 1, number: 1)
        var bytes = [UInt8](repeating: 0, count: Frame.headerBytes + 5)
        let isOpened = bytes.withUnsafeMutableBytes { buffer in
            guard let start = buffer.baseAddress else { return false }
            codec.seal(start, length: 5, kind: 1, sequence: sequence, time: 0)
            return codec.length(start) == 5 && codec.open(start, length: 5) != nil
        }
        #expect(isOpened == isFrame)
    }

    @Test(
        arguments: [
            (3, 3, true), (3, 4, false), (1 << 63, 0, false), (.max, 0, false), (0, .max, false),
        ] as [(UInt64, UInt64, Bool)])
    func `a header with numbers that cannot be is damaged`(first: UInt64, abandoned: UInt64, isHeader: Bool) {
        let header = SegmentHeader(number: 7, salt: 1, firstSequence: first, abandoned: abandoned)
        #expect(SegmentHeader.decode(header.encoded(), number: 7) == (isHeader ? .header(header) : .damaged))
    }

    @Test func `a file with the highest number is no segment`() async throws {
        let directory = TestDirectory()
        directory.write("journal-18446744073709551615.seg", [UInt8](repeating: 0, count: 4_096))
        let journal = try Journal.small(directory)
        #expect(try await journal.append([1]).get().sequence == 1)
        journal.close()
    }
}
