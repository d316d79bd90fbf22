import Testing

@testable import PostmeterCollector

@Suite struct WaitingTableTests {
    private func table(limit: Int = 100) -> WaitingTable {
        WaitingTable(name: .conversations, limit: limit)
    }

    @Test func `what waits leaves in the order it came, when it has waited too long`() {
        var table = table()
        table.set(10, for: 1, since: 100)
        table.set(20, for: 2, since: 200)
        table.set(30, for: 3, since: 300)
        let removed = table.remove(2)
        #expect(removed == 20)
        let first = table.popExpired(before: 250)
        #expect(first == .init(key: 1, word: 10, since: 100))
        let second = table.popExpired(before: 250)
        #expect(second == nil)
        let third = table.popExpired(before: 301)
        #expect(third == .init(key: 3, word: 30, since: 300))
        #expect(table.count == 0)
    }

    @Test func `a changed word waits on since when it did`() {
        var table = table()
        table.set(1, for: 7, since: 100)
        table.set(2, for: 7, since: 900)
        let oldest = table.oldest()
        #expect(oldest == 100)
        let popped = table.popExpired(before: 101)
        #expect(popped == .init(key: 7, word: 2, since: 100))
    }

    @Test func `a key that left and came again waits anew`() {
        var table = table()
        table.set(1, for: 7, since: 100)
        _ = table.remove(7)
        table.set(2, for: 7, since: 500)
        let early = table.popExpired(before: 400)
        #expect(early == nil)
        let oldest = table.oldest()
        #expect(oldest == 500)
    }

    @Test func `past the limit the oldest makes room and is counted`() {
        var table = table(limit: 2)
        for key in 1...3 { table.set(UInt64(key), for: UInt64(key), since: UInt64(key * 100)) }
        let popped = table.popExpired(before: 0)
        #expect(popped?.key == 1)
        let rest = table.popExpired(before: 0)
        #expect(rest == nil)
        #expect(table.evicted == 1 && table.count == 2)
    }

    /// Random sets, removals and expiries, with a checkpoint and a restart now and then.
    @Test(arguments: [1, 2, 3] as [UInt64])
    func `a table that is saved and restored anywhere goes on as one that was not`(seed: UInt64) {
        var random = seed
        func next(_ bound: UInt64) -> UInt64 {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (random >> 33) % bound
        }
        var whole = table(limit: 50)
        var restarted = table(limit: 50)
        var disk: [WaitingTable.Batch] = []
        for time in 1...5_000 as ClosedRange<UInt64> {
            let key = next(80) + 1
            switch next(10) {
            case 0..<5:
                whole.set(time, for: key, since: time)
                restarted.set(time, for: key, since: time)
            case 5..<7:
                let left = whole.remove(key)
                let right = restarted.remove(key)
                #expect(left == right)
            case 7..<9:
                let before = time > 60 ? time - 60 : 0
                let left = whole.popExpired(before: before)
                let right = restarted.popExpired(before: before)
                #expect(left == right)
            default:
                if let batch = restarted.takeBatch() {
                    if batch.replacesAll { disk.removeAll() }
                    disk.append(batch)
                    restarted.didSave(batch)
                }
                if next(2) == 0 {
                    var fresh = table(limit: 50)
                    for batch in disk { fresh.restore(batch) }
                    restarted = fresh
                }
            }
        }
        #expect(whole.count == restarted.count)
        let left = whole.oldest()
        let right = restarted.oldest()
        #expect(left == right)
    }

    @Test func `a table whose disk holds mostly what left is written anew`() {
        var table = table(limit: 1_000)
        var batches: [WaitingTable.Batch] = []
        for round in 0..<30 as Range<UInt64> {
            for key in 1...2_000 as ClosedRange<UInt64> {
                table.set(round, for: key, since: round * 10_000 + key)
                _ = table.remove(key)
            }
            table.set(round, for: 5_000 + round, since: round)
            if let batch = table.takeBatch() {
                batches.append(batch)
                table.didSave(batch)
            }
        }
        #expect(batches.contains { $0.replacesAll && $0.words.count <= 30 * 3 })
    }
}
