import CPrimitives
import Glibc

/// How far the one reader of a journal has come, in a small file beside the segments.
///
/// The value is written twice in turn, each copy in a sector of its own with a checksum, so that a write that
/// was cut off leaves the one before. A write is with the kernel when the call returns, which the end of the
/// process cannot undo; only ``sync()`` makes it last through a power cut. One thread at a time.
package final class JournalCursor {
    /// The number of the next record to read, and two sums that its owner keeps with it.
    package struct Value: Sendable, Hashable {
        package var sequence: UInt64
        package var items: UInt64
        package var bytes: UInt64

        package init(sequence: UInt64 = 1, items: UInt64 = 0, bytes: UInt64 = 0) {
            self.sequence = sequence
            self.items = items
            self.bytes = bytes
        }
    }

    static let magic: [UInt8] = Array("PMCURSR".utf8) + [1]
    static let copyBytes = 36
    static let copyOffsets = [0, 512]

    private let file: Int32
    private let fileSystem: JournalFileSystem
    private var next = 0

    /// Opens the cursor in a journal's directory; makes it when it is missing.
    package init(directory: String, fileSystem: JournalFileSystem = .system) throws(JournalError) {
        self.fileSystem = fileSystem
        let path = Self.path(directory)
        file = fileSystem.open(path, O_RDWR | O_CREAT)
        guard file >= 0 else { throw .directory(path, code: -file) }
    }

    deinit {
        fileSystem.close(file)
    }

    /// What was written last and is intact; nil when nothing is.
    package func read() -> Value? {
        Self.read(file, fileSystem)
    }

    /// What the cursor in a directory says, without opening it for writing; nil when there is none.
    package static func read(directory: String, fileSystem: JournalFileSystem = .system) -> Value? {
        let file = fileSystem.open(path(directory), O_RDONLY)
        guard file >= 0 else { return nil }
        defer { fileSystem.close(file) }
        return read(file, fileSystem)
    }

    /// Writes a value: whether the kernel took it.
    package func write(_ value: Value) -> Bool {
        var copy = Self.magic
        for field in [value.sequence, value.items, value.bytes] {
            withUnsafeBytes(of: field.littleEndian) { copy.append(contentsOf: $0) }
        }
        let checksum = pm_crc32c(0, copy, copy.count)
        withUnsafeBytes(of: checksum.littleEndian) { copy.append(contentsOf: $0) }
        let offset = Self.copyOffsets[next]
        next = 1 - next
        return copy.withUnsafeBytes { fileSystem.writeAll(file, $0, at: offset) } == 0
    }

    /// Puts what was written on disk: whether that worked.
    package func sync() -> Bool {
        fileSystem.fdatasync(file) == 0
    }

    static func path(_ directory: String) -> String { directory + "/CURSOR" }

    private static func read(_ file: Int32, _ fileSystem: JournalFileSystem) -> Value? {
        var best: Value?
        for offset in copyOffsets {
            var copy = [UInt8](repeating: 0, count: copyBytes)
            let count = copy.withUnsafeMutableBytes { fileSystem.pread(file, $0, offset) }
            guard count == copyBytes, let value = decode(copy) else { continue }
            if let best, (best.sequence, best.items) > (value.sequence, value.items) { continue }
            best = value
        }
        return best
    }

    /// Whether a copy is what was written, by this version or another.
    static func isIntact(_ copy: [UInt8]) -> Bool {
        let stated = copy[32..<36].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        return copy.starts(with: magic.dropLast()) && stated == pm_crc32c(0, copy, 32)
    }

    private static func decode(_ copy: [UInt8]) -> Value? {
        func word(_ index: Int) -> UInt64 {
            copy[index..<index + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
        guard isIntact(copy), copy[magic.count - 1] == magic.last else { return nil }
        return Value(sequence: word(8), items: word(16), bytes: word(24))
    }
}
