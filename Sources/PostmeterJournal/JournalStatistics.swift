/// Figures of a journal at one instant.
package struct JournalStatistics: Sendable, Hashable {
    /// Bytes of the segment files that hold records.
    package var bytes = 0
    /// Segments that hold records.
    package var segments = 0
    /// Segments made ahead.
    package var preparedSegments = 0
    /// Bytes that wait for the disk.
    package var pendingBytes = 0
    /// Records that reached the disk since the journal was opened.
    package var durableRecords: UInt64 = 0
    /// Records refused because the journal was full.
    package var refusedFull: UInt64 = 0
    /// Records refused, or lost with their group, because the disk failed.
    package var refusedFailing: UInt64 = 0
    /// Records refused because they were too long.
    package var refusedTooLarge: UInt64 = 0
    /// Writes and syncs that failed since the journal was opened.
    package var failures: UInt64 = 0
    /// Torn ends found when the journal was opened: 0 or 1.
    package var tornTails: UInt64 = 0
    /// Segments that were missing or unreadable when the journal was opened.
    package var lostSegments: UInt64 = 0
}
