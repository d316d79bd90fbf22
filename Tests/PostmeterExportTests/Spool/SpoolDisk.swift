import Glibc
import PostmeterJournal
import Synchronization

/// A folder of one test, and a disk that refuses when told to; syncs do nothing, as no power is cut.
final class SpoolDisk: Sendable {
    let path: String
    private let isFailing = Mutex(false)
    private let unreadable = Mutex<Range<Int>?>(nil)

    init() {
        var template = Array("/tmp/spool-test-XXXXXX".utf8CString)
        _ = mkdtemp(&template)
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        Self.remove(path)
    }

    func fail(_ fails: Bool) {
        isFailing.withLock { $0 = fails }
    }

    /// Makes reads fail that touch these places of any file; nil: none.
    func failReads(_ places: Range<Int>?) {
        unreadable.withLock { $0 = places }
    }

    /// The paths of all files, below the folder.
    var files: [String] { Self.files(path).map { String($0.dropFirst(path.count + 1)) }.sorted() }

    /// The bytes of all segment files.
    var segmentBytes: Int {
        Self.files(path).filter { $0.hasSuffix(".seg") }.reduce(0) { sum, file in
            var status = stat()
            return stat(file, &status) == 0 ? sum + Int(status.st_size) : sum
        }
    }

    /// Removes a file.
    func remove(_ file: String) {
        unlink("\(path)/\(file)")
    }

    /// Cuts a file to nothing.
    func empty(_ file: String) {
        truncate("\(path)/\(file)", 0)
    }

    /// Changes a bit of a file.
    func flip(_ file: String, at offset: off_t) {
        let descriptor = open("\(path)/\(file)", O_RDWR)
        defer { close(descriptor) }
        var byte: UInt8 = 0
        pread(descriptor, &byte, 1, offset)
        byte ^= 1
        pwrite(descriptor, &byte, 1, offset)
    }

    /// Another folder with the same files, as a process that was killed leaves them.
    func copy() -> SpoolDisk {
        let other = SpoolDisk()
        for file in Self.files(path) {
            let target = other.path + file.dropFirst(path.count)
            Self.makeFolders(target)
            Self.copy(file, target)
        }
        return other
    }

    var fileSystem: JournalFileSystem {
        let real = JournalFileSystem.system
        var disk = real
        disk.open = { path, flags in
            self.refuses && flags & (O_WRONLY | O_RDWR) != 0 ? -EIO : real.open(path, flags)
        }
        disk.pwrite = { file, bytes, offset in self.refuses ? Int(-EIO) : real.pwrite(file, bytes, offset) }
        disk.pread = { file, into, offset in
            let places = self.unreadable.withLock { $0 }
            guard let places, places.overlaps(offset..<offset + into.count) else {
                return real.pread(file, into, offset)
            }
            // As a disk does: what is before the bad place comes, and the error is that of the next read.
            guard offset < places.lowerBound else { return Int(-EIO) }
            return real.pread(
                file, UnsafeMutableRawBufferPointer(rebasing: into[..<(places.lowerBound - offset)]), offset)
        }
        disk.fdatasync = { _ in self.refuses ? -EIO : 0 }
        disk.syncDirectory = { _ in 0 }
        disk.allocate = { _, _ in self.refuses ? -ENOSPC : 0 }
        return disk
    }

    private var refuses: Bool { isFailing.withLock { $0 } }

    private static func files(_ folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var found: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard name != ".", name != ".." else { continue }
            var status = stat()
            let path = "\(folder)/\(name)"
            guard stat(path, &status) == 0 else { continue }
            if status.st_mode & S_IFMT == S_IFDIR { found += files(path) } else { found.append(path) }
        }
        return found
    }

    private static func makeFolders(_ file: String) {
        var made = ""
        for part in file.split(separator: "/").dropLast() {
            made += "/\(part)"
            mkdir(made, 0o700)
        }
    }

    private static func copy(_ from: String, _ to: String) {
        let source = open(from, O_RDONLY)
        let target = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        defer {
            close(source)
            close(target)
        }
        var status = stat()
        fstat(source, &status)
        var offset: off_t = 0
        while offset < status.st_size, sendfile(target, source, &offset, Int(status.st_size)) > 0 {}
    }

    private static func remove(_ folder: String) {
        for file in files(folder) { unlink(file) }
        for part in ["/metrics", "/traces", "/logs"] {
            for target in ["/a", "/b", "/default"] { rmdir(folder + target + part) }
        }
        for target in ["/a", "/b", "/default"] { rmdir(folder + target) }
        rmdir(folder)
    }
}
