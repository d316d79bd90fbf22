import Glibc

/// A folder of its own for a test, gone with the last reference.
final class TemporaryFolder: Sendable {
    let path: String

    init() {
        var template = Array("/tmp/postmeter-transport-XXXXXX".utf8CString)
        path = template.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) } ?? ""
        }
    }

    deinit {
        if let folder = opendir(path) {
            while let entry = readdir(folder) {
                let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                }
                unlink("\(path)/\(name)")
            }
            closedir(folder)
        }
        rmdir(path)
    }

    /// Writes a file, in place of the one of this name, and returns its path.
    @discardableResult
    func write(_ text: String, to name: String) -> String {
        let file = "\(path)/\(name)"
        if let stream = fopen(file, "w") {
            fputs(text, stream)
            fclose(stream)
        }
        return file
    }
}
