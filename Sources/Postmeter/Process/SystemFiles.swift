import Glibc

/// The files in which the system describes itself, or what a test puts in their place.
package struct SystemFiles: Sendable {
    /// The most bytes that are read of a file.
    static let limit = 1 << 20

    let read: @Sendable (_ path: String) -> [UInt8]?
    let entries: @Sendable (_ path: String) -> Int?

    /// Creates files.
    ///
    /// - Parameters:
    ///   - read: The bytes of a file; nil when it cannot be read.
    ///   - entries: How many entries a folder has; nil when it cannot be read.
    package init(
        read: @escaping @Sendable (_ path: String) -> [UInt8]?,
        entries: @escaping @Sendable (_ path: String) -> Int?
    ) {
        self.read = read
        self.entries = entries
    }

    /// The files of this machine.
    package static let system = SystemFiles(read: Self.bytes, entries: Self.count)

    /// The text of a file; nil when it cannot be read.
    func text(_ path: String) -> String? {
        read(path).map { String(decoding: $0, as: UTF8.self) }
    }

    private static func bytes(_ path: String) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        // Files of /proc have no size that could be asked for.
        while bytes.count < limit {
            let count = Glibc.read(file, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            if count == 0 { break }
            bytes += buffer[..<count]
        }
        return bytes
    }

    /// `.` and `..` do not count, nor does the descriptor that the folder itself is read by.
    private static func count(_ path: String) -> Int? {
        guard let folder = opendir(path) else { return nil }
        defer { closedir(folder) }
        var count = 0
        while readdir(folder) != nil { count += 1 }
        return max(0, count - (path == ProcessReader.descriptors ? 3 : 2))
    }
}
