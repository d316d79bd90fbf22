internal import CPrimitives
internal import Glibc

/// Copies a file and tells what was copied.
struct FileCopy {
    /// What a copy holds.
    struct Result: Equatable {
        var bytes: Int
        var checksum: UInt32
    }

    private static let blockBytes = 1 << 20

    /// Copies a file to a new one that its owner alone can read, and puts it on disk.
    ///
    /// - Parameters:
    ///   - end: Bytes after which the copy has zeros, up to the length of the source; nil: none.
    /// - Throws: What the system says, with the file that it is about.
    static func copy(_ source: String, to target: String, end: Int? = nil) throws(ConfigurationError)
        -> Result
    {
        let from = open(source, O_RDONLY | O_CLOEXEC)
        guard from >= 0 else { throw failure(source, "cannot be read") }
        defer { close(from) }
        let into = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard into >= 0 else { throw failure(target, "cannot be made") }
        defer { close(into) }
        var status = pm_file_status()
        guard pm_file_status_of(from, &status) else { throw failure(source, "cannot be read") }
        let length = Int(status.size)
        var result = Result(bytes: 0, checksum: 0)
        var buffer = [UInt8](repeating: 0, count: blockBytes)
        var isZero = false
        while result.bytes < length {
            let wanted = min(buffer.count, length - result.bytes)
            let isBehind = end.map { result.bytes >= $0 } ?? false
            var count = wanted
            if isBehind {
                if !isZero { buffer = [UInt8](repeating: 0, count: blockBytes) }
                isZero = true
            } else {
                count = min(wanted, (end ?? length) - result.bytes)
                count = buffer.withUnsafeMutableBytes {
                    pread(from, $0.baseAddress, count, off_t(result.bytes))
                }
                guard count > 0 else {
                    throw count < 0
                        ? failure(source, "cannot be read")
                        : ConfigurationError(path: source, problem: "was cut")
                }
            }
            result.checksum = pm_crc32c(result.checksum, buffer, count)
            // Zeros at the end need no room on disk.
            if !isBehind { try write(buffer[..<count], at: result.bytes, into, target) }
            result.bytes += count
        }
        guard ftruncate(into, off_t(length)) == 0, fsync(into) == 0 else {
            throw failure(target, "cannot be written")
        }
        return result
    }

    /// Reads a file to its end.
    static func read(_ path: String) throws(ConfigurationError) -> Result {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw failure(path, "cannot be read") }
        defer { close(file) }
        var result = Result(bytes: 0, checksum: 0)
        var buffer = [UInt8](repeating: 0, count: blockBytes)
        while true {
            let count = buffer.withUnsafeMutableBytes {
                pread(file, $0.baseAddress, $0.count, off_t(result.bytes))
            }
            guard count >= 0 else { throw failure(path, "cannot be read") }
            if count == 0 { return result }
            result.checksum = pm_crc32c(result.checksum, buffer, count)
            result.bytes += count
        }
    }

    private static func write(
        _ bytes: ArraySlice<UInt8>, at offset: Int, _ file: Int32, _ path: String
    ) throws(ConfigurationError) {
        var done = 0
        while done < bytes.count {
            let count = bytes.dropFirst(done).withUnsafeBytes {
                pwrite(file, $0.baseAddress, $0.count, off_t(offset + done))
            }
            guard count > 0 else { throw failure(path, "cannot be written") }
            done += count
        }
    }

    static func failure(_ path: String, _ problem: String) -> ConfigurationError {
        ConfigurationError(path: path, problem: "\(problem): \(String(cString: strerror(errno)))")
    }
}
