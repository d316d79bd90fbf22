import Glibc
import PostmeterJournal

/// A file system that does what a test tells it: real files, with faults, held writes and a log of calls.
final class TestDisk: Sendable {
    enum Call: Sendable, Hashable {
        case open, pread, pwrite, pwritev, fdatasync, allocate, truncate, rename, unlink
    }

    /// What happened, in order; the test adds its own lines.
    enum Event: Sendable, Hashable {
        case write(String, bytes: Int)
        case writeParts(String, [Int])
        case sync(String)
        case note(String)
    }

    /// Makes calls on paths with a suffix fail: `times` of them, after `skipping` that go through.
    struct Fault: Sendable {
        var call: Call
        var path: String
        var code: Int32
        var skipping = 0
        var times = 1
        /// Bytes that a failing write writes all the same; with a code of 0 it does not fail and says so.
        var torn = 0
    }

    /// A write to a segment that no sync has put on disk.
    struct HeldWrite: Sendable {
        var file: Int32
        var path: String
        var bytes: [UInt8]
        var offset: Int
    }

    private struct State {
        var paths: [Int32: String] = [:]
        var events: [Event] = []
        var faults: [Fault] = []
        var held: [HeldWrite] = []
        /// Descriptors whose sync failed, and whether one of them was synced again.
        var poisoned: Set<Int32> = []
        var syncedPoisoned = false
    }

    private let state = Locked(State())
    private let syncs: Bool
    private let holdsWrites: Bool
    /// Called in each fdatasync on a segment, before it takes effect, with the writes that it would put on disk.
    private let beforeSync: @Sendable ([HeldWrite]) -> Void

    /// Makes a disk.
    ///
    /// `syncs`: whether syncs reach the real disk. `holdsWrites`: whether writes to segments wait for the sync,
    /// as they may in a machine that loses its power.
    init(
        syncs: Bool = false,
        holdsWrites: Bool = false,
        beforeSync: @escaping @Sendable ([HeldWrite]) -> Void = { _ in }
    ) {
        self.syncs = syncs
        self.holdsWrites = holdsWrites
        self.beforeSync = beforeSync
    }

    var events: [Event] { state.withLock { $0.events } }
    var hasSyncedAfterFailure: Bool { state.withLock { $0.syncedPoisoned } }

    /// Descriptors that the journal has not closed.
    var openFiles: Int { state.withLock { $0.paths.count } }

    func note(_ text: String) {
        state.withLock { $0.events.append(.note(text)) }
    }

    func fail(_ fault: Fault) {
        state.withLock { $0.faults.append(fault) }
    }

    func heal() {
        state.withLock { $0.faults = [] }
    }

    private func fault(_ call: Call, _ path: String) -> Fault? {
        state.withLock { state in
            for index in state.faults.indices
            where state.faults[index].call == call && path.hasSuffix(state.faults[index].path) {
                if state.faults[index].skipping > 0 {
                    state.faults[index].skipping -= 1
                } else if state.faults[index].times > 0 {
                    state.faults[index].times -= 1
                    return state.faults[index]
                }
            }
            return nil
        }
    }

    private func path(_ file: Int32) -> String { state.withLock { $0.paths[file] ?? "" } }

    var fileSystem: JournalFileSystem {
        let real = JournalFileSystem.system
        var disk = real
        disk.open = { path, flags in
            if let fault = self.fault(.open, path) { return -fault.code }
            let file = real.open(path, flags)
            if file >= 0 { self.state.withLock { $0.paths[file] = path } }
            return file
        }
        disk.close = { file in
            self.state.withLock { state in
                state.paths[file] = nil
                state.poisoned.remove(file)
                state.held.removeAll { $0.file == file }
            }
            real.close(file)
        }
        disk.pread = { file, into, offset in
            if let fault = self.fault(.pread, self.path(file)) { return Int(-fault.code) }
            return real.pread(file, into, offset)
        }
        disk.pwrite = { file, bytes, offset in self.pwrite(file, bytes, offset) }
        disk.pwritev = { file, parts, offset in self.pwritev(file, parts, offset) }
        disk.fdatasync = { file in self.sync(file) }
        disk.allocate = { file, bytes in
            if let fault = self.fault(.allocate, self.path(file)) { return -fault.code }
            return 0
        }
        disk.truncate = { file, bytes in
            if let fault = self.fault(.truncate, self.path(file)) { return -fault.code }
            return real.truncate(file, bytes)
        }
        disk.rename = { from, to in
            if let fault = self.fault(.rename, to) { return -fault.code }
            return real.rename(from, to)
        }
        disk.syncDirectory = { [syncs] path in syncs ? real.syncDirectory(path) : 0 }
        return disk
    }

    /// Writes parts as one write of the disk.
    private func pwritev(_ file: Int32, _ parts: [UnsafeRawBufferPointer], _ offset: Int) -> Int {
        let path = path(file)
        let bytes = parts.flatMap { $0 }
        state.withLock { $0.events.append(.writeParts(path, parts.map(\.count))) }
        if let fault = fault(.pwritev, path) {
            let torn = Array(bytes.prefix(fault.torn)).withUnsafeBytes { put(file, path, $0, offset) }
            return fault.code == 0 ? torn : Int(-fault.code)
        }
        return bytes.withUnsafeBytes { put(file, path, $0, offset) }
    }

    private func put(_ file: Int32, _ path: String, _ bytes: UnsafeRawBufferPointer, _ offset: Int) -> Int {
        guard holdsWrites, path.hasSuffix(".seg") else {
            return JournalFileSystem.system.pwrite(file, bytes, offset)
        }
        state.withLock {
            $0.held.append(HeldWrite(file: file, path: path, bytes: Array(bytes), offset: offset))
        }
        return bytes.count
    }

    private func pwrite(_ file: Int32, _ bytes: UnsafeRawBufferPointer, _ offset: Int) -> Int {
        let path = path(file)
        if let fault = fault(.pwrite, path) {
            if fault.torn > 0 {
                _ = JournalFileSystem.system.pwrite(
                    file,
                    UnsafeRawBufferPointer(rebasing: bytes.prefix(fault.torn)),
                    offset
                )
            }
            return Int(-fault.code)
        }
        if holdsWrites, path.hasSuffix(".seg") {
            state.withLock { state in
                state.events.append(.write(path, bytes: bytes.count))
                state.held.append(HeldWrite(file: file, path: path, bytes: Array(bytes), offset: offset))
            }
            return bytes.count
        }
        let result = JournalFileSystem.system.pwrite(file, bytes, offset)
        state.withLock { $0.events.append(.write(path, bytes: bytes.count)) }
        return result
    }

    private func sync(_ file: Int32) -> Int32 {
        let path = path(file)
        if path.hasSuffix(".seg") { beforeSync(state.withLock { $0.held }) }
        if let fault = fault(.fdatasync, path) {
            state.withLock { _ = $0.poisoned.insert(file) }
            return -fault.code
        }
        let held = state.withLock { state in
            if state.poisoned.contains(file) { state.syncedPoisoned = true }
            defer { state.held.removeAll { $0.file == file } }
            return state.held.filter { $0.file == file }
        }
        for write in held {
            _ = write.bytes.withUnsafeBytes { JournalFileSystem.system.pwrite(file, $0, write.offset) }
        }
        let result = syncs ? JournalFileSystem.system.fdatasync(file) : 0
        state.withLock { $0.events.append(.sync(path)) }
        return result
    }
}
