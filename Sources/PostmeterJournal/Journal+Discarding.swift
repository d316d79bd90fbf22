import Glibc

extension Journal {
    /// A segment as its owner sees it.
    package struct Segment: Sendable, Hashable {
        /// The number after its last record.
        package let endSequence: UInt64
        /// The time of its last record; nanoseconds since the Unix epoch.
        package let lastTime: UInt64
    }

    /// The oldest segment, when there is a later one: what ``release(before:)`` can give up.
    package var oldestSegment: Segment? {
        monitor.withLock { shared in
            guard shared.segments.count > 1, let oldest = shared.segments.first else { return nil }
            return Segment(endSequence: oldest.endSequence, lastTime: oldest.lastTime)
        }
    }

    /// Removes all segments in a directory that no journal has open.
    ///
    /// A journal that is opened there afterwards begins anew; give it a `sequenceFloor` to go on with the numbers.
    /// - Throws: When another process or journal holds the directory, or it cannot be read.
    package static func removeAll(
        in path: String,
        fileSystem: JournalFileSystem = .system
    ) throws(JournalError) {
        let directory = try JournalDirectory(path: path)
        defer { directory.unlock() }
        let contents = try directory.contents()
        // The oldest first: what a crash in between leaves is the end of the journal.
        for segment in contents.segments { _ = fileSystem.unlink(directory.segmentPath(segment)) }
        for file in contents.temporary { _ = fileSystem.unlink(file) }
        _ = fileSystem.syncDirectory(path)
    }

    /// Whether a directory holds segments, whoever has it open; one that is not there holds none.
    ///
    /// - Throws: When it cannot be looked into.
    package static func holdsSegments(_ path: String) throws(JournalError) -> Bool {
        do throws(JournalError) {
            return try !JournalDirectory(reading: path).contents().segments.isEmpty
        } catch {
            if case .directory(_, code: ENOENT) = error { return false }
            throw error
        }
    }
}
