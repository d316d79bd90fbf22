import Glibc

/// The directory of a journal: its lock, and the names in it.
///
/// `journal-<number>.seg` is a segment; `*.tmp` is a file in the making, which the next start removes.
struct JournalDirectory: Sendable {
    let path: String
    private let lock: Int32

    /// Makes the directory when it is missing, and takes its lock.
    init(path: String) throws(JournalError) {
        self.path = path
        try Self.make(path)
        let lock = Glibc.open(path + "/LOCK", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else { throw .directory(path, code: errno) }
        // The kernel drops this lock with the process, however it ends; the file itself means nothing.
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            _ = Glibc.close(lock)
            if code == EWOULDBLOCK { throw .locked(directory: path) }
            throw .directory(path, code: code)
        }
        self.lock = lock
    }

    /// A directory that is only looked at: it is not made, and who holds its lock keeps it.
    init(reading path: String) {
        self.path = path
        lock = -1
    }

    func unlock() {
        if lock >= 0 { _ = Glibc.close(lock) }
    }

    func segmentPath(_ number: UInt64) -> String {
        "\(path)/\(Self.segmentName(number))"
    }

    /// The name of the file of a segment.
    static func segmentName(_ number: UInt64, prefix: String = "journal-") -> String {
        let digits = String(number)
        return "\(prefix)\(String(repeating: "0", count: 20 - digits.count))\(digits).seg"
    }

    /// The path of a file that becomes segment `number`, or was one.
    func temporaryPath(_ number: UInt64) -> String {
        "\(path)/segment-\(number).tmp"
    }

    /// The segments by number, ascending, and the paths of files in the making.
    func contents() throws(JournalError) -> (segments: [UInt64], temporary: [String]) {
        guard let names = JournalFileSystem.names(in: path) else { throw .directory(path, code: errno) }
        var segments: [UInt64] = []
        var temporary: [String] = []
        for name in names {
            if name.hasPrefix("segment-"), name.hasSuffix(".tmp") {
                temporary.append("\(path)/\(name)")
            } else if name.hasPrefix("journal-"), name.hasSuffix(".seg"),
                let number = UInt64(name.dropFirst(8).dropLast(4)), number < Frame.numberLimit,
                segmentPath(number) == "\(path)/\(name)"
            {
                segments.append(number)
            }
        }
        return (segments.sorted(), temporary)
    }

    /// Makes the directory and those above it, each new name put on disk in the one that holds it.
    private static func make(_ path: String) throws(JournalError) {
        var status = stat()
        if stat(path, &status) == 0 {
            guard status.st_mode & S_IFMT == S_IFDIR else { throw .directory(path, code: ENOTDIR) }
            return
        }
        guard errno == ENOENT else { throw .directory(path, code: errno) }
        var parent = path.split(separator: "/", omittingEmptySubsequences: true).dropLast().joined(
            separator: "/"
        )
        if path.hasPrefix("/") { parent = "/" + parent }
        if parent.isEmpty { parent = "." }
        if parent != path { try make(parent) }
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw .directory(path, code: errno) }
        _ = JournalFileSystem.system.syncDirectory(parent)
    }
}
