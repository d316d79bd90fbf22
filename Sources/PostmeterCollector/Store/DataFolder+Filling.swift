internal import Glibc

/// A folder that is being filled is no state yet.
extension DataFolder {
    /// Marks the folder: a start refuses it until ``endFilling()``, also after a crash.
    func beginFilling() throws(ConfigurationError) {
        let mark = open(restoring, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard mark >= 0 else { throw FileCopy.failure(restoring, "cannot be made") }
        fsync(mark)
        close(mark)
        FileSync.folder(path)
    }

    /// Says that all is in it; what was written must be on disk by then.
    func endFilling() {
        unlink(restoring)
        FileSync.folder(path)
    }
}
