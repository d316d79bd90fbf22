import CPrimitives
import Glibc

extension JournalWriter {
    /// The segment to write a frame to: the active one, or the next when it has no room.
    ///
    /// The next is made as long as the frame needs when it is too short for it.
    func segmentWithRoom(_ frameBytes: Int) throws(Failure) -> ActiveSegment {
        if let active, frameBytes <= active.room { return active }
        if let active { journal.fileSystem.close(active.file) }
        active = nil
        let segment = try takeSegment(for: frameBytes)
        active = segment
        return segment
    }

    /// Takes a prepared segment, waiting for the preparer when none is ready, and gives it room for a frame.
    func takeSegment(for frameBytes: Int = 0) throws(Failure) -> ActiveSegment {
        let configuration = journal.configuration
        let time = journal.now()
        let needed = configuration.segments(for: frameBytes)
        let fileBytes = max(
            configuration.segmentBytes,
            Journal.Configuration.segmentBytes(ofFrame: frameBytes)
        )
        let taken = journal.monitor.wait(for: .writer) { shared -> Result<PreparedSegment, Failure>? in
            if needed > 1 {
                journal.trim(&shared, now: time, room: needed)
                guard shared.allowedSegments(configuration) >= needed else { return .failure(.full) }
            }
            if let prepared = shared.prepared.first {
                shared.prepared.removeFirst()
                shared.liveBytes += fileBytes
                shared.claimedSegments = max(0, shared.claimedSegments - needed)
                shared.isSegmentWanted = false
                shared.preparerFailure = nil
                journal.trim(&shared, now: time)
                shared.dropSurplus(configuration)
                journal.monitor.wake(.preparer)
                return .success(prepared)
            }
            if let code = shared.preparerFailure {
                shared.preparerFailure = nil
                shared.isSegmentWanted = false
                return .failure(.system(code))
            }
            guard shared.allowedSegments(configuration) > 0 else { return .failure(.full) }
            if !shared.isSegmentWanted {
                shared.isSegmentWanted = true
                journal.monitor.wake(.preparer)
            }
            return nil
        }
        switch taken {
        case .success(let prepared): return try open(prepared, fileBytes: fileBytes)
        case .failure(let failure): throw failure
        case nil: throw .system(ECANCELED)
        }
    }

    private func open(_ prepared: PreparedSegment, fileBytes: Int) throws(Failure) -> ActiveSegment {
        let file = journal.fileSystem.open(journal.directory.segmentPath(prepared.number), O_WRONLY)
        let segment = ActiveSegment(
            number: prepared.number,
            file: file,
            fileBytes: fileBytes,
            codec: FrameCodec(salt: journal.salt, number: prepared.number),
            offset: SegmentHeader.areaBytes,
            hasBegun: false
        )
        guard file >= 0 else {
            discard(segment)
            throw .system(-file)
        }
        if fileBytes > prepared.fileBytes {
            let result = journal.fileSystem.allocate(file, fileBytes)
            // Where nothing can be reserved, the write makes the file longer.
            if result != 0, result != -EOPNOTSUPP, result != -EINVAL {
                journal.fileSystem.close(file)
                discard(segment)
                throw .system(-result)
            }
        }
        return segment
    }

    /// Writes the header of a segment that begins now; the caller syncs it.
    func writeHeader(_ segment: ActiveSegment) throws(Failure) -> SegmentHeader {
        let last = journal.monitor.withLock { $0.segments.last }
        let header = SegmentHeader(
            number: segment.number,
            salt: journal.salt,
            firstSequence: nextSequence,
            abandoned: last.map { nextSequence - min(nextSequence, $0.endSequence) } ?? 0,
            previous: last?.number ?? 0,
            baseTime: max(last?.lastTime ?? 0, journal.configuration.timeFloor)
        )
        let result = header.encoded().withUnsafeBytes { bytes in
            journal.fileSystem.writeAll(segment.file, bytes, at: 0)
        }
        try check(result)
        return header
    }

    func entry(of segment: ActiveSegment, _ header: SegmentHeader) -> SegmentEntry {
        SegmentEntry(
            number: segment.number,
            salt: header.salt,
            firstSequence: header.firstSequence,
            endSequence: header.firstSequence,
            abandoned: header.abandoned,
            readableEnd: segment.offset,
            fileBytes: segment.fileBytes,
            lastTime: header.baseTime
        )
    }

    /// Gives up a segment that never began.
    func discard(_ segment: ActiveSegment) {
        journal.monitor.withLock { shared in
            shared.liveBytes -= segment.fileBytes
            shared.discards.append(DiscardedSegment(number: segment.number, isReusable: false))
            journal.monitor.wake(.preparer)
        }
    }
}
