/// A segment that holds records, as the journal's table has it and readers copy it.
struct SegmentEntry: Sendable, Equatable {
    var number: UInt64
    /// The salt of its frames.
    var salt: UInt64
    /// The number of its first record.
    var firstSequence: UInt64
    /// The number after its last durable record.
    var endSequence: UInt64
    /// How many numbers before `firstSequence` no durable record has.
    var abandoned: UInt64
    /// The file offset up to which its records are durable: nothing after it may be read.
    var readableEnd: Int
    /// The file's length.
    var fileBytes: Int
    /// The time of its last record, or of the last before it; nanoseconds since the Unix epoch.
    var lastTime: UInt64

    var codec: FrameCodec { FrameCodec(salt: salt, number: number) }
}

/// The segment that is written to.
struct ActiveSegment: Sendable {
    let number: UInt64
    let file: Int32
    let fileBytes: Int
    let codec: FrameCodec
    /// Where the next group goes.
    var offset: Int
    /// Whether its header is on disk and the table has it.
    var hasBegun: Bool

    /// The bytes of frames that still fit.
    var room: Int { max(0, fileBytes - Frame.markBytes - offset) }
}

/// A segment file made ahead: reserved and written once, so that a sync has no new block to note down.
struct PreparedSegment: Sendable {
    let number: UInt64
    let fileBytes: Int
}

/// A segment file that is no longer needed.
struct DiscardedSegment: Sendable {
    let number: UInt64
    /// Whether the file may become a new segment: it has the right length and never failed.
    let isReusable: Bool
}
