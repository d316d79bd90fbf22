import Glibc
import PostmeterModel
import Synchronization

@testable import PostmeterJournal

/// What a start makes of a journal's directory: up to three segments, each damaged in its header and its frames.
///
/// A segment is a byte that says whether it is there and how its header is damaged, the header's numbers, and a
/// `SegmentScript` up to its end mark.
enum JournalRecoveryFuzz {
    static let target = FuzzTarget("journal-recovery", run)

    /// The directory that gives the names of the three segments; their bytes are in memory.
    private static let directory = Mutex<JournalDirectory?>(nil)

    @Sendable private static func run(_ input: [UInt8]) throws {
        let directory = try openDirectory()
        var input = FuzzInput(input)
        let shape = input.byte()
        var files: [String: [UInt8]] = [:]
        var intact: [SegmentScript.Sealed] = []
        var first: UInt64 = 1
        for number in UInt64(1)...3 {
            let form = input.byte()
            var header = SegmentHeader(number: number, salt: 9, firstSequence: first, previous: number - 1)
            if form & 1 != 0 { header.firstSequence = word(&input) }
            if form & 2 != 0 { header.abandoned = word(&input) }
            if form & 4 != 0 { header.previous = word(&input) }
            if form & 8 != 0 { header.baseTime = word(&input) }
            if form & 16 != 0 { header.firstSequence = 0 }
            if form & 32 != 0 { header.number = UInt64(input.byte()) }
            let codec = FrameCodec(salt: header.salt, number: number)
            let script = SegmentScript(&input, header: header, codec: codec)
            if form & 64 == 0 { files[directory.segmentPath(number)] = script.file }
            intact = script.intact
            first = max(header.firstSequence, script.sequence) &+ 1
        }
        let disk = MemoryDisk(files: files, badBlock: shape & 1 == 0 ? nil : Int(shape >> 4))
        let recovery = JournalRecovery(
            Journal.Configuration(directory: directory.path), directory: directory,
            fileSystem: disk.fileSystem)
        let journal: RecoveredJournal
        do throws(JournalError) {
            journal = try recovery.run()
        } catch {
            guard case .version = error else {
                throw FuzzFailure(description: "the start is refused: \(error)")
            }
            return
        }
        if let file = journal.active?.file { disk.fileSystem.close(file) }
        try require(disk.openFiles == 0, "\(disk.openFiles) files are left open")
        try check(journal)
        try checkEnd(journal, intact, isReadable: shape & 1 == 0)
    }

    private static func check(_ journal: RecoveredJournal) throws {
        try require(
            journal.nextSequence >= journal.durableEnd,
            "\(journal.nextSequence) is given next, and there are records up to \(journal.durableEnd)"
        )
        try require(
            journal.nextNumber > (journal.segments.last?.number ?? 0), "segment \(journal.nextNumber) is next"
        )
        for segment in journal.segments {
            try require(
                segment.firstSequence <= segment.endSequence
                    && segment.readableEnd <= max(segment.fileBytes, SegmentHeader.areaBytes),
                "\(segment)"
            )
        }
        for (before, after) in zip(journal.segments, journal.segments.dropFirst()) {
            try require(before.number < after.number, "segments out of order")
        }
        if let active = journal.active {
            try require(
                active.number == journal.segments.last?.number && active.offset % 8 == 0
                    && active.offset <= active.fileBytes,
                "\(active) is written on"
            )
        }
    }

    /// Holds what is written next against the whole frames of the last segment.
    private static func checkEnd(
        _ journal: RecoveredJournal, _ intact: [SegmentScript.Sealed], isReadable: Bool
    ) throws {
        guard isReadable, let last = journal.segments.last, last.number == 3, journal.active != nil else {
            return
        }
        for frame in intact where frame.end <= last.readableEnd {
            try require(
                frame.sequence < journal.nextSequence, "sequence \(frame.sequence) would be given again")
        }
        try require(
            !intact.contains { $0.offset >= last.readableEnd }, "a whole frame would be written over")
    }

    private static func word(_ input: inout FuzzInput) -> UInt64 {
        input.bytes(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    private static func openDirectory() throws -> JournalDirectory {
        try directory.withLock { directory in
            if let directory { return directory }
            let path = "/tmp/postmeter-fuzz-\(getpid())"
            let made = try JournalDirectory(path: path)
            for number in UInt64(1)...3 {
                let file = open(made.segmentPath(number), O_CREAT | O_WRONLY, 0o600)
                if file >= 0 { close(file) }
            }
            directory = made
            return made
        }
    }
}
