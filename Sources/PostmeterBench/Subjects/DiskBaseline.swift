internal import CPrimitives
internal import Glibc

/// What the disk does by itself: a group's worth of bytes written into a prepared file, and fdatasync.
struct DiskBaseline {
    /// The bytes of a usual group: twelve to twenty webhooks.
    static let bytes = 17 << 10
    private static let fileBytes = 16 << 20

    /// Times of a write and its fdatasync, in nanoseconds.
    static func measure(_ harness: Harness, syncs: Int) throws -> Samples {
        let path = harness.scratch.path("fdatasync")
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw failure("open") }
        defer {
            close(file)
            unlink(path)
        }
        let zeros = [UInt8](repeating: 0, count: 1 << 20)
        for offset in stride(from: 0, to: fileBytes, by: zeros.count) {
            guard pwrite(file, zeros, zeros.count, off_t(offset)) == zeros.count else {
                throw failure("pwrite")
            }
        }
        guard fsync(file) == 0 else { throw failure("fsync") }
        let block = [UInt8](repeating: 0x61, count: bytes)
        var offset = 0
        var values: [Double] = []
        let load = MachineLoad()
        for _ in 0..<syncs {
            let start = pm_clock_monotonic()
            guard pwrite(file, block, bytes, off_t(offset)) == bytes, fdatasync(file) == 0 else {
                throw failure("fdatasync")
            }
            values.append(Double(pm_clock_monotonic() - start))
            offset = (offset + bytes) % (fileBytes - bytes)
        }
        return Samples(values, foreign: load.foreignShare())
    }

    private static func failure(_ call: String) -> BenchmarkError {
        BenchmarkError("\(call): \(String(cString: strerror(errno)))")
    }
}
