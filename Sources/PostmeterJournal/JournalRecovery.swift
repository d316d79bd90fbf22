import Glibc

/// Finds out at a start what a directory holds: which segments, and where the journal ends.
///
/// Only the newest segment with records is read through. Damage is noted and stepped over.
struct JournalRecovery {
    private let configuration: Journal.Configuration
    private let directory: JournalDirectory
    private let fileSystem: JournalFileSystem
    /// Whether another process may be writing: then nothing is removed, synced or opened for writing.
    private let isReadOnly: Bool

    init(
        _ configuration: Journal.Configuration,
        directory: JournalDirectory,
        fileSystem: JournalFileSystem,
        isReadOnly: Bool = false
    ) {
        self.configuration = configuration
        self.directory = directory
        self.fileSystem = fileSystem
        self.isReadOnly = isReadOnly
    }

    /// A segment file as found.
    private struct Found {
        let number: UInt64
        let fileBytes: Int
        /// Nil when no copy of it is intact.
        var header: SegmentHeader?
        /// Whether at least one frame can be read; known only where the header cannot.
        var isReadable = true
    }

    func run() throws(JournalError) -> RecoveredJournal {
        var result = RecoveredJournal()
        let contents = try directory.contents()
        if !isReadOnly {
            for path in contents.temporary { _ = fileSystem.unlink(path) }
        }
        var found: [Found] = []
        for number in contents.segments {
            result.nextNumber = number + 1
            let segment = try look(at: number)
            if segment.header?.firstSequence == 0 {
                // Prepared, or begun by a group that never was durable, of which frames may stand in the file:
                // it gets a new number before it is used.
                result.discards.append(
                    DiscardedSegment(
                        number: number,
                        isReusable: segment.fileBytes == configuration.segmentBytes
                    )
                )
            } else {
                found.append(segment)
            }
        }
        result.salt = found.last { $0.header != nil }?.header?.salt ?? UInt64.random(in: 0...UInt64.max)
        for index in found.indices where found[index].header == nil { salvage(&found[index], &result) }
        noteMissing(found, &result)
        tabulate(found, &result)
        result.lastTime = max(result.lastTime, configuration.timeFloor)
        result.nextSequence = max(result.nextSequence, configuration.sequenceFloor)
        readLast(found, &result)
        return result
    }

    private func look(at number: UInt64) throws(JournalError) -> Found {
        let path = directory.segmentPath(number)
        let scanner = FrameScanner(fileSystem: fileSystem)
        var area: [UInt8] = []
        do throws(ReadFailure) {
            try scanner.open(path, codec: FrameCodec(salt: 0, number: number))
            area = try scanner.bytes(at: 0, count: SegmentHeader.areaBytes)
        } catch  where !error.isDamage {
            // A segment that only this moment does not give must not be left out for good.
            throw .directory(path, code: error.code)
        } catch {}
        let fileBytes = scanner.length()
        return switch SegmentHeader.decode(area, number: number) {
        case .header(let header): Found(number: number, fileBytes: fileBytes, header: header)
        case .damaged: Found(number: number, fileBytes: fileBytes)
        case .version(let version): throw .version(found: version, directory: directory.path)
        }
    }

    /// Makes a header for a segment that has none from its first frame that can be read.
    private func salvage(_ found: inout Found, _ result: inout RecoveredJournal) {
        let scanner = FrameScanner(fileSystem: fileSystem)
        let codec = FrameCodec(salt: result.salt, number: found.number)
        if (try? scanner.open(directory.segmentPath(found.number), codec: codec)) != nil,
            let frame = nextFrame(scanner, limit: found.fileBytes)
        {
            found.header = SegmentHeader(
                number: found.number,
                salt: result.salt,
                firstSequence: frame.sequence,
                baseTime: frame.time
            )
            result.warnings.append(
                "journal segment \(directory.segmentPath(found.number)): the header is damaged; its records "
                    + "are read all the same"
            )
            return
        }
        found.isReadable = false
        result.damage.append(JournalDamage(kind: .unreadableSegment, segment: found.number, records: nil))
        result.warnings.append(
            "journal segment \(directory.segmentPath(found.number)): nothing in it can be read; its records "
                + "are left out"
        )
    }

    /// Notes the segments that a later one names as the one before it and that are not there.
    private func noteMissing(_ found: [Found], _ result: inout RecoveredJournal) {
        for (before, segment) in zip(found, found.dropFirst()) {
            guard let previous = segment.header?.previous, previous > before.number else { continue }
            result.damage.append(JournalDamage(kind: .missingSegment, segment: previous, records: nil))
            result.warnings.append(
                "journal segment \(directory.segmentPath(previous)): it is missing; its records are left out"
            )
        }
    }

