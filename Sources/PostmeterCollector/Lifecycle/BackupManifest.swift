internal import FoundationEssentials
internal import Glibc

/// What a backup holds, as it stands in its `backup.json`.
///
/// It is written last, so a folder without it is no backup.
package struct BackupManifest: Codable, Sendable, Equatable {
    /// The name of the file.
    static let name = "backup.json"
    /// The form of the backup.
    static let presentVersion = 1

    /// One file.
    struct File: Codable, Sendable, Equatable {
        var path: String
        var bytes: Int
        /// CRC-32C.
        var checksum: UInt32
    }

    var version = BackupManifest.presentVersion
    /// The version of the program that made it.
    var program: String
    /// When it was begun, as `20261129T232627Z`.
    var made: String
    /// The first record that is not in the database's figures.
    var position: UInt64
    /// The oldest record of the journal, and the number after the newest.
    var journalFirst: UInt64
    var journalEnd: UInt64
    /// Records from `position` on that cannot be read.
    var damaged: UInt64
    var files: [File]

    /// One sentence.
    package var text: String {
        let bytes = files.reduce(0) { $0 + $1.bytes }
        let broken = damaged == 0 ? "" : "; \(damaged) of them cannot be read"
        return
            "\(files.count) files, \(bytes) bytes, made \(made) by postmeter \(program): figures of the records before "
            + "\(position), and \(journalEnd - min(position, journalEnd)) records to fold (journal \(journalFirst) to "
            + "\(journalEnd == 0 ? 0 : journalEnd - 1))\(broken)"
    }

    /// Writes it into a folder, whole or not at all.
    func write(to folder: String) throws(ConfigurationError) {
        let path = "\(folder)/\(Self.name)"
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        let bytes: [UInt8]
        do {
            bytes = try [UInt8](encoder.encode(self))
        } catch {
            throw ConfigurationError(path: path, problem: "cannot be written: \(error)")
        }
        try FileSync.write(bytes, to: path)
        FileSync.folder(folder)
    }

    /// Reads it from a folder.
    static func read(from folder: String) throws(ConfigurationError) -> BackupManifest {
        struct Version: Decodable { var version: Int }
        let path = "\(folder)/\(name)"
        guard access(path, F_OK) == 0 else {
            throw ConfigurationError(
                path: folder, problem: "is no whole backup: there is no \(name) in it, which is written last")
        }
        do {
            let data = try Data(contentsOf: URL(filePath: path))
            let found = try JSONDecoder().decode(Version.self, from: data).version
            guard found <= presentVersion else {
                throw ConfigurationError(
                    path: path,
                    problem: "is of version \(found), which this program does not read; use a newer one")
            }
            let manifest = try JSONDecoder().decode(BackupManifest.self, from: data)
            try manifest.checkPaths(path)
            return manifest
        } catch let error as ConfigurationError {
            throw error
        } catch {
            throw ConfigurationError(path: path, problem: "cannot be read: \(error)")
        }
    }

    /// Refuses names that lead out of the folder.
    private func checkPaths(_ path: String) throws(ConfigurationError) {
        for file in files {
            let parts = file.path.split(separator: "/", omittingEmptySubsequences: false)
            guard !parts.isEmpty, parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }) else {
                throw ConfigurationError(
                    path: path, problem: "names the file '\(file.path)', which is no plain name")
            }
        }
    }
}
