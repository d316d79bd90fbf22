import Glibc
import PostmeterJournal

/// A directory of one test, removed with it.
final class TestDirectory: Sendable {
    let path: String

    init() {
        var template = Array("/tmp/journal-test-XXXXXX".utf8CString)
        _ = mkdtemp(&template)
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        clear()
        rmdir(path)
    }

    /// A directory that the code under test has made.
    init(_ path: String) {
        self.path = path
    }

    /// The names of the files in it, sorted.
    var names: [String] {
        guard let stream = opendir(path) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// The names of segments that have begun: their headers name a first sequence.
    var segments: [String] {
        names.filter { $0.hasSuffix(".seg") && read($0)[24..<32].contains { $0 != 0 } }
    }

    func clear() {
        for name in names { Glibc.remove("\(path)/\(name)") }
    }

    func remove(_ name: String) {
        unlink("\(path)/\(name)")
    }

    func read(_ name: String) -> [UInt8] {
        let file = open("\(path)/\(name)", O_RDONLY)
        defer { close(file) }
        let length = Int(lseek(file, 0, SEEK_END))
        return [UInt8](unsafeUninitializedCapacity: max(0, length)) { buffer, count in
            count = max(0, Glibc.pread(file, buffer.baseAddress, buffer.count, 0))
        }
    }

    /// Writes some of the sectors of held writes, each whole, as a disk may before a sync.
    func writeSectors(of held: [TestDisk.HeldWrite], using random: inout SplitMix) {
        for write in held {
            let name = write.path.split(separator: "/").last.map(String.init) ?? ""
            var bytes = read(name)
            var isKept = false
            // A file grows no longer than what of it has reached the disk.
            for (index, byte) in write.bytes.enumerated() {
                if index == 0 || (write.offset + index) % 512 == 0 { isKept = Bool.random(using: &random) }
                guard isKept else { continue }
                let place = write.offset + index
                if place >= bytes.count { bytes += [UInt8](repeating: 0, count: place + 1 - bytes.count) }
                bytes[place] = byte
            }
            self.write(name, bytes)
        }
    }

    func write(_ name: String, _ bytes: [UInt8]) {
        let file = open("\(path)/\(name)", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        defer { close(file) }
        _ = Glibc.write(file, bytes, bytes.count)
    }
}
