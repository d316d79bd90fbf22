import Glibc

/// The system calls that a journal makes, as closures, so that a test can make each of them fail.
///
/// Each returns what the call returns, or the negated errno. `system` is the real thing.
package struct JournalFileSystem: Sendable {
    /// Opens a path with flags and makes it with mode 0600: a file descriptor.
    package var open: @Sendable (_ path: String, _ flags: Int32) -> Int32
    /// Closes a file descriptor.
    package var close: @Sendable (_ file: Int32) -> Void
    /// Reads at an offset: the bytes read, 0 at the end.
    package var pread: @Sendable (_ file: Int32, _ into: UnsafeMutableRawBufferPointer, _ offset: Int) -> Int
    /// Writes at an offset: the bytes written, perhaps fewer than given.
    package var pwrite: @Sendable (_ file: Int32, _ bytes: UnsafeRawBufferPointer, _ offset: Int) -> Int
    /// Writes parts one after the other at an offset: the bytes written, perhaps fewer than given.
    package var pwritev: @Sendable (_ file: Int32, _ parts: [UnsafeRawBufferPointer], _ offset: Int) -> Int
    /// Puts a file's data on disk: 0.
    package var fdatasync: @Sendable (_ file: Int32) -> Int32
    /// Puts a directory's names on disk: 0.
    package var syncDirectory: @Sendable (_ path: String) -> Int32
    /// Reserves bytes from the start of a file: 0.
    package var allocate: @Sendable (_ file: Int32, _ bytes: Int) -> Int32
    /// Says that what the system's cache holds of a file will not be read again soon; only a hint.
    package var forget: @Sendable (_ file: Int32) -> Void
    /// Cuts a file: 0.
    package var truncate: @Sendable (_ file: Int32, _ bytes: Int) -> Int32
    /// The length of a file in bytes.
    package var length: @Sendable (_ file: Int32) -> Int
    /// Renames a file: 0.
    package var rename: @Sendable (_ from: String, _ to: String) -> Int32
    /// Removes a file: 0.
    package var unlink: @Sendable (_ path: String) -> Int32
    /// Gives a file another name: 0.
    package var link: @Sendable (_ from: String, _ to: String) -> Int32
    /// What a path names: its number, how many names it has and how long it is; nil when there is nothing.
    package var identity: @Sendable (_ path: String) -> Identity?

    /// What makes a file that file.
    package struct Identity: Sendable, Hashable {
        package var number: UInt64
        package var names: Int
        package var bytes: Int

        package init(number: UInt64, names: Int, bytes: Int) {
            self.number = number
            self.names = names
            self.bytes = bytes
        }
    }
}

extension JournalFileSystem {
    /// The real system calls; those that a signal interrupts are made again.
    package static let system = JournalFileSystem(
        open: { path, flags in retried { Glibc.open(path, flags | O_CLOEXEC, 0o600) } },
        close: { file in _ = Glibc.close(file) },
        pread: { file, into, offset in
            retried { Glibc.pread(file, into.baseAddress, into.count, off_t(offset)) }
        },
        pwrite: { file, bytes, offset in
            retried { Glibc.pwrite(file, bytes.baseAddress, bytes.count, off_t(offset)) }
        },
        pwritev: { file, parts, offset in
            // The kernel takes no more at once (UIO_MAXIOV).
            let vectors = parts.prefix(1_024).map { part in
                iovec(iov_base: UnsafeMutableRawPointer(mutating: part.baseAddress), iov_len: part.count)
            }
            return retried { Glibc.pwritev(file, vectors, Int32(vectors.count), off_t(offset)) }
        },
        fdatasync: { file in retried { Glibc.fdatasync(file) } },
        syncDirectory: { path in
            let file = retried { Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
            guard file >= 0 else { return file }
            defer { _ = Glibc.close(file) }
            return retried { Glibc.fsync(file) }
        },
        allocate: { file, bytes in
            // It returns the error instead of setting errno.
            -Glibc.posix_fallocate(file, 0, off_t(bytes))
        },
        forget: { file in _ = Glibc.posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED) },
        truncate: { file, bytes in retried { Glibc.ftruncate(file, off_t(bytes)) } },
        length: { file in
            var status = stat()
            let result = retried { Glibc.fstat(file, &status) }
            return result < 0 ? Int(result) : Int(status.st_size)
        },
        rename: { from, to in retried { Glibc.rename(from, to) } },
        unlink: { path in retried { Glibc.unlink(path) } },
        link: { from, to in retried { Glibc.link(from, to) } },
        identity: { path in
            var status = stat()
            guard retried({ Glibc.lstat(path, &status) }) >= 0 else { return nil }
            return Identity(
                number: UInt64(status.st_ino), names: Int(status.st_nlink), bytes: Int(status.st_size))
        }
    )

    /// Makes a call until no signal interrupts it: its result, or the negated errno.
    private static func retried<Number: FixedWidthInteger>(_ call: () -> Number) -> Number {
        while true {
            let result = call()
            if result >= 0 { return result }
            if errno != EINTR { return Number(truncatingIfNeeded: -errno) }
        }
    }

    /// Writes all bytes: 0, or the negated errno.
    package func writeAll(_ file: Int32, _ bytes: UnsafeRawBufferPointer, at offset: Int) -> Int {
        var done = 0
        while done < bytes.count {
            let written = pwrite(file, UnsafeRawBufferPointer(rebasing: bytes[done...]), offset + done)
            if written < 0 { return written }
            if written == 0 { return Int(-ENOSPC) }
            done += written
        }
        return 0
    }

    /// Writes all bytes of all parts, one after the other: 0, or the negated errno.
    func writeAll(_ file: Int32, _ parts: [UnsafeRawBufferPointer], at offset: Int) -> Int {
        var rest = parts[...]
        var place = offset
        while !rest.isEmpty {
            var written = pwritev(file, Array(rest), place)
            if written < 0 { return written }
            if written == 0 { return Int(-ENOSPC) }
            place += written
            while let part = rest.first, written >= part.count {
                written -= part.count
                rest.removeFirst()
            }
            if written > 0, let part = rest.popFirst() {
                rest = [UnsafeRawBufferPointer(rebasing: part[written...])] + rest
            }
        }
        return 0
    }
}

/// The system's words for an errno, with its number.
func systemMessage(_ code: Int32) -> String {
    var buffer = [CChar](repeating: 0, count: 128)
    guard strerror_r(code, &buffer, buffer.count) == 0 else { return "error \(code)" }
    let words = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return "\(String(decoding: words, as: UTF8.self)) (errno \(code))"
}
