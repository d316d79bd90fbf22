/// A look into a journal that another process may be writing: what it held when the look was taken.
///
/// Nothing is locked, made, changed or removed, and no thread is started. One thread at a time.
package struct JournalView {
    private let journal: Journal

    /// Looks into a directory; throws when it cannot be read or a later version wrote it.
    package init(
        directory path: String,
        fileSystem: JournalFileSystem = .system
    ) throws(JournalError) {
        let configuration = Journal.Configuration(directory: path)
        let directory = JournalDirectory(reading: path)
        let recovery = JournalRecovery(
            configuration,
            directory: directory,
            fileSystem: fileSystem,
            isReadOnly: true
        )
        // Without its threads a journal can only be read.
        journal = Journal(
            configuration,
            directory: directory,
            fileSystem: fileSystem,
            now: { 0 },
            observer: .silent,
            warn: { _ in },
            recovered: try recovery.run()
        )
    }

    /// The number after the last record.
    package var endSequence: UInt64 { journal.durableEnd }

    /// The number of the oldest record that can be read, or ``endSequence`` when there is none.
    package var firstSequence: UInt64 { journal.firstSequence }

    /// A segment that holds records.
    package struct Segment: Sendable, Hashable {
        /// The name of its file.
        package let name: String
        /// The file offset after its last whole record, as far as a later one may not stand behind it.
        package let end: Int
        /// Bytes of the file.
        package let fileBytes: Int
    }

    /// The segments that hold records, in their order.
    package var segments: [Segment] {
        journal.monitor.withLock { shared in
            shared.segments.map { entry in
                Segment(
                    name: JournalDirectory.segmentName(entry.number), end: entry.readableEnd,
                    fileBytes: entry.fileBytes)
            }
        }
    }

    /// Bytes of the segment files that hold records.
    package var bytes: Int { journal.statistics.bytes }

    /// A reader whose first record is `sequence`, or the next there is; 0 stands for the oldest.
    package func makeReader(from sequence: UInt64) -> JournalReader {
        journal.makeReader(from: sequence)
    }
}
