internal import Glibc

/// Puts files and names on disk.
enum FileSync {
    /// Puts the names in the folder that holds `path` on disk, as far as its file system can.
    static func folder(of path: String) {
        let slash = path.lastIndex(of: "/")
        folder(slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? ".")
    }

    /// Puts the names in a folder on disk, as far as its file system can.
    static func folder(_ path: String) {
        let file = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard file >= 0 else { return }
        fsync(file)
        close(file)
    }
}
