import Testing

@testable import PostmeterCollector

@Suite struct GenerationTableTests {
    /// Keys whose high bits collide in runs, at the end of the table as well, so that probing is exercised.
    func keys(_ count: Int) -> [UInt64] {
        (0..<UInt64(count)).map { UInt64.max - ($0 % 7) << 52 - $0 / 7 }
    }

    @Test(arguments: [1, 2]) func `it holds what a dictionary holds`(width: Int) {
        var table = GenerationTable(width: width)
        var model: [UInt64: UInt64] = [:]
        for (index, key) in (keys(2_000) + keys(500)).enumerated() {
            let isNew = table.set(UInt64(index), for: key)
            #expect(isNew == (model[key] == nil))
            model[key] = width == 1 ? 0 : UInt64(index)
        }
        #expect(table.count == model.count)
        for key in keys(3_000) { #expect(table[key] == model[key]) }
    }

    @Test(arguments: [1, 2]) func `it gives its entries in the order of the keys`(width: Int) {
        var table = GenerationTable(width: width)
        // 1 and 2 stand behind the run that goes over the end and on at the beginning.
        for key in keys(300) + [1, 2] { _ = table.set(key / 2, for: key) }
        let expected = (keys(300) + [1, 2]).sorted().flatMap { width == 1 ? [$0] : [$0, $0 / 2] }
        #expect(table.sorted() == expected)
    }

    @Test func `a second value replaces the first`() {
        var table = GenerationTable(width: 2)
        let isNew1 = table.set(1, for: 42)
        #expect(isNew1)
        let isNew2 = table.set(2, for: 42)
        #expect(!isNew2)
        #expect(table[42] == 2)
        table.removeAll()
        #expect(table[42] == nil)
        #expect(table.count == 0)
    }

    @Test func `zero is a key like any other`() {
        var table = GenerationTable(width: 2)
        #expect(table[0] == nil)
        let isNew1 = table.set(9, for: 0)
        #expect(isNew1)
        let isNew2 = table.set(9, for: 0)
        #expect(!isNew2)
        #expect(table[0] == 9)
    }
}
