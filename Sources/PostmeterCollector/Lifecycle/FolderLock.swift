internal import Glibc
internal import Synchronization

/// The hold of one process on a data folder: two would move the files away from under each other.
///
/// The kernel drops it with the process, however that ends; the file `LOCK` itself means nothing.
final class FolderLock: Sendable {
    /// The name of the file.
    static let name = "LOCK"

    private let file: Mutex<Int32>

    /// Takes the hold.
    ///
    /// - Parameters:
    ///   - name: The file that is locked.
    ///   - problem: What to say when another process has it.
    /// - Throws: When another process has it, or the file cannot be made.
    init(
        _ folder: String, name: String = FolderLock.name,
        inUse problem: String = "is in use by another process; stop that collector, or name another folder"
    ) throws(ConfigurationError) {
        let path = "\(folder)/\(name)"
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            throw ConfigurationError(
                path: "data", problem: "'\(path)' cannot be made: \(String(cString: strerror(errno)))")
        }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            close(file)
            throw ConfigurationError(
                path: "data",
                problem: code == EWOULDBLOCK
                    ? "'\(folder)' \(problem)"
                    : "'\(path)' cannot be locked: \(String(cString: strerror(code)))")
        }
        self.file = Mutex(file)
    }

    deinit {
        release()
    }

    /// Lets the folder go; once is enough.
    func release() {
        file.withLock { file in
            if file >= 0 { close(file) }
            file = -1
        }
    }
}
