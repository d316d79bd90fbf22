@testable import PostmeterJournal

/// A segment's frames as a disk gives them back: damaged, cut short, in small pieces, with a block that cannot be
/// read.
///
/// The first two bytes choose the disk, then comes a `SegmentScript`.
enum JournalFramesFuzz {
    static let target = FuzzTarget("journal-frames", run)

    private struct Seen {
        let range: Range<Int>
        let payload: [UInt8]
        let sequence: UInt64
    }

    @Sendable private static func run(_ input: [UInt8]) throws {
        var input = FuzzInput(input)
        let (shape, pace) = (input.byte(), Int(input.byte()))
        let header = SegmentHeader(number: 1, salt: 7, firstSequence: 1)
        let codec = FrameCodec(salt: header.salt, number: header.number)
        let script = SegmentScript(&input, header: header, codec: codec)
        let badBlock = shape & 1 == 0 ? nil : Int(shape >> 4)
        let disk = MemoryDisk(
            files: ["segment": script.file], badBlock: badBlock,
            readLimit: shape & 2 == 0 ? .max : 8 * pace + 1)
        // A reader may only know of the first frames yet.
        let known =
            script.intact.isEmpty || shape & 4 == 0 ? nil : script.intact[pace % script.intact.count].end
        let seen = try scan(disk, script.file, codec, limits: [known, script.file.count].compactMap(\.self))

        let unreadable =
            badBlock.map { $0 * MemoryDisk.blockBytes..<($0 + 1) * MemoryDisk.blockBytes } ?? 0..<0
        for frame in seen {
            try require(frame.range.upperBound <= script.file.count, "a frame ends behind the file")
            try require(!frame.range.overlaps(unreadable), "a frame was read where nothing can be read")
        }
        for frame in script.intact where !(frame.offset..<frame.end).overlaps(unreadable) {
            let found = seen.contains { $0.range == frame.offset..<frame.end && $0.payload == frame.payload }
            // Inside another frame only when that one's checksum holds too, which a script can forge.
            let isCovered = seen.contains { $0.range.overlaps(frame.offset..<frame.end) }
            try require(
                found || isCovered, "frame \(frame.sequence) at \(frame.offset) is whole and was not found")
        }
        for (before, after) in zip(seen, seen.dropFirst()) {
            try require(before.range.upperBound <= after.range.lowerBound, "two frames overlap")
        }
    }

    private static func scan(
        _ disk: MemoryDisk, _ file: [UInt8], _ codec: FrameCodec, limits: [Int]
    ) throws -> [Seen] {
        let scanner = FrameScanner(fileSystem: disk.fileSystem)
        try scanner.open("segment", codec: codec)
        var seen: [Seen] = []
        for limit in limits {
            // Each turn moves the cursor on by 8 bytes or more.
            for _ in 0...limit / 8 {
                let frame: Frame?
                do throws(ReadFailure) {
                    frame = try scanner.next(limit: limit)
                } catch {
                    scanner.skipBlock()
                    continue
                }
                guard let frame else { break }
                try require(
                    scanner.end <= limit, "a frame ends at \(scanner.end), of \(limit) that are known")
                let payload = try payload(of: frame, file: file, end: scanner.end, codec)
                let start = scanner.end - Frame.bytes(payload: payload.count)
                seen.append(Seen(range: start..<scanner.end, payload: payload, sequence: frame.sequence))
            }
        }
        scanner.close()
        try require(disk.openFiles == 0, "\(disk.openFiles) files are left open")
        return seen
    }

    /// The payload, once it is sure that a writer would seal the frame so and that the slack behind it can be read.
    private static func payload(
        of frame: Frame, file: [UInt8], end: Int, _ codec: FrameCodec
    ) throws -> [UInt8] {
        let payload = Array(frame.payload)
        let sealed = SegmentScript.frame(
            payload, kind: frame.kind, sequence: frame.sequence, time: frame.time, codec: codec)
        let start = end - Frame.bytes(payload: payload.count)
        try require(
            start >= SegmentHeader.areaBytes && file[start...].starts(with: sealed),
            "what is read at \(start) is no frame that was written"
        )
        if let base = frame.payload.baseAddress {
            let slack = UnsafeRawBufferPointer(start: base + payload.count, count: FrameScanner.slackBytes)
            // Only read: an address sanitizer objects when there is nothing.
            try require(slack.reduce(0) { $0 &+ Int($1) } >= 0, "the slack is not there")
        }
        return payload
    }
}
