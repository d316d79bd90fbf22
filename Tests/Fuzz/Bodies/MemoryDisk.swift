import Glibc
import Synchronization

@testable import PostmeterJournal

/// Files in memory behind a journal's system calls, of which one block may be unreadable.
final class MemoryDisk: Sendable {
    private struct State {
        var files: [String: [UInt8]] = [:]
        var open: [Int32: String] = [:]
        var next: Int32 = 3
    }

    static let blockBytes = 4_096

    private let state: Mutex<State>
    private let badBlock: Int?
    private let readLimit: Int

    /// Makes a disk.
    ///
    /// - Parameters:
    ///   - files: Their bytes by path.
    ///   - badBlock: The number of the block that cannot be read, in every file.
    ///   - readLimit: The most bytes that one read gives.
    init(files: [String: [UInt8]], badBlock: Int? = nil, readLimit: Int = .max) {
        var state = State()
        state.files = files
        self.state = Mutex(state)
        self.badBlock = badBlock
        self.readLimit = max(1, readLimit)
    }

    /// Files that are open.
    var openFiles: Int { state.withLock { $0.open.count } }

    /// The system calls; those that write do nothing.
    var fileSystem: JournalFileSystem {
        var system = JournalFileSystem.system
        system.open = { path, _ in self.open(path) }
        system.close = { file in self.state.withLock { _ = $0.open.removeValue(forKey: file) } }
        system.pread = { file, into, offset in self.read(file, into, offset) }
        system.length = { file in self.bytes(of: file)?.count ?? Int(-EBADF) }
        system.pwrite = { _, bytes, _ in bytes.count }
        system.fdatasync = { _ in 0 }
        system.syncDirectory = { _ in 0 }
        system.allocate = { _, _ in 0 }
        system.truncate = { _, _ in 0 }
        system.rename = { _, _ in 0 }
        system.unlink = { _ in 0 }
        return system
    }

    private func open(_ path: String) -> Int32 {
        state.withLock { state in
            guard state.files[path] != nil else { return -ENOENT }
            defer { state.next += 1 }
            state.open[state.next] = path
            return state.next
        }
    }

    private func bytes(of file: Int32) -> [UInt8]? {
        state.withLock { state in state.open[file].flatMap { state.files[$0] } }
    }

    private func read(_ file: Int32, _ into: UnsafeMutableRawBufferPointer, _ offset: Int) -> Int {
        guard let bytes = bytes(of: file) else { return Int(-EBADF) }
        guard offset < bytes.count else { return 0 }
        var end = min(bytes.count, offset + min(into.count, readLimit))
        if let badBlock {
            let bad = badBlock * Self.blockBytes..<(badBlock + 1) * Self.blockBytes
            if bad.contains(offset) { return Int(-EIO) }
            if offset < bad.lowerBound { end = min(end, bad.lowerBound) }
        }
        into.copyBytes(from: bytes[offset..<end])
        return end - offset
    }
}
