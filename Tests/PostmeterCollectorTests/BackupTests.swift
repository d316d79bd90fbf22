import FoundationEssentials
import Glibc
import PostmeterJournal
import Testing

@testable import PostmeterCollector

@Suite struct BackupTests {
    /// A data folder in use: a record is folded and another is not.
    func fill(_ data: String) async throws -> FoldFixture {
        try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
        let fixture = try FoldFixture(folder: data)
        try await fixture.journalFleet()
        try await fixture.journal(id: "1", ResendBody.outbound("sent", message: "m1"))
        try fixture.foldAll()
        try fixture.checkpoint()
        _ = try CollectorIdentity(store: fixture.store, now: 5)
        try await fixture.journal(id: "2", ResendBody.outbound("sent", message: "m2"))
        try Data("key\n".utf8).write(to: URL(filePath: data + "/trace.key"))
        try FileManager.default.createDirectory(
            atPath: data + "/postmeter.db-fingerprints", withIntermediateDirectories: true)
        try Data("sealed".utf8).write(to: URL(filePath: data + "/postmeter.db-fingerprints/seen-1.fp"))
        try Data("bad".utf8).write(to: URL(filePath: data + "/postmeter.db-fingerprints/seen-2.fp.damaged"))
        try FileManager.default.createDirectory(
            atPath: data + "/spool/main", withIntermediateDirectories: true)
        try Data("waits".utf8).write(to: URL(filePath: data + "/spool/main/x"))
        return fixture
    }

    func instance(_ data: String) throws -> String {
        let store = try Store(path: data + "/postmeter.db")
        defer { try? store.close() }
        return try CollectorIdentity(store: store, now: 6).instance
    }

