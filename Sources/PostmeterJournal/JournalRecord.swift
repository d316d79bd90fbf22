/// One record as a reader sees it.
///
/// The payload lies in the reader's buffer: it is valid until the reader's next call.
package struct JournalRecord {
    /// The record's number.
    package let sequence: UInt64
    /// When the journal took the record, in nanoseconds since the Unix epoch; never goes back.
    package let time: UInt64
    /// What the record is, in its writer's own words.
    package let kind: UInt8
    /// The bytes; at least 64 readable bytes follow them, so that a parser may read past the end.
    package let payload: UnsafeRawBufferPointer
}