    /// Builds the table; what a segment holds ends where the next one that can be read says so.
    private func tabulate(_ found: [Found], _ result: inout RecoveredJournal) {
        var next: SegmentHeader?
        for segment in found.reversed() {
            let header =
                segment.header
                ?? SegmentHeader(
                    number: segment.number,
                    salt: result.salt,
                    firstSequence: next?.endOfPrevious ?? 0
                )
            let entry = SegmentEntry(
                number: segment.number,
                salt: header.salt,
                firstSequence: header.firstSequence,
                endSequence: max(header.firstSequence, next?.endOfPrevious ?? header.firstSequence),
                abandoned: header.abandoned,
                readableEnd: segment.fileBytes,
                fileBytes: segment.fileBytes,
                lastTime: max(header.baseTime, next?.baseTime ?? 0)
            )
            result.segments.append(entry)
            result.lastTime = max(result.lastTime, header.baseTime)
            if segment.isReadable { next = header }
        }
        result.segments.reverse()
    }

    /// Reads the last segment that can be read, and decides where and with which number to go on.
    private func readLast(_ found: [Found], _ result: inout RecoveredJournal) {
        guard let index = found.lastIndex(where: \.isReadable) else {
            leaveOut(found[...], &result)
            result.durableEnd = result.segments.last?.endSequence ?? result.nextSequence
            return
        }
        let path = directory.segmentPath(found[index].number)
        let file = isReadOnly ? -1 : fileSystem.open(path, O_WRONLY)
        // What was written and never synced must not be shown as durable.
        let isSynced = file >= 0 && fileSystem.fdatasync(file) == 0
        if !isSynced, !isReadOnly {
            result.warnings.append("journal segment \(path): it cannot be synced; a new one is begun")
        }
        let isWhole = readTail(&result.segments[index])
        let entry = result.segments[index]
        result.durableEnd = entry.endSequence
        result.lastTime = max(result.lastTime, entry.lastTime)
        // The number of a torn record is not given again: it may have been seen before it was damaged.
        result.nextSequence = max(result.nextSequence, entry.endSequence + (isWhole ? 0 : 1))
        if !isWhole {
            result.damage.append(JournalDamage(kind: .tornTail, segment: entry.number, records: nil))
            result.warnings.append(
                "journal segment \(path): its end, at byte \(entry.readableEnd), is not a whole record; "
                    + "it is left out and a new segment is begun"
            )
        }
        for later in result.segments.indices.dropFirst(index + 1) {
            result.segments[later].firstSequence = entry.endSequence
            result.segments[later].endSequence = entry.endSequence
        }
        leaveOut(found[(index + 1)...], &result)
        let goesOn =
            isWhole && isSynced && index == found.count - 1
            && result.nextSequence == entry.endSequence
        if goesOn {
            result.active = ActiveSegment(
                number: entry.number,
                file: file,
                fileBytes: entry.fileBytes,
                codec: entry.codec,
                offset: entry.readableEnd,
                hasBegun: true
            )
        } else if file >= 0 {
            fileSystem.close(file)
        }
    }

    /// Leaves out as many numbers as unreadable segments at the end can have held, as they may be known.
    private func leaveOut(_ unreadable: ArraySlice<Found>, _ result: inout RecoveredJournal) {
        for segment in unreadable {
            result.nextSequence += UInt64(segment.fileBytes / Frame.headerBytes)
        }
    }

    /// Reads a segment to its end and sets where that is: whether a whole record ends there.
    private func readTail(_ entry: inout SegmentEntry) -> Bool {
        let scanner = FrameScanner(fileSystem: fileSystem)
        entry.readableEnd = SegmentHeader.areaBytes
        guard (try? scanner.open(directory.segmentPath(entry.number), codec: entry.codec)) != nil else {
            return false
        }
        while let frame = nextFrame(scanner, limit: entry.fileBytes) {
            entry.endSequence = max(entry.endSequence, frame.sequence + 1)
            entry.lastTime = max(entry.lastTime, frame.time)
        }
        entry.readableEnd = scanner.end
        let mark = try? scanner.bytes(at: scanner.end, count: Frame.markBytes)
        return mark == [UInt8](repeating: 0, count: Frame.markBytes)
    }

    /// The next frame, whatever blocks of the disk must be stepped over to find it.
    private func nextFrame(_ scanner: FrameScanner, limit: Int) -> Frame? {
        while scanner.cursor < limit {
            do throws(ReadFailure) {
                return try scanner.next(limit: limit)
            } catch {
                scanner.skipBlock()
            }
        }
        return nil
    }
}
