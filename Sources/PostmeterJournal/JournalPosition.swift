/// Where a record stands in its journal.
package struct JournalPosition: Sendable, Hashable {
    /// The record's number: 1 for the first, one more for each that follows.
    package var sequence: UInt64
    /// When the journal took the record, in nanoseconds since the Unix epoch; never goes back.
    package var time: UInt64

    package init(sequence: UInt64, time: UInt64) {
        self.sequence = sequence
        self.time = time
    }
}
