internal import CPrimitives
internal import Glibc

/// A small file and how to tell that it has changed.
enum FileContent {
    /// What changes when a file does.
    struct Stamp: Sendable, Equatable {
        let inode: UInt
        let size: Int
        let seconds: Int
        let nanoseconds: Int

        init(_ status: pm_file_status) {
            inode = UInt(status.inode)
            size = Int(status.size)
            seconds = Int(status.seconds)
            nanoseconds = Int(status.nanoseconds)
        }
    }

    /// Why a file cannot be read, in a few words.
    struct Unreadable: Error {
        let reason: String

        /// Whether the file changed while it was read, so that it is to be read again.
        var isBeingWritten = false
    }

    /// The stamp of the file; nil when there is none.
    static func stamp(of path: String) -> Stamp? {
        var status = pm_file_status()
        return pm_file_status_at(path, &status) ? Stamp(status) : nil
    }

    /// The bytes of the file, and its stamp from when they were read.
    ///
    /// - Parameters:
    ///   - path: Where the file is.
    ///   - limit: The bytes that it may have.
    ///   - atEnd: Called when all has been read, before it is seen whether it still holds.
    /// - Throws: `Unreadable`, also when it is no regular file, has more than `limit` bytes or is being written.
    static func read(
        _ path: String, limit: Int, atEnd: () -> Void = {}
    ) throws(Unreadable) -> (bytes: [UInt8], stamp: Stamp) {
        // Not to wait for the other end of a pipe.
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else {
            throw Unreadable(reason: String(cString: strerror(errno)))
        }
        defer { close(file) }
        var status = pm_file_status()
        guard pm_file_status_of(file, &status), status.is_regular else {
            throw Unreadable(reason: "it is not a file")
        }
        var bytes = [UInt8](repeating: 0, count: limit + 1)
        var count = 0
        while count < bytes.count {
            let part = bytes.withUnsafeMutableBytes { buffer in
                Glibc.read(file, buffer.baseAddress?.advanced(by: count), buffer.count - count)
            }
            if part < 0, errno == EINTR {
                continue
            }
            guard part >= 0 else {
                throw Unreadable(reason: String(cString: strerror(errno)))
            }
            guard part > 0 else {
                break
            }
            count += part
        }
        guard count <= limit else {
            throw Unreadable(reason: "it has more than \(limit) bytes")
        }
        atEnd()
        let stamp = Stamp(status)
        // What was read of a file that is being written may be the half of it, or nothing.
        guard pm_file_status_of(file, &status), Stamp(status) == stamp, count == stamp.size else {
            throw Unreadable(reason: "it is being written", isBeingWritten: true)
        }
        return (Array(bytes[..<count]), stamp)
    }
}
