internal import CPrimitives
internal import PostmeterJournal

/// Reads a file of fingerprints from end to end: checks it, and makes its directory.
struct FingerprintScan {
    let file: Int32
    let path: String
    let count: Int
    let width: Int
    let fileSystem: JournalFileSystem

    /// Bytes that are read at once.
    private static let chunk = 256 << 10

    /// The directory of a good file.
    func run(
        header: FingerprintFileHeader, take: (UInt64) -> Void
    ) throws(FingerprintFileError) -> [UInt32] {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.chunk, alignment: 16)
        defer { buffer.deallocate() }
        let head = UnsafeMutableRawBufferPointer(rebasing: buffer[..<FingerprintFileHeader.length])
        try read(head, at: 0)
        guard head.elementsEqual(header.encoded) else {
            throw FingerprintFileError(path: path, problem: "its header is not what the checkpoint says")
        }
        let bits = FingerprintFile.bits(for: count)
        var directory: [UInt32] = [0]
        directory.reserveCapacity(1 << bits + 1)
        var checksum: UInt32 = 0
        var done = 0
        var previous: UInt64 = 0
        while done < count {
            let entries = min(count - done, Self.chunk / (8 * width))
            let bytes = UnsafeMutableRawBufferPointer(rebasing: buffer[..<(entries * 8 * width)])
            try read(bytes, at: FingerprintFileHeader.length + done * 8 * width)
            checksum = pm_crc32c(checksum, bytes.baseAddress, bytes.count)
            for index in 0..<entries {
                let key = bytes.loadUnaligned(fromByteOffset: index * 8 * width, as: UInt64.self)
                guard key > previous else {
                    throw FingerprintFileError(path: path, problem: "it is not sorted")
                }
                previous = key
                let bucket = FingerprintFile.bucket(of: key, bits: bits)
                while directory.count <= bucket { directory.append(UInt32(done + index)) }
                take(key)
            }
            done += entries
        }
        guard checksum == header.checksum else {
            throw FingerprintFileError(path: path, problem: "its checksum is not what the checkpoint says")
        }
        while directory.count <= 1 << bits { directory.append(UInt32(count)) }
        return directory
    }

    private func read(
        _ bytes: UnsafeMutableRawBufferPointer, at offset: Int
    ) throws(FingerprintFileError) {
        try fileSystem.readAll(file, bytes, at: offset, of: path)
    }
}
