import Glibc

extension JournalFileSystem {
    /// The names in a directory, `.` and `..` among them, in any order; nil, with `errno` set, when it cannot be
    /// opened.
    package static func names(in path: String) -> [String]? {
        guard let stream = opendir(path) else { return nil }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            names.append(
                withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                    tuple.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) {
                        String(cString: $0)
                    }
                }
            )
        }
        return names
    }
}
