internal import FoundationEssentials
internal import Glibc

/// The files of a data folder that belong into a backup besides the database.
struct FileTree {
    /// The data folder.
    let path: String

    /// What is no state: locks, what a backup or a restore makes, and what waits for receivers, which would be sent
    /// twice.
    private static let others: Set<String> = [
        FolderLock.name, BackupStaging.lockName, BackupStaging.name, "RESTORING", "spool",
    ]

    /// The paths of regular files below the folder, relative to it; those that go meanwhile are left out.
    func files() -> [String] {
        var found: [String] = []
        collect("", into: &found)
        return found.sorted()
    }

    private func collect(_ prefix: String, into found: inout [String]) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(path)/\(prefix)")) ?? []
        for name in names where isState(name, in: prefix) {
            var status = stat()
            guard lstat("\(path)/\(prefix)\(name)", &status) == 0 else { continue }
            switch status.st_mode & S_IFMT {
            case S_IFREG: found.append(prefix + name)
            case S_IFDIR: collect("\(prefix)\(name)/", into: &found)
            default: continue
            }
        }
    }

    private func isState(_ name: String, in prefix: String) -> Bool {
        if prefix.isEmpty {
            // The database is copied by SQLite; the others are drafts.
            return !Self.others.contains(name) && !name.hasPrefix("postmeter.db") && !name.hasSuffix(".new")
        }
        return name != "LOCK" && !name.hasPrefix("damaged-") && !name.hasSuffix(".tmp")
            && !name.hasSuffix(".new")
    }
}
