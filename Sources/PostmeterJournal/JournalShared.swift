/// What the threads of a journal share, behind its lock.
struct JournalShared {
    /// Records that wait for the writer.
    var pending: PendingGroup
    /// Bytes of frames that are not answered yet: pending, or with the writer.
    var outstandingBytes = 0
    /// The time of the last record taken.
    var lastTime: UInt64

    /// Bytes left in the last segment that the outstanding records reach into.
    var roomLeft: Int
    /// Segments that the outstanding records need besides the one being written.
    var claimedSegments = 0

    /// Bytes of the last frame that the byte limit refused.
    var refusedBytes = Frame.bytes(payload: 1)

    /// The segments that hold records, ascending; the last is kept whatever is released, as its header
    /// carries the sequence on.
    var segments: [SegmentEntry]
    /// Bytes of the files of `segments`, and of the one that the writer has taken and not begun.
    var liveBytes: Int
    /// Segments made ahead, in the order of their numbers.
    var prepared: [PreparedSegment] = []
    var discards: [DiscardedSegment]
    var nextNumber: UInt64
    /// The first record that may still be needed.
    var releasedBefore: UInt64 = 0

    var isFailing = false
    var isClosing = false
    var isClosed = false
    var preparerStops = false
    /// Whether the writer sleeps and a new record must wake it.
    var writerSleeps = false
    /// Whether the writer waits for a segment, and why the last try to make one failed.
    var isSegmentWanted = false
    var preparerFailure: Int32?

    /// Threads in `wait`, and the interruptions that they and the next one have to see.
    var followers = 0
    var interruptions: UInt64 = 0
    var isInterruptionKept = false

    var groupEnd: @Sendable () -> Void = {}
    var threads: [JournalThread] = []
    var statistics = JournalStatistics()
}

extension JournalShared {
    /// How many more segments the byte limit allows.
    func allowedSegments(_ configuration: Journal.Configuration) -> Int {
        max(0, configuration.byteLimit - liveBytes) / configuration.segmentBytes
    }

    /// Whether the preparer may make another segment.
    func canPrepare(_ configuration: Journal.Configuration) -> Bool {
        prepared.count < allowedSegments(configuration)
    }

    /// Takes room for a frame just as the writer will lay it out; false when the byte limit leaves none.
    mutating func place(_ frameBytes: Int, _ configuration: Journal.Configuration) -> Bool {
        if frameBytes <= roomLeft {
            roomLeft -= frameBytes
            return true
        }
        guard claimedSegments < allowedSegments(configuration) else {
            refusedBytes = frameBytes
            return false
        }
        claimedSegments += 1
        roomLeft = configuration.usableSegmentBytes - frameBytes
        return true
    }

    /// Lays the pending records out anew, after the writer has left the segment that they were placed in.
    mutating func placeAgain(room: Int, _ configuration: Journal.Configuration) {
        roomLeft = room
        claimedSegments = 0
        for record in pending.records where !place(record.frameBytes, configuration) {
            // It is refused when its turn comes and there still is no room.
            roomLeft = 0
        }
    }

    /// Takes segments off the table, oldest first: released ones past the limits, or in the way of new ones.
    ///
    /// The preparer removes their files or makes new segments of them.
    mutating func trim(now: UInt64, _ configuration: Journal.Configuration) {
        var releasedBytes = 0
        for segment in segments.dropLast() where segment.endSequence <= releasedBefore {
            releasedBytes += segment.fileBytes
        }
        let oldestKept = configuration.retainSeconds.map { seconds in
            now - min(now, seconds.multipliedReportingOverflow(by: 1_000_000_000).partialValue)
        }
        while segments.count > 1, segments[0].endSequence <= releasedBefore {
            let isOld = oldestKept.map { segments[0].lastTime < $0 } ?? false
            let isInTheWay = allowedSegments(configuration) < configuration.preparedSegments
            // One without bytes would never be more than what is retained.
            let isNothing = segments[0].fileBytes == 0
            guard releasedBytes > configuration.retainBytes || isOld || isInTheWay || isNothing else {
                return
            }
            let segment = segments.removeFirst()
            releasedBytes -= segment.fileBytes
            liveBytes -= segment.fileBytes
            discards.append(
                DiscardedSegment(
                    number: segment.number,
                    isReusable: segment.fileBytes == configuration.segmentBytes
                )
            )
        }
    }
}

extension Journal.Configuration {
    /// Bytes of a segment that frames can fill.
    var usableSegmentBytes: Int { segmentBytes - SegmentHeader.areaBytes - Frame.markBytes }

    /// The most bytes of frames that can wait: the limit, or one record where that is longer.
    var pendingBytesCapacity: Int { max(pendingBytesLimit, Frame.bytes(payload: recordBytesLimit)) }
}
