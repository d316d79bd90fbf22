internal import CPrimitives
internal import FoundationEssentials
internal import Glibc

/// The files of a data folder that belong into a backup besides the database.
struct FileTree {
    /// The data folder.
    let path: String

    /// What is no state: locks, what a backup or a restore makes, and what waits for receivers, which would be sent
    /// twice.
    private static let others: Set<String> = [
        FolderLock.name, BackupStaging.lockName, BackupStaging.name, "RESTORING", "spool",
    ]

    /// The paths of regular files below the folder, relative to it; those that go meanwhile are left out.
    func files() -> [String] {
        var found: [String] = []
        collect("", into: &found)
        return found.sorted()
    }

    private func collect(_ prefix: String, into found: inout [String]) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(path)/\(prefix)")) ?? []
        for name in names where isState(name, in: prefix) {
            var status = pm_file_status()
            guard pm_file_status_of_link("\(path)/\(prefix)\(name)", &status) else { continue }
            if status.is_regular {
                found.append(prefix + name)
            } else if status.is_folder {
                collect("\(prefix)\(name)/", into: &found)
            }
        }
    }

    private func isState(_ name: String, in prefix: String) -> Bool {
        if prefix.isEmpty {
            // The database is copied by SQLite, without those that were put aside; the others are drafts.
            let isDatabase = name.hasPrefix("postmeter.db") && name != "postmeter.db-fingerprints"
            return !Self.others.contains(name) && !isDatabase && !name.hasSuffix(".new")
        }
        return name != "LOCK" && !name.hasPrefix("damaged-") && !name.hasSuffix(".damaged")
            && !name.hasSuffix(".tmp") && !name.hasSuffix(".new")
    }
}
