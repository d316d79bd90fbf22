internal import PostmeterJournal

/// Whole reads and writes of files of fingerprints, whose errors name the file.
extension JournalFileSystem {
    /// Fills `bytes` from the file's byte at `offset` on.
    func readAll(
        _ file: Int32, _ bytes: UnsafeMutableRawBufferPointer, at offset: Int, of path: String
    ) throws(FingerprintFileError) {
        var done = 0
        while done < bytes.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: bytes[done...])
            let got = pread(file, rest, offset + done)
            if got < 0 { throw FingerprintFileError(path: path, code: got) }
            if got == 0 { throw FingerprintFileError(path: path, problem: "it ends too early") }
            done += got
        }
    }

    /// Writes all of `bytes` from the file's byte at `offset` on.
    func writeAll(
        _ file: Int32, _ bytes: UnsafeRawBufferPointer, at offset: Int, of path: String
    ) throws(FingerprintFileError) {
        let result = writeAll(file, bytes, at: offset)
        if result < 0 { throw FingerprintFileError(path: path, code: result) }
    }
}
