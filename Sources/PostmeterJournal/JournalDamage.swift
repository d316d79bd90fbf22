/// Something that should be in the journal and cannot be read.
package struct JournalDamage: Sendable, Hashable {
    /// What kind of damage.
    package enum Kind: Sendable, Hashable {
        /// The end of the newest segment was not a whole record when the journal was opened: the mark of a
        /// crash in the middle of a write, or of damage to the last record.
        case tornTail
        /// Records that a reader had to skip.
        case records
        /// A segment that stood between others is gone.
        case missingSegment
        /// A segment in which nothing can be read.
        case unreadableSegment
    }

    package var kind: Kind
    /// The number of the segment.
    package var segment: UInt64
    /// How many records; nil when that cannot be told, as for segments, whose records readers count later.
    package var records: UInt64?

    package init(kind: Kind, segment: UInt64, records: UInt64?) {
        self.kind = kind
        self.segment = segment
        self.records = records
    }
}
