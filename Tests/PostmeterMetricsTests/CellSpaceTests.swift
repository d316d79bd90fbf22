import Testing

@testable import PostmeterMetrics

@Suite
struct CellSpaceTests {
    @Test(arguments: [1, 2, 3, 7, 8, 12, 16, 17, 100, 512, 513, 1_024])
    func `no series straddles a chunk and none overlap`(width: Int) {
        let space = CellSpace(chunks: 4)
        var taken: Set<UInt32> = []
        var wanted = 1
        while let run = space.reserve(upTo: wanted, width: width, for: .group) {
            #expect(run.series >= 1 && run.series <= wanted)
            for series in 0..<run.series {
                let first = run.first + UInt32(series * width)
                let last = first + UInt32(width - 1)
                #expect(first / 1_024 == last / 1_024)
                #expect(first >= 1_024)
                for cell in first...last { #expect(taken.insert(cell).inserted) }
            }
            wanted = wanted % 40 + 1
        }
        #expect(taken.count > 4 * 1_024 / 2)
    }

    @Test func `uses have chunks of their own`() {
        let space = CellSpace(chunks: 3)
        let cells = [CellSpace.Use.single, .group, .shared].compactMap {
            space.reserve(upTo: 1, width: 1, for: $0)?.first
        }
        #expect(Set(cells.map { $0 / 1_024 }).count == 3)
        #expect(space.reserve(upTo: 1_024, width: 1, for: .single)?.series == 1_023)
        #expect(space.reserve(upTo: 1, width: 1, for: .single) == nil)
        #expect(space.reserve(upTo: 1, width: 1, for: .group)?.series == 1)
    }

    @Test(arguments: [0, -1, 1_025])
    func `a width that no chunk can hold gets nothing`(width: Int) {
        #expect(CellSpace(chunks: 1).reserve(upTo: 1, width: width, for: .group) == nil)
    }
}
