internal import CPrimitives
internal import Glibc
internal import PostmeterJournal

/// Writes a file of fingerprints, from sorted entries handed over in pieces.
///
/// A file that was not finished is removed with its writer; one that a crash left behind has no name in the
/// database, and the next start removes it.
final class FingerprintFileWriter {
    private let path: String
    private let width: Int
    private let bits: Int
    private let fileSystem: JournalFileSystem
    private var file: Int32
    private var count = 0
    private var checksum: UInt32 = 0
    private var directory: [UInt32] = [0]

    /// Begins a file; one that is there already is written over.
    ///
    /// - Parameter capacity: The number of entries, or somewhat more.
    init(
        path: String, width: Int, capacity: Int, fileSystem: JournalFileSystem
    ) throws(FingerprintFileError) {
        self.path = path
        self.width = width
        self.fileSystem = fileSystem
        bits = FingerprintFile.bits(for: capacity)
        directory.reserveCapacity(1 << bits + 1)
        file = fileSystem.open(path, O_RDWR | O_CREAT | O_TRUNC)
        guard file >= 0 else { throw FingerprintFileError(path: path, code: Int(file)) }
    }

    deinit {
        guard file >= 0 else { return }
        fileSystem.close(file)
        _ = fileSystem.unlink(path)
    }

    /// Adds entries, whose keys are larger than all before.
    func append(_ entries: UnsafeBufferPointer<UInt64>) throws(FingerprintFileError) {
        let bytes = UnsafeRawBufferPointer(entries)
        try write(bytes, at: FingerprintFileHeader.length + count * width * 8)
        checksum = pm_crc32c(checksum, bytes.baseAddress, bytes.count)
        for index in stride(from: 0, to: entries.count, by: width) {
            let bucket = FingerprintFile.bucket(of: entries[index], bits: bits)
            while directory.count <= bucket { directory.append(UInt32(count)) }
            count += 1
        }
    }

    /// Writes the header and puts the file on disk, but not yet its name.
    func finish(
        first: UInt64, last: UInt64, entries: UInt64, acceptedAt: UInt64
    ) throws(FingerprintFileError) -> FingerprintFile {
        let record = FingerprintFileRecord(
            first: first, last: last, entries: entries, acceptedAt: acceptedAt,
            length: UInt64(FingerprintFileHeader.length + count * width * 8), checksum: checksum)
        let header = FingerprintFileHeader(width: width, count: count, record: record).encoded
        let problem = header.withUnsafeBytes { bytes -> FingerprintFileError? in
            do throws(FingerprintFileError) { try write(bytes, at: 0) } catch { return error }
            return nil
        }
        if let problem { throw problem }
        let result = fileSystem.fdatasync(file)
        guard result >= 0 else { throw FingerprintFileError(path: path, code: Int(result)) }
        while directory.count <= 1 << bits { directory.append(UInt32(count)) }
        let finished = FingerprintFile(
            record: record, path: path, count: count, width: width, directory: directory, file: file,
            fileSystem: fileSystem)
        file = -1
        return finished
    }

    private func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(FingerprintFileError) {
        try fileSystem.writeAll(file, bytes, at: offset, of: path)
    }
}
