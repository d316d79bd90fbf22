internal import FoundationEssentials
internal import GRDB
internal import Glibc

/// Makes a data folder of a backup.
package struct Restore {
    /// What a restored folder holds.
    package struct Result: Sendable {
        package let manifest: BackupManifest
        package let journal: JournalInspector.Summary
        /// Whether the figures belong to a new instance.
        package let isNewInstance: Bool

        /// Some lines for a person.
        package var text: String {
            """
            restored: \(manifest.text)
            journal: \(journal.text)
            \(isNewInstance ? "the next start gives the figures a new service.instance.id" : "the figures keep their service.instance.id")
            """
        }
    }

    private let backup: String

    /// A restore of a backup.
    package init(from backup: String) {
        self.backup = backup
    }

    /// Restores into a folder that no process uses and nothing is in.
    ///
    /// - Parameters:
    ///   - data: The data folder; made when it is not there.
    ///   - keepsInstance: Whether the figures go on under the same `service.instance.id`. That is right for a move, where
    ///     the old collector ended before the backup was made; otherwise figures that had been shown would go back, which
    ///     readers take for a reset.
    /// - Throws: When something in the backup is not as it was written; the folder is empty again then.
    package func restore(to data: String, keepsInstance: Bool = false) throws(ConfigurationError) -> Result {
        let manifest = try BackupManifest.read(from: backup)
        let folder = try DataFolder(path: data)
        let lock = try FolderLock(data)
        defer { lock.release() }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: data)) ?? []
        guard names.allSatisfy({ $0 == FolderLock.name }) else {
            throw ConfigurationError(
                path: "data",
                problem: "'\(data)' is not empty; name another folder, or move what is in it away")
        }
        do throws(ConfigurationError) {
            return try fill(folder, manifest, keepsInstance: keepsInstance)
        } catch {
            for name in (try? FileManager.default.contentsOfDirectory(atPath: data)) ?? []
            where name != FolderLock.name && name != "RESTORING" {
                try? FileManager.default.removeItem(atPath: "\(data)/\(name)")
            }
            unlink(folder.restoring)
            throw error
        }
    }

    private func fill(
        _ folder: DataFolder, _ manifest: BackupManifest, keepsInstance: Bool
    ) throws(ConfigurationError) -> Result {
        try folder.beginFilling()
        for file in manifest.files {
            try Backup.makeFolders(of: file.path, in: folder.path)
            let copy = try FileCopy.copy("\(backup)/\(file.path)", to: "\(folder.path)/\(file.path)")
            guard copy.bytes == file.bytes, copy.checksum == file.checksum else {
                throw ConfigurationError(
                    path: "\(backup)/\(file.path)", problem: "is not what was written into the backup")
            }
        }
        try prepare(folder, manifest, keepsInstance: keepsInstance)
        let journal = try JournalInspector(data: folder.path).verify()
        for path in Set(
            manifest.files.map { $0.path.split(separator: "/").dropLast().joined(separator: "/") })
        {
            FileSync.folder("\(folder.path)/\(path)")
        }
        folder.endFilling()
        return Result(manifest: manifest, journal: journal, isNewInstance: !keepsInstance)
    }

    /// Checks the database as a start does, and brings it to this version.
    private func prepare(
        _ folder: DataFolder, _ manifest: BackupManifest, keepsInstance: Bool
    ) throws(ConfigurationError) {
        do {
            let store = try Store(path: folder.database)
            defer { try? store.close() }
            if !keepsInstance { try store.forgetInstance() }
        } catch let error as ConfigurationError {
            throw error
        } catch {
            throw ConfigurationError(path: "\(backup)/postmeter.db", problem: "cannot be used: \(error)")
        }
    }
}

extension Store {
    /// Lets the next start make a new `service.instance.id`.
    func forgetInstance() throws {
        try pool.write { db in try db.execute(sql: "DELETE FROM properties WHERE name = 'instance'") }
    }
}
