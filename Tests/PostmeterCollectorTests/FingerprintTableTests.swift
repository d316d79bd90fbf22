import Testing

@testable import PostmeterCollector

@Suite struct FingerprintTableTests {
    /// Keys whose low bits collide in runs, so that probing and closing gaps are exercised.
    func keys(_ count: Int) -> [UInt64] {
        (0..<UInt64(count)).map { $0 % 7 + ($0 / 7) << 40 + 1 }
    }

    @Test func `it holds what a dictionary holds, through removals`() {
        var table = FingerprintTable()
        var model: [UInt64: UInt64] = [:]
        for (index, key) in keys(5_000).enumerated() {
            let isNew1 = table.set(UInt64(index), for: key) == (model[key] == nil)
            #expect(isNew1)
            model[key] = UInt64(index)
            if index % 3 == 0 {
                let gone = keys(5_000)[index / 2]
                table.remove(gone)
                model[gone] = nil
            }
        }
        #expect(table.count == model.count)
        for key in keys(5_000) { #expect(table[key] == model[key]) }
    }

    @Test func `a second value replaces the first`() {
        var table = FingerprintTable()
        let isNew2 = table.set(1, for: 42)
        #expect(isNew2)
        let isNew3 = table.set(2, for: 42)
        #expect(!isNew3)
        #expect(table[42] == 2)
        table.remove(42)
        #expect(table[42] == nil)
        #expect(table.count == 0)
    }

    @Test func `zero is a key like any other`() {
        var table = FingerprintTable()
        #expect(table[0] == nil)
        let isNew4 = table.set(9, for: 0)
        #expect(isNew4)
        let isNew5 = table.set(9, for: 0)
        #expect(!isNew5)
        #expect(table[0] == 9)
    }

    @Test func `a table without words holds the same keys`() {
        var table = FingerprintTable(hasWords: false)
        var model: Set<UInt64> = []
        for (index, key) in keys(5_000).enumerated() {
            let isNew = table.set(0, for: key)
            #expect(isNew == model.insert(key).inserted)
            if index % 3 == 0 {
                let gone = keys(5_000)[index / 2]
                table.remove(gone)
                model.remove(gone)
            }
        }
        #expect(table.count == model.count)
        for key in keys(5_000) { #expect(table[key] == (model.contains(key) ? 0 : nil)) }
    }
}
