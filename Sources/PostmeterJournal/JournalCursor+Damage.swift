import Glibc

extension JournalCursor {
    /// Looks at the cursor of a directory of which ``read(directory:fileSystem:)`` gives no value.
    ///
    /// - Returns: Where a copy of it is, when it is damaged; nil when there is none, or nothing was written yet.
    /// - Throws: `JournalError.version` when a later version wrote it.
    package static func keepDamaged(
        directory: String,
        fileSystem: JournalFileSystem = .system
    ) throws(JournalError) -> String? {
        let file = fileSystem.open(path(directory), O_RDONLY)
        guard file >= 0 else { return nil }
        defer { fileSystem.close(file) }
        guard fileSystem.length(file) > 0 else { return nil }
        for offset in copyOffsets {
            var copy = [UInt8](repeating: 0, count: copyBytes)
            let count = copy.withUnsafeMutableBytes { fileSystem.pread(file, $0, offset) }
            guard count == copyBytes, isIntact(copy) else { continue }
            let version = Int(copy[magic.count - 1])
            guard version == magic.last.map(Int.init) else {
                throw .version(found: version, directory: directory)
            }
            return nil
        }
        let kept = directory + "/damaged-CURSOR"
        // The first that was kept stays: what comes after it is younger damage of the same place.
        if fileSystem.identity(kept) == nil { _ = fileSystem.copy(path(directory), to: kept) }
        return kept
    }
}
