internal import CPrimitives
internal import Glibc
internal import PostmeterJournal

/// The folder that files of fingerprints stand in.
struct FingerprintFolder: Sendable {
    let path: String
    /// The system calls; those that a journal makes.
    var fileSystem = JournalFileSystem.system

    init(path: String) {
        self.path = path
    }

    /// The path of a file in the folder.
    func path(_ name: String) -> String { "\(path)/\(name)" }

    /// Makes the folder when it is not there; its owner alone may look into it.
    func make() throws(FingerprintFileError) {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw FingerprintFileError(path: path, code: Int(errno))
        }
    }

    /// Puts the names of the files on disk, and the folder's own.
    func sync() throws(FingerprintFileError) {
        for path in [path, path + "/.."] {
            let result = fileSystem.syncDirectory(path)
            guard result >= 0 else { throw FingerprintFileError(path: path, code: Int(result)) }
        }
    }

    /// Removes a file; one that is not there, or cannot go, is left to the next start.
    func remove(_ path: String) {
        _ = fileSystem.unlink(path)
    }

    /// Keeps a file that is not what it must be aside, as `<name>.damaged`.
    func keepAside(_ path: String) {
        _ = fileSystem.rename(path, path + ".damaged")
    }

    /// Removes the files of a log that no checkpoint names: what a crash left, or a deletion that it cut short.
    func removeFiles(of log: FingerprintLog.Name, except names: Set<String>) {
        for name in JournalFileSystem.names(in: path) ?? [] {
            if name.hasPrefix("\(log.rawValue)-"), name.hasSuffix(".fp"), !names.contains(name) {
                remove(path(name))
            }
        }
    }

    /// Opens a file and reads all of it: it must be what the database says.
    ///
    /// - Parameter take: Called with each key, in rising order, as far as the file is good.
    func open(
        _ record: FingerprintFileRecord, of log: FingerprintLog.Name, take: (UInt64) -> Void
    ) throws(FingerprintFileError) -> FingerprintFile {
        let path = path(record.name(in: log))
        let width = log.width
        let file = fileSystem.open(path, O_RDONLY)
        guard file >= 0 else { throw FingerprintFileError(path: path, code: Int(file)) }
        var isTaken = false
        defer { if !isTaken { fileSystem.close(file) } }
        let body = Int(clamping: record.length) - FingerprintFileHeader.length
        let count = max(body, 0) / (8 * width)
        guard body == count * 8 * width, fileSystem.length(file) == Int(clamping: record.length) else {
            throw FingerprintFileError(path: path, problem: "it has another length than the checkpoint says")
        }
        let scan = FingerprintScan(file: file, path: path, count: count, width: width, fileSystem: fileSystem)
        let header = FingerprintFileHeader(width: width, count: count, record: record)
        let directory = try scan.run(header: header, take: take)
        isTaken = true
        return FingerprintFile(
            record: record, path: path, count: count, width: width, directory: directory, file: file,
            fileSystem: fileSystem)
    }
}
