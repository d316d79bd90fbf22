/// What a start finds in a journal's directory.
struct RecoveredJournal: Sendable {
    var segments: [SegmentEntry] = []
    /// The segment to go on writing to; nil: a new one.
    var active: ActiveSegment?
    var discards: [DiscardedSegment] = []
    /// The sequence after the last durable record.
    var durableEnd: UInt64 = 1
    /// The number of the next record; above `durableEnd` when numbers are left out.
    var nextSequence: UInt64 = 1
    var lastTime: UInt64 = 0
    var nextNumber: UInt64 = 1
    var salt: UInt64 = 0
    var damage: [JournalDamage] = []
    var warnings: [String] = []
}
