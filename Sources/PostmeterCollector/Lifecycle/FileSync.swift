internal import Glibc
internal import PostmeterJournal

/// Puts files and names on disk.
enum FileSync {
    /// Writes a file that its owner alone may read: with its name it is whole and on disk, or it is not there.
    ///
    /// The name itself is on disk once ``folder(of:)`` has returned.
    static func write(_ bytes: [UInt8], to path: String) throws(ConfigurationError) {
        let draft = path + ".new"
        unlink(draft)
        let file = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw FileCopy.failure(path, "cannot be made") }
        defer { close(file) }
        let result = bytes.withUnsafeBytes { JournalFileSystem.system.writeAll(file, $0, at: 0) }
        if result < 0 { errno = Int32(-result) }
        guard result >= 0, fsync(file) == 0, rename(draft, path) == 0 else {
            throw FileCopy.failure(path, "cannot be written")
        }
    }

    /// Puts the names in the folder that holds `path` on disk, as far as its file system can.
    static func folder(of path: String) {
        let slash = path.lastIndex(of: "/")
        folder(slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? ".")
    }

    /// Puts the names in a folder on disk, as far as its file system can.
    static func folder(_ path: String) {
        _ = JournalFileSystem.system.syncDirectory(path)
    }
}