    @Test func `a backup made in full run is restored to the same figures`() async throws {
        try await withTemporaryFolder { folder in
            let (data, backup) = (folder + "/data", folder + "/backup")
            let fixture = try await fill(data)
            let manifest = try Backup(data: data).write(to: backup, version: "1")
            #expect(manifest.position == 3)
            #expect(manifest.journalFirst == 1)
            #expect(manifest.journalEnd == 4)
            #expect(manifest.damaged == 0)
            #expect(
                manifest.files.map(\.path) == [
                    "postmeter.db", "journal/journal-00000000000000000001.seg",
                    "postmeter.db-fingerprints/seen-1.fp", "trace.key",
                ])
            // What comes later is not in it, whether or not the files had second names.
            try await fixture.journal(id: "3", ResendBody.outbound("sent", message: "m3"))
            #expect(access(data + "/backup.staging", F_OK) != 0)

            let restored = try Restore(from: backup).restore(to: folder + "/new")
            #expect(restored.manifest == manifest)
            #expect(restored.journal.webhooks == 2)
            #expect(restored.journal.isWhole)
            let other = try FoldFixture(folder: folder + "/new")
            #expect(other.events == ["triage sent 1"])
            try other.foldAll()
            #expect(other.events == ["triage sent 2"])
            try await other.journal(id: "4", ResendBody.outbound("sent", message: "m4"))
            #expect(other.journal.durableEnd == 5)
            var status = stat()
            #expect(stat(folder + "/new/trace.key", &status) == 0)
            #expect(status.st_mode & 0o777 == 0o600)
        }
    }

    @Test func `figures get a new instance, unless they are moved`() async throws {
        try await withTemporaryFolder { folder in
            let (data, backup) = (folder + "/data", folder + "/backup")
            let before: String
            do {
                _ = try await fill(data)
                _ = try Backup(data: data).write(to: backup, version: "1")
            }
            before = try instance(data)
            _ = try Restore(from: backup).restore(to: folder + "/copy")
            #expect(try instance(folder + "/copy") != before)
            _ = try Restore(from: backup).restore(to: folder + "/move", keepsInstance: true)
            #expect(try instance(folder + "/move") == before)
        }
    }

    @Test func `a place that is taken is refused`() async throws {
        try await withTemporaryFolder { folder in
            let data = folder + "/data"
            _ = try await fill(data)
            #expect(throws: ConfigurationError.self) { try Backup(data: folder + "/nothing") }
            let backup = try Backup(data: data)
            var error = #expect(throws: ConfigurationError.self) { try backup.write(to: data, version: "1") }
            #expect(error?.problem == "is there and not an empty folder; name a new one")
            error = #expect(throws: ConfigurationError.self) {
                try backup.write(to: data + "/inside", version: "1")
            }
            #expect(error?.problem == "is inside the data folder; name another place")
            #expect(access(data + "/inside", F_OK) != 0)
            _ = try backup.write(to: folder + "/backup", version: "1")
            let restore = Restore(from: folder + "/backup")
            error = #expect(throws: ConfigurationError.self) { try restore.restore(to: data) }
            #expect(
                error?.problem == "'\(data)' is not empty; name another folder, or move what is in it away")
            let lock = try FolderLock(data)
            error = #expect(throws: ConfigurationError.self) { try restore.restore(to: data) }
            #expect(
                error?.problem
                    == "'\(data)' is in use by another process; stop that collector, or name another folder")
            lock.release()
        }
    }

    enum Damage: CaseIterable {
        case changed, cut, missing, manifest, later, path
    }

    @Test(arguments: Damage.allCases)
    func `a backup that is not as it was made is refused, and nothing of it is left`(
        damage: Damage
    ) async throws {
        try await withTemporaryFolder { folder in
            let (data, backup, target) = (folder + "/data", folder + "/backup", folder + "/new")
            _ = try await fill(data)
            _ = try Backup(data: data).write(to: backup, version: "1")
            let segment = backup + "/journal/journal-00000000000000000001.seg"
            let list = backup + "/backup.json"
            var bytes = try Data(contentsOf: URL(filePath: segment))
            var text = try String(contentsOfFile: list, encoding: .utf8)
            let problem: String
            switch damage {
            case .changed:
                bytes[1_100] ^= 1
                problem = "is not what was written into the backup"
            case .cut:
                bytes = bytes.prefix(10_000)
                problem = "is not what was written into the backup"
            case .missing:
                unlink(segment)
                problem = "cannot be read: No such file or directory"
            case .manifest:
                problem = "is no whole backup: there is no backup.json in it, which is written last"
            case .later:
                text.replace(#""version" : 1"#, with: #""version" : 2"#)
                problem = "is of version 2, which this program does not read; use a newer one"
            case .path:
                text.replace("trace.key", with: "..\\/trace.key")
                problem = "names the file '../trace.key', which is no plain name"
            }
            if damage != .missing { try bytes.write(to: URL(filePath: segment)) }
            try Data(text.utf8).write(to: URL(filePath: list))
            if damage == .manifest { unlink(list) }
            let error = #expect(throws: ConfigurationError.self) {
                try Restore(from: backup).restore(to: target)
            }
            #expect(error?.problem == problem)
            let left = (try? FileManager.default.contentsOfDirectory(atPath: target)) ?? []
            #expect(left.allSatisfy { $0 == "LOCK" })
        }
    }

    @Test func `a restore that was cut off keeps the collector from starting`() async throws {
        try await withTemporaryFolder { folder in
            let data = try DataFolder(path: folder)
            try data.refuseUnfinished()
            try Data().write(to: URL(filePath: data.restoring))
            let error = #expect(throws: ConfigurationError.self) { try data.refuseUnfinished() }
            #expect(
                error?.problem
                    == "a restore or replay into '\(folder)' was cut off; remove what is in it and begin again"
            )
        }
    }

    @Test func `two backups at a time are refused, and what one has left is removed`() async throws {
        try await withTemporaryFolder { folder in
            let data = folder + "/data"
            _ = try await fill(data)
            let staging = try BackupStaging(data)
            try staging.take()
            let error = #expect(throws: ConfigurationError.self) {
                try Backup(data: data).write(to: folder + "/backup", version: "1")
            }
            #expect(error?.problem == "'\(data)' is being backed up by another process; wait for it")
            BackupStaging.removeLeftovers(in: data)
            #expect(access(staging.path, F_OK) == 0)
            staging.remove()
            mkdir(staging.path, 0o700)
            BackupStaging.removeLeftovers(in: data)
            #expect(access(staging.path, F_OK) != 0)
        }
    }
}
