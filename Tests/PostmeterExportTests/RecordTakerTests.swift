import PostmeterModel
import Synchronization
import Testing

@testable import PostmeterExport

@Suite struct RecordTakerTests {
    /// A source of so many records, each of so many bytes.
    private func source(_ scope: String, _ count: Int, bytes: Int = 1) -> RecordSource {
        let left = Mutex(count)
        return RecordSource(
            drain: { limit, batches in
                let drained = left.withLock { left in
                    let drained = min(limit, left)
                    left -= drained
                    return drained
                }
                var records = EncodedRecords()
                for _ in 0..<drained { records.append { $0 += [UInt8](repeating: 0, count: bytes) } }
                batches.append((InstrumentationScope(name: scope), records))
                return drained
            },
            onPressure: { _ in }
        )
    }

    private func taken(_ taker: inout RecordTaker) -> [String: Int]? {
        taker.take().map { batches, count in
            let counts = batches.map { ($0.scope.name, $0.records.count) }.filter { $0.1 > 0 }
            #expect(counts.reduce(0) { $0 + $1.1 } == count)
            return Dictionary(counts, uniquingKeysWith: +)
        }
    }

    @Test func `a batch holds records of all sources up to its limit`() {
        var taker = RecordTaker([source("a", 70), source("b", 50)], batchLimit: 100, batchBytesLimit: 1_000)
        #expect(taken(&taker) == ["a": 70, "b": 30])
        #expect(taken(&taker) == ["b": 20])
        #expect(taken(&taker) == nil)
    }

    @Test func `a busy source does not keep the others waiting`() {
        var taker = RecordTaker(
            [source("a", 1_000), source("b", 1_000), source("c", 1_000)],
            batchLimit: 100,
            batchBytesLimit: 1_000
        )
        #expect((0..<4).map { _ in taken(&taker) } == [["a": 100], ["b": 100], ["c": 100], ["a": 100]])
    }

    @Test func `a batch of large records ends at its limit of bytes`() {
        var taker = RecordTaker([source("a", 300, bytes: 100)], batchLimit: 1_000, batchBytesLimit: 20_000)
        #expect(taken(&taker) == ["a": 200])
        #expect(taken(&taker) == ["a": 100])
        var ofHuge = RecordTaker([source("a", 3, bytes: 5_000)], batchLimit: 1_000, batchBytesLimit: 4_000)
        #expect(taken(&ofHuge) == ["a": 1])
        #expect(taken(&ofHuge) == ["a": 1])
    }

    @Test func `a batch of very many parts ends before its other limits`() {
        let left = Mutex(1_000)
        let scattered = RecordSource(
            drain: { limit, batches in
                let drained = left.withLock { left in
                    let drained = min(limit, left)
                    left -= drained
                    return drained
                }
                for index in 0..<drained {
                    var records = EncodedRecords()
                    records.append { $0 += [0] }
                    batches.append((InstrumentationScope(name: "\(index)"), records))
                }
                return drained
            },
            onPressure: { _ in }
        )
        var taker = RecordTaker([scattered], batchLimit: 10_000, batchBytesLimit: 10_000)
        let counts = (0..<3).map { _ in taker.take()?.count }
        #expect(counts == [512, 488, nil])
    }

    @Test func `limits of nothing let records through one by one`() {
        var taker = RecordTaker([source("a", 2)], batchLimit: 0, batchBytesLimit: 0)
        #expect(taken(&taker) == ["a": 1])
        #expect(taken(&taker) == ["a": 1])
        #expect(taken(&taker) == nil)
        var ofNobody = RecordTaker([], batchLimit: 1, batchBytesLimit: 1)
        #expect(taken(&ofNobody) == nil)
    }
}
