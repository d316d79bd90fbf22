import FoundationEssentials
import GRDB
import Glibc
import PostmeterFleet
import PostmeterJournal
import PostmeterModel
import Testing

@testable import PostmeterCollector

/// Databases in every state that a disk may leave them in.
@Suite struct StoreOpeningTests {
    static let now: UInt64 = 1_796_000_000_000_000_000

    static let fleet = FleetTree(organizations: [
        .init(id: "acme", accounts: [.init(id: "support", autoprovision: true)])
    ])

    /// A data folder with three events folded, of two agents, and one more journaled.
    func fill(_ folder: String) async throws {
        let fixture = try FoldFixture(folder: folder)
        try await fixture.journalFleet()
        for number in 1...3 {
            let from = number == 3 ? "Sales <sales@acme.example>" : "Triage <triage@acme.example>"
            try await fixture.journal(
                id: "\(number)", ResendBody.outbound("sent", message: "m\(number)", from: from))
        }
        try fixture.foldAll()
        try fixture.checkpoint()
        try await fixture.journal(id: "4", ResendBody.outbound("sent", message: "m4"))
    }

    func bytes(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: path)))
    }

    func write(_ bytes: [UInt8], to path: String) throws {
        try Data(bytes).write(to: URL(filePath: path))
    }

    /// The names of files that were put aside, without their times.
    func kept(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.contains(".damaged-") }
            .map { $0.replacing(DamagedFiles.text(Self.now), with: "T") }.sorted()
    }

    func open(_ folder: String) throws -> StoreOpening {
        try StoreOpening(DataFolder(path: folder), now: Self.now) { $0.fleet = try Self.fleet.encoded() }
    }

    /// What the figures are when the journal is folded on from what is in the folder.
    func events(_ folder: String) throws -> [String] {
        let fixture = try FoldFixture(folder: folder)
        try fixture.foldAll()
        return fixture.events
    }

    @Test func `a sound database is opened as it is`() async throws {
        try await withTemporaryFolder { folder in
            try await fill(folder)
            let opening = try open(folder)
            #expect(opening.findings == [])
            #expect(opening.damaged == [:])
            #expect(opening.lostRecords == 0)
            try opening.store.close()
            #expect(try kept(folder) == [])
            #expect(try events(folder) == ["sales sent 1", "triage sent 3"])
        }
    }

    enum Damage: CaseIterable {
        case text, cut, page, schema, fleet
    }

    @Test(arguments: Damage.allCases)
    func `a damaged database is put aside, and the journal is folded into a new one`(
        damage: Damage
    ) async throws {
        try await withTemporaryFolder { folder in
            try await fill(folder)
            let path = folder + "/postmeter.db"
            let identity = try withStore(path) { try CollectorIdentity(store: $0, now: 5) }
            var damaged = try bytes(path)
            #expect(damaged.count > 16_384)
            switch damage {
            case .text: damaged = Array("this is no database, whatever its name says".utf8)
            case .cut: damaged = Array(damaged[..<9_000])
            case .page: for index in 8_192..<12_288 { damaged[index] = 0xA5 }
            case .schema: for index in 100..<4_096 { damaged[index] = 0 }
            case .fleet:
                try withStore(path) { store in
                    try store.pool.write { try $0.execute(sql: "UPDATE fleet SET tree = x'7b'") }
                }
                damaged = try bytes(path)
            }
            try write(damaged, to: path)

            let opening = try open(folder)
            #expect(opening.damaged == ["database": 1])
            #expect(opening.lostRecords == 0)
            #expect(opening.findings.count == 2)
            #expect(opening.findings.first?.contains("postmeter.db.damaged-20261130") == true)
            let after = try CollectorIdentity(store: opening.store, now: 6)
            #expect(after.instance != identity.instance)
            #expect(after.startTime.nanoseconds == 6)
            try opening.store.close()
            #expect(try kept(folder).first == "postmeter.db.damaged-T")
            #expect(try bytes(folder + "/postmeter.db.damaged-" + DamagedFiles.text(Self.now)) == damaged)
            #expect(try events(folder) == ["sales sent 1", "triage sent 3"])
        }
    }

    func withStore<T>(_ path: String, _ body: (Store) throws -> T) throws -> T {
        let store = try Store(path: path)
        defer { try? store.close() }
        return try body(store)
    }

    @Test func `a log that is none is put aside, and the state before it is gone on from`() async throws {
        try await withTemporaryFolder { folder in
            try await fill(folder)
            let wal = [UInt8](repeating: 0xA5, count: 8_192)
            try write(wal, to: folder + "/postmeter.db-wal")
            let opening = try open(folder)
            #expect(opening.damaged == ["wal": 1])
            try opening.store.close()
            let kept = try kept(folder)
            #expect(kept.last == "postmeter.db.damaged-T-wal")
            #expect(try events(folder) == ["sales sent 1", "triage sent 3"])
        }
    }

    @Test func `the header of SQLite's own log is known as one`() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/postmeter.db"
            let store = try Store(path: path)
            let header = Array(try bytes(path + "-wal").prefix(32))
            #expect(header.count == 32)
            #expect(!WriteAheadLog(database: path).isDamaged)
            #expect(WriteAheadLog.isHeader(header))
            for index in 0..<32 {
                var changed = header
                changed[index] ^= 1
                #expect(!WriteAheadLog.isHeader(changed), "byte \(index)")
            }
            try store.close()
        }
    }

    @Test(arguments: [false, true])
    func `a database that is gone or empty counts as damaged when there is a journal`(
        isEmpty: Bool
    ) async throws {
        try await withTemporaryFolder { folder in
            try await fill(folder)
            if isEmpty {
                try write([], to: folder + "/postmeter.db")
            } else {
                #expect(unlink(folder + "/postmeter.db") == 0)
            }
            let opening = try open(folder)
            #expect(opening.damaged == ["database": 1])
            try opening.store.close()
            #expect(try events(folder) == ["sales sent 1", "triage sent 3"])
        }
    }

    @Test func `the first start finds nothing damaged`() async throws {
        try await withTemporaryFolder { folder in
            let opening = try open(folder)
            #expect(opening.findings == [])
            #expect(opening.damaged == [:])
        }
    }

    /// Journals five large webhooks more, records 6 to 10, which the first segment does not all hold: the first record
    /// of the second one.
    func fillSecondSegment(_ folder: String) async throws -> UInt64 {
        let fixture = try FoldFixture(folder: folder)
        let spaces = String(repeating: " ", count: 900_000)
        for number in 10...14 {
            let body = ResendBody.outbound("sent", message: "m\(number)").dropLast() + spaces + "}"
            try await fixture.journal(id: "\(number)", String(body))
        }
        return try #require(fixture.journal.oldestSegment?.endSequence)
    }

    @Test func `where the journal begins later, the fleet of the configuration owns what is folded again`()
        async throws
    {
        try await withTemporaryFolder { folder in
            try await fill(folder)
            let first = try await fillSecondSegment(folder)
            // The journal's first records are gone: a later segment is all that there is.
            #expect(unlink(folder + "/journal/journal-00000000000000000001.seg") == 0)
            try write([1, 2, 3], to: folder + "/postmeter.db")
            // SQLite would have all of a small database back from its log.
            for file in ["-wal", "-shm"] { unlink(folder + "/postmeter.db" + file) }
            let view = try JournalView(directory: folder + "/journal")
            #expect(view.firstSequence == first && view.endSequence == 11)
            let opening = try open(folder)
            #expect(opening.lostRecords == first - 1)
            try opening.store.close()
            #expect(try events(folder) == ["triage sent \(11 - first)"])
        }
    }

    @Test func `a database of a newer version is refused and left alone`() async throws {
        try await withTemporaryFolder { folder in
            try await fill(folder)
            let path = folder + "/postmeter.db"
            try withStore(path) { store in
                try store.pool.write { db in
                    try db.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES ('store-99')")
                }
            }
            let before = try bytes(path)
            let error = #expect(throws: ConfigurationError.self) { try open(folder) }
            #expect(
                error?.description
                    == "\(path): was written by a newer version of postmeter (store-99); run that "
                    + "version, or restore a backup made before it")
            #expect(try bytes(path) == before)
            #expect(try kept(folder) == [])
        }
    }

    @Test func `eight damaged databases are kept, and one a second at that`() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/postmeter.db"
            for number in 0..<10 {
                try write([UInt8(number)], to: path)
                _ = try DamagedFiles(database: path).putAside(
                    ["", "-wal"], now: Self.now + UInt64(number / 2) * 1_000_000_000)
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 8)
        }
    }
}
