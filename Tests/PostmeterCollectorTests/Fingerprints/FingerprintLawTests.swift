import Testing

@testable import PostmeterCollector

/// Whatever checkpoints, crashes and restarts fall between: a log answers as a list of all its entries would.
@Suite struct FingerprintLawTests {
    /// Records of a journal: keys of a small number, so that many come again, at times that jump now and then.
    static func journal(_ random: inout SplitMix, count: Int) -> [(key: UInt64, acceptedAt: UInt64)] {
        var now: UInt64 = 1
        return (0..<count).map { _ in
            now += random.below(40) == 0 ? random.below(900) : random.below(8)
            return (FingerprintFixture.key(random.below(300)), now)
        }
    }

    @Test(arguments: 1...4) func `events are new when a list would call them new`(seed: Int) async throws {
        try await withTemporaryFolder { folder in
            var random = SplitMix(state: UInt64(seed))
            let journal = Self.journal(&random, count: 1_500)
            var fixture = FingerprintFixture(folder: folder)
            fixture.shape.limit = seed % 3 == 0 ? 96 : 256
            var reference = FingerprintReference(shape: fixture.shape)
            let expected = journal.map { record in
                let isNew = reference.word(of: record.key) == nil
                if isNew { reference.set(0, for: record.key, at: record.acceptedAt) }
                reference.expire(at: record.acceptedAt)
                return isNew
            }
            try Self.run(&fixture, journal, &random) { log, index in
                let isNew = log.insert(journal[index].key, at: journal[index].acceptedAt)
                #expect(isNew == expected[index], "record \(index)")
            } finally: { log in
                for number in 0..<300 as Range<UInt64> {
                    let key = FingerprintFixture.key(number)
                    #expect(log.word(of: key) == reference.word(of: key))
                }
            }
        }
    }

    @Test(arguments: 1...4) func `messages have the word that a list has last`(seed: Int) async throws {
        try await withTemporaryFolder { folder in
            var random = SplitMix(state: UInt64(seed) << 32)
            let journal = Self.journal(&random, count: 1_500)
            var fixture = FingerprintFixture(folder: folder, name: .messages)
            fixture.shape.limit = seed % 3 == 0 ? 96 : 512
            var reference = FingerprintReference(shape: fixture.shape)
            let expected = journal.enumerated().map { index, record in
                let word = reference.word(of: record.key)
                reference.set(UInt64(index), for: record.key, at: record.acceptedAt)
                reference.expire(at: record.acceptedAt)
                return word
            }
            try Self.run(&fixture, journal, &random) { log, index in
                let (key, acceptedAt) = journal[index]
                #expect(log.word(of: key) == expected[index], "record \(index)")
                log.set(UInt64(index), for: key, at: acceptedAt)
            } finally: { log in
                for number in 0..<300 as Range<UInt64> {
                    let key = FingerprintFixture.key(number)
                    #expect(log.word(of: key) == reference.word(of: key))
                }
            }
        }
    }

    /// Folds a journal with checkpoints and crashes at places of chance: before the files of a checkpoint, between
    /// its files and its transaction, between its transaction and what follows, and with a transaction that fails.
    static func run(
        _ fixture: inout FingerprintFixture, _ journal: [(key: UInt64, acceptedAt: UInt64)],
        _ random: inout SplitMix, fold: (inout FingerprintLog, Int) -> Void,
        finally: (inout FingerprintLog) -> Void
    ) throws {
        var log = fixture.start()
        var index = 0
        var saved = 0
        let rate = 4 + random.below(60)
        var crashes = 60
        while index < journal.count {
            fold(&log, index)
            log.expire(at: journal[index].acceptedAt)
            index += 1
            guard random.below(rate) == 0 else { continue }
            let step = crashes > 0 ? random.below(6) : 5
            switch step {
            case 0: break
            case 1: _ = try log.changes()
            case 2:
                fixture.save(try log.changes())
                saved = index
            case 3:
                // The transaction fails, the process lives on.
                _ = try log.changes()
                continue
            default:
                try fixture.checkpoint(&log)
                saved = index
                continue
            }
            crashes -= 1
            log = fixture.start()
            index = saved
        }
        finally(&log)
        #expect(log.statistics.lostFiles == 0)
        #expect(log.statistics.failedReads == 0)
    }
}

/// A generator whose numbers are the same in every run.
struct SplitMix {
    var state: UInt64

    mutating func below(_ limit: UInt64) -> UInt64 {
        state &+= 1
        return FingerprintFixture.key(state) % limit
    }
}
