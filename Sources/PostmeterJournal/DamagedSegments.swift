import Glibc

/// Keeps segments in which something cannot be read, so that somebody can look at them after the journal has let
/// them go.
///
/// What is kept stands beside the journal as `damaged-<number>.seg`. It is another name of the segment's file, so
/// it costs nothing as long as the journal has the segment; a copy is made where the file system has no such names.
/// At most eight are kept, and a quarter of the journal's byte limit or 1 GiB; the oldest go.
struct DamagedSegments: Sendable {
    static let countLimit = 8
    private static let prefix = "damaged-"

    let directory: JournalDirectory
    let fileSystem: JournalFileSystem
    let byteLimit: Int

    init(_ configuration: Journal.Configuration, directory: JournalDirectory, fileSystem: JournalFileSystem) {
        self.directory = directory
        self.fileSystem = fileSystem
        byteLimit = max(configuration.segmentBytes, min(configuration.byteLimit / 4, 1 << 30))
    }

    func path(_ number: UInt64) -> String {
        "\(directory.path)/\(JournalDirectory.segmentName(number, prefix: Self.prefix))"
    }

    /// Keeps a segment: where it is kept from now on; nil when it was before, is gone, or cannot be.
    func keep(_ number: UInt64) -> String? {
        let (segment, kept) = (directory.segmentPath(number), path(number))
        guard let found = fileSystem.identity(segment), found.bytes > 0 else { return nil }
        if let there = fileSystem.identity(kept) {
            // The same file, or a copy of it.
            if there.number == found.number || there.bytes == found.bytes { return nil }
            _ = fileSystem.unlink(kept)
        }
        if fileSystem.link(segment, kept) != 0, !fileSystem.copy(segment, to: kept) { return nil }
        removeOldest()
        return kept
    }

    private func removeOldest() {
        var bytes = 0
        for (place, number) in numbers().reversed().enumerated() {
            bytes += fileSystem.identity(path(number))?.bytes ?? 0
            if place >= Self.countLimit || bytes > byteLimit { _ = fileSystem.unlink(path(number)) }
        }
    }

    /// The numbers of kept segments, ascending.
    private func numbers() -> [UInt64] {
        var numbers: [UInt64] = []
        for name in JournalFileSystem.names(in: directory.path) ?? [] {
            guard name.hasPrefix(Self.prefix), name.hasSuffix(".seg"),
                let number = UInt64(name.dropFirst(Self.prefix.count).dropLast(4))
            else { continue }
            numbers.append(number)
        }
        return numbers.sorted()
    }
}

extension Journal {
    /// Counts damage, and keeps the segment that it is in.
    func note(_ damage: JournalDamage) {
        observer.onDamage(damage)
        guard damage.kind != .missingSegment, let kept = keeper?.keep(damage.segment) else { return }
        let records = damage.records.map { "\($0) records" } ?? "something"
        warn(
            "journal segment \(directory.segmentPath(damage.segment)): \(records) in it cannot be read; the segment "
                + "is kept as \(kept)"
        )
    }
}

extension JournalFileSystem {
    /// Copies a file, and puts the copy on disk: whether that worked; what was begun is removed otherwise.
    func copy(_ from: String, to: String) -> Bool {
        let source = open(from, O_RDONLY)
        guard source >= 0 else { return false }
        defer { close(source) }
        let target = open(to, O_WRONLY | O_CREAT | O_TRUNC)
        guard target >= 0 else { return false }
        defer { close(target) }
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        var offset = 0
        while true {
            let count = buffer.withUnsafeMutableBytes { pread(source, $0, offset) }
            if count == 0, fdatasync(target) == 0 { return true }
            let isWritten =
                count > 0
                && buffer.withUnsafeBytes { bytes in
                    writeAll(target, UnsafeRawBufferPointer(rebasing: bytes[..<count]), at: offset) == 0
                }
            guard isWritten else {
                _ = unlink(to)
                return false
            }
            offset += count
        }
    }
}
