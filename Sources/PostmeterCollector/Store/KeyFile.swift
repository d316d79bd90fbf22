internal import CPrimitives
internal import FoundationEssentials
internal import Glibc

/// A secret in a file of the data folder, made once and readable by its owner alone.
struct KeyFile {
    /// Where it stands.
    let path: String

    /// The text of the file without its line end; made from `make` when the file is not there.
    ///
    /// A new file is complete and on disk before it has its name, so a crash leaves none or a whole one.
    func text(orMake make: () -> String) throws(ConfigurationError) -> String {
        if let text = try existing() { return text }
        let text = make()
        try FileSync.write(Array((text + "\n").utf8), to: path)
        return text
    }

    /// The text of the file without its line end; nil when it is not there.
    func existing() throws(ConfigurationError) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw FileCopy.failure(path, "cannot be read")
        }
        defer { close(descriptor) }
        var status = pm_file_status()
        guard pm_file_status_of(descriptor, &status), status.permissions & 0o077 == 0 else {
            throw ConfigurationError(
                path: path, problem: "can be read by others than its owner; run: chmod 600 \(path)")
        }
        var buffer = [UInt8](repeating: 0, count: 4_096)
        let length = Glibc.read(descriptor, &buffer, buffer.count)
        guard length > 0 else { throw ConfigurationError(path: path, problem: "is empty; remove it") }
        return String(decoding: buffer[..<length].prefix { $0 != 0x0a && $0 != 0x0d }, as: UTF8.self)
    }

    /// 32 random bytes in base64.
    static func random() -> String {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        return Data(bytes).base64EncodedString()
    }
}
