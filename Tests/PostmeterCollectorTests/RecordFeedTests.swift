import Glibc
import PostmeterFleet
import PostmeterJournal
import PostmeterMail
import PostmeterWebhooks
import Synchronization
import Testing

@testable import PostmeterCollector

@Suite struct RecordFeedTests {
    private static let year2033: UInt64 = 2_000_000_000_000_000_000

    /// A journal of so many records, whose reads fail when `fails` says so of their number.
    private func journal(
        in folder: String, of count: Int, failing fails: @escaping @Sendable (Int) -> Bool = { _ in false },
        record: (Int) throws -> (JournalKind, [UInt8]) = { _ in (.tick, [0]) }
    ) throws -> Journal {
        var configuration = Journal.Configuration(directory: folder + "/journal")
        configuration.segmentBytes = 1 << 20
        configuration.byteLimit = 64 << 20
        var system = JournalFileSystem.system
        let counter = Counter()
        system.pread = { file, into, offset in
            fails(counter.next()) ? Int(-EIO) : JournalFileSystem.system.pread(file, into, offset)
        }
        let journal = try Journal.open(
            configuration, now: { Self.year2033 }, observer: .silent, warn: { _ in }, fileSystem: system)
        for number in 0..<count {
            let (kind, payload) = try record(number)
            while journal.statistics.pendingBytes > 4 << 20 {
                _ = journal.wait(beyond: .max, upTo: 1_000_000)
            }
            journal.append(kind: kind.rawValue, payload) { _ in }
        }
        _ = journal.wait(beyond: UInt64(count), upTo: 600_000_000_000)
        counter.isCounting.store(true, ordering: .releasing)
        return journal
    }

    /// Numbers the reads of a test, from when its journal is filled.
    private final class Counter: Sendable {
        let isCounting = Atomic<Bool>(false)
        private let count = Atomic<Int>(0)

        func next() -> Int {
            guard isCounting.load(ordering: .acquiring) else { return 0 }
            return count.add(1, ordering: .relaxed).newValue
        }
    }

    private func webhook(_ number: Int) -> (JournalKind, [UInt8]) {
        let route = Route(
            endpoint: "hooks", provider: "generic",
            account: AccountPath(organization: "acme", account: "support"))
        let head = Envelope(route: route.text, headers: [], span: nil).encodedHead()
        return (.envelope, head + Array(#"{"number":\#(number)}"#.utf8))
    }

    private func settings(named name: String) throws -> [UInt8] {
        var settings = FoldSettings()
        var options = WebhookOptions()
        options.name = name
        settings.endpoints["hooks"] = .init(
            provider: "generic", organization: "acme", account: "support", options: options)
        return try settings.encoded()
    }

    @Test(arguments: [3, 4_096, 4_098, 20_000])
    func `records come one by one in the order of the journal, however many wait`(count: Int) async throws {
        try await withTemporaryFolder { folder in
            let journal = try journal(in: folder, of: count)
            let feed = RecordFeed(journal, from: 0, FoldSettings())
            var next: UInt64 = 1
            while let record = try feed.next() {
                #expect(record.sequence == next)
                next = record.sequence + 1
                #expect(feed.nextSequence == next || feed.nextSequence == 0)
            }
            #expect(next == UInt64(count) + 1)
            #expect(feed.nextSequence == next)
            feed.close()
            journal.close()
        }
    }

    @Test func `what comes later is given later, and a feed may end in the middle`() async throws {
        try await withTemporaryFolder { folder in
            let journal = try journal(in: folder, of: 10_000)
            let feed = RecordFeed(journal, from: 9_999, FoldSettings())
            #expect(try feed.next()?.sequence == 9_999)
            #expect(try feed.next()?.sequence == 10_000)
            #expect(try feed.next() == nil)
            let other = RecordFeed(journal, from: 1, FoldSettings())
            #expect(try other.next()?.sequence == 1)
            other.close()
            journal.close()
        }
    }

    @Test func `each webhook is read by the settings that stand before it`() async throws {
        try await withTemporaryFolder { folder in
            let journal = try journal(
                in: folder, of: 12_000,
                record: { number in
                    switch number {
                    case 0: (.settings, try settings(named: "first"))
                    case 6_000: (.settings, try settings(named: "second"))
                    default: webhook(number)
                    }
                })
            let feed = RecordFeed(journal, from: 0, FoldSettings())
            var names: [String: Int] = [:]
            while let record = try feed.next() {
                guard case .webhook(let webhook) = record.content else { continue }
                #expect(webhook.letter?.envelope.isEmpty == false)
                names[webhook.source.mailProvider.rawValue, default: 0] += 1
                #expect((record.sequence < 6_001) == (webhook.source.mailProvider.rawValue == "first"))
            }
            #expect(names == ["first": 5_999, "second": 5_999])
            feed.close()
            journal.close()
        }
    }

    @Test func `a read that fails is told after the records before it, and goes on`() async throws {
        try await withTemporaryFolder { folder in
            // The second read and the fifth, each of a quarter of a mebibyte.
            let journal = try journal(in: folder, of: 30_000, failing: { $0 == 2 || $0 == 5 })
            let feed = RecordFeed(journal, from: 0, FoldSettings())
            var next: UInt64 = 1
            var failures: [UInt64] = []
            while next <= 30_000 {
                do {
                    let record = try #require(try feed.next())
                    #expect(record.sequence == next)
                    next += 1
                } catch is JournalReadError {
                    failures.append(next)
                }
            }
            #expect(failures.count == 2)
            #expect(failures.allSatisfy { $0 > 1 })
            feed.close()
            journal.close()
        }
    }
}
