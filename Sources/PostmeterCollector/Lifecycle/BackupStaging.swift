internal import CPrimitives
internal import FoundationEssentials
internal import Glibc

/// Second names of files of a data folder, so that they can be copied while the collector lets go of them.
///
/// A file that is only ever appended to, or made whole under its name, stays as it is under a second one: the journal
/// makes no new segment of a file that has two.
struct BackupStaging {
    static let name = "backup.staging"
    static let lockName = "BACKUP"

    private let data: String
    private let lock: FolderLock
    /// The folder of the second names.
    let path: String

    /// Begins anew; one at a time.
    init(_ data: String) throws(ConfigurationError) {
        self.data = data
        path = "\(data)/\(Self.name)"
        lock = try FolderLock(
            data, name: Self.lockName, inUse: "is being backed up by another process; wait for it")
        try? FileManager.default.removeItem(atPath: path)
        guard mkdir(path, 0o700) == 0 else { throw FileCopy.failure(path, "cannot be made") }
    }

    /// Removes what a backup that was killed has left, unless one is under way.
    static func removeLeftovers(in data: String) {
        let path = "\(data)/\(name)"
        guard access(path, F_OK) == 0, let lock = try? FolderLock(data, name: lockName) else { return }
        try? FileManager.default.removeItem(atPath: path)
        lock.release()
    }

    /// Gives a second name to every file that has none yet.
    func take() throws(ConfigurationError) {
        try Backup.makeFolders(of: "journal/x", in: path)
        for file in FileTree(path: data).files() {
            let (source, target) = ("\(data)/\(file)", "\(path)/\(file)")
            guard access(target, F_OK) != 0 else { continue }
            try Backup.makeFolders(of: file, in: path)
            if link(source, target) == 0 || errno == ENOENT { continue }
            guard [EPERM, EXDEV, EOPNOTSUPP, EMLINK].contains(errno) else {
                throw FileCopy.failure(source, "cannot be taken")
            }
            try copy(source, to: target)
        }
    }

    /// The files that were taken, relative to the folder.
    func files() -> [String] {
        FileTree(path: path).files()
    }

    /// Lets the second names go.
    func remove() {
        try? FileManager.default.removeItem(atPath: path)
        lock.release()
    }

    /// Copies a file where the file system knows one name a file.
    ///
    /// It may become another's meanwhile, but loses its name first.
    private func copy(_ source: String, to target: String) throws(ConfigurationError) {
        var (before, after) = (pm_file_status(), pm_file_status())
        guard pm_file_status_at(source, &before) else { return }
        _ = try FileCopy.copy(source, to: target)
        if !pm_file_status_at(source, &after) || after.inode != before.inode { unlink(target) }
    }
}
