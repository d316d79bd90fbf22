import PostmeterJournal
import Testing

@Suite struct WaitingTests {
    private static let long: UInt64 = 600_000_000_000

    @Test func `a reader that waits is woken by the next record`() async throws {
        let directory = TestDirectory()
        let journal = try Journal.small(directory)
        async let woken = onOwnThread { journal.wait(beyond: 1, upTo: Self.long) }
        _ = try await journal.append([1]).get()
        #expect(await woken)
        #expect(journal.wait(beyond: 1, upTo: 0))
        #expect(!journal.wait(beyond: 2, upTo: 0))
        journal.close()
    }

    @Test func `an interruption ends the wait, even one that came before it`() async throws {
        let directory = TestDirectory()
        let journal = try Journal.small(directory)
        journal.interrupt()
        #expect(!journal.wait(beyond: 1, upTo: Self.long))
        async let isWoken = onOwnThread { journal.wait(beyond: 1, upTo: Self.long) }
        journal.interrupt()
        #expect(await !isWoken)
        journal.close()
    }

    @Test func `close ends the wait`() async throws {
        let directory = TestDirectory()
        let journal = try Journal.small(directory)
        async let isWoken = onOwnThread { journal.wait(beyond: 1, upTo: Self.long) }
        journal.close()
        #expect(await !isWoken)
    }

    @Test func `a reader follows a writer to the last record`() async throws {
        let directory = TestDirectory()
        let journal = try Journal.small(directory)
        async let followed = onOwnThread {
            let reader = journal.makeReader(from: 1)
            var payloads: [[UInt8]] = []
            while payloads.count < 2_000, journal.state != .closed {
                if let record = try? reader.next() {
                    payloads.append(Array(record.payload))
                } else {
                    _ = journal.wait(beyond: reader.nextSequence, upTo: Self.long)
                }
            }
            return payloads
        }
        for number in 0..<2_000 {
            if number % 20 == 19 {
                _ = try await journal.append(payload(number)).get()
            } else {
                journal.append(kind: 1, payload(number), onDurable: { _ in })
            }
        }
        #expect(await followed == (0..<2_000).map { payload($0) })
        journal.close()
    }
}
