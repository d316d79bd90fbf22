internal import Glibc

/// A folder for what is measured on disk, removed with everything in it at the end.
struct ScratchFolder: Sendable {
    let path: String

    /// Makes a new folder within one that is made when it is missing.
    init(in parent: String) throws {
        mkdir(parent, 0o755)
        var template = Array("\(parent)/bench-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw BenchmarkError("no folder can be made in '\(parent)': \(String(cString: strerror(errno)))")
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// A path in it that nothing has yet, for this name.
    func path(_ name: String) -> String {
        "\(path)/\(name)"
    }

    /// A folder in it.
    func folder(_ name: String) throws -> String {
        let path = path(name)
        guard mkdir(path, 0o700) == 0 else {
            throw BenchmarkError("'\(path)' cannot be made: \(String(cString: strerror(errno)))")
        }
        return path
    }

    /// Removes a path and all that is below it; links are not followed.
    func remove(_ path: String) {
        if let folder = opendir(path) {
            while let entry = readdir(folder) {
                let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                }
                guard name != ".", name != ".." else { continue }
                let isFolder = entry.pointee.d_type == UInt8(DT_DIR)
                if isFolder { remove("\(path)/\(name)") } else { unlink("\(path)/\(name)") }
            }
            closedir(folder)
        }
        rmdir(path)
    }

    /// Bytes of the files at and below a path, the room included that they have taken ahead.
    static func fileBytes(at path: String) -> Int {
        guard let folder = opendir(path) else {
            let file = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
            guard file >= 0 else { return 0 }
            defer { close(file) }
            return max(0, Int(lseek(file, 0, SEEK_END)))
        }
        defer { closedir(folder) }
        var bytes = 0
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { bytes += fileBytes(at: "\(path)/\(name)") }
        }
        return bytes
    }

    /// Removes the folder.
    func remove() {
        remove(path)
    }
}
