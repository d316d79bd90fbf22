import PostmeterModel
import Testing

@testable import PostmeterCollector

@Suite struct AliasTableTests {
    private func identity(_ number: UInt64) -> AliasTable.Identity {
        .init(traceID: .init(high: number, low: number), rootID: .init(number), deliverID: .init(number))
    }

    @Test func `the newest names are known, the first meaning of a name holds`() {
        var table = AliasTable(limit: 2)
        table.set(identity(1), for: 11)
        table.set(identity(9), for: 11)
        #expect(table[11] == identity(1))
        table.set(identity(2), for: 12)
        table.set(identity(3), for: 13)
        #expect(table[11] == nil)
        #expect(table[12] == identity(2) && table[13] == identity(3))
        #expect(table.count == 2)
    }

    @Test func `a restored table knows what it knew, and forgets in the same order`() {
        var whole = AliasTable(limit: 8)
        var disk: [WaitingTable.Batch] = []
        for number in 1...100 as ClosedRange<UInt64> {
            whole.set(identity(number), for: number * 7)
            if number % 3 == 0, let batch = whole.takeBatch() {
                if batch.replacesAll { disk.removeAll() }
                disk.append(batch)
                whole.didSave(batch)
            }
        }
        if let batch = whole.takeBatch() { disk.append(batch) }
        var restored = AliasTable(limit: 8)
        for batch in disk { restored.restore(batch) }
        for number in 1...130 as ClosedRange<UInt64> {
            #expect(restored[number * 7] == whole[number * 7])
        }
        whole.set(identity(500), for: 3_500)
        restored.set(identity(500), for: 3_500)
        for number in 90...100 as ClosedRange<UInt64> {
            #expect(restored[number * 7] == whole[number * 7])
        }
        #expect(disk.map(\.words.count).reduce(0, +) < 100 * 5)
    }
}
