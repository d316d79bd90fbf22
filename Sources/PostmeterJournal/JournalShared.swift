/// What the threads of a journal share, behind its lock.
struct JournalShared {
    /// Records that wait for the writer.
    var pending: PendingGroup
    /// Bytes of frames that are not answered yet: pending, or with the writer.
    var outstandingBytes = 0
    /// Bytes of their payloads that are not in the buffers but held.
    var heldBytes = 0
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
    /// Whether the writer may have what is pending, and nobody waits for more to come.
    var isPendingDue = false
    /// Whether the writer sleeps and a record that is due must wake it.
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

    /// Gives segments up that are made ahead and for which the byte limit leaves no room any more.
    mutating func dropSurplus(_ configuration: Journal.Configuration) {
        while prepared.count > allowedSegments(configuration), let last = prepared.popLast() {
            discards.append(DiscardedSegment(number: last.number, isReusable: false))
        }
    }

    /// Takes room for a frame just as the writer will lay it out; false when the byte limit leaves none.
    mutating func place(_ frameBytes: Int, _ configuration: Journal.Configuration) -> Bool {
        if frameBytes <= roomLeft {
            roomLeft -= frameBytes
            return true
        }
        let needed = configuration.segments(for: frameBytes)
        guard claimedSegments + needed <= allowedSegments(configuration) else {
            // Of one that is longer than a segment, others need not be full.
            refusedBytes = min(frameBytes, configuration.usableSegmentBytes)
            return false
        }
        claimedSegments += needed
        roomLeft = max(0, configuration.usableSegmentBytes - frameBytes)
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

    /// Takes segments off the table, oldest first: released ones past the limits, or in the way of new ones, of
    /// which there is to be room for `room`.
    ///
    /// The preparer removes their files or makes new segments of them.
    mutating func trim(now: UInt64, room: Int, _ configuration: Journal.Configuration) {
        let room = max(room, configuration.preparedSegments)
        var releasedBytes = 0
        for segment in segments.dropLast() where segment.endSequence <= releasedBefore {
            releasedBytes += segment.fileBytes
        }
        let oldestKept = configuration.retainSeconds.map { seconds in
            now - min(now, seconds.multipliedReportingOverflow(by: 1_000_000_000).partialValue)
        }
        while segments.count > 1, segments[0].endSequence <= releasedBefore {
            let isOld = oldestKept.map { segments[0].lastTime < $0 } ?? false
            let isInTheWay = allowedSegments(configuration) < room
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

    /// Bytes of a segment that holds one frame and nothing else.
    static func segmentBytes(ofFrame frameBytes: Int) -> Int {
        SegmentHeader.areaBytes + frameBytes + Frame.markBytes
    }

    /// The segments' worth of the byte limit that a frame takes when it begins a segment: more than one when
    /// it gets a segment of its own length.
    func segments(for frameBytes: Int) -> Int {
        guard frameBytes > usableSegmentBytes else { return 1 }
        return (Self.segmentBytes(ofFrame: frameBytes) + segmentBytes - 1) / segmentBytes
    }

    /// Bytes of the longest payload that is taken.
    ///
    /// Two segments of it fit the byte limit, as the newest segment always stays.
    var payloadLimit: Int {
        let half = byteLimit / 2 / segmentBytes * segmentBytes
        let frameBytes = (half - Self.segmentBytes(ofFrame: 0)) & ~7
        return min(recordBytesLimit, frameBytes - Frame.headerBytes)
    }

    /// The most bytes of frames that can wait: the limit, or one record where that is longer.
    var pendingBytesCapacity: Int { max(pendingBytesLimit, Frame.bytes(payload: payloadLimit)) }
}
