import CPrimitives
import Testing

@Suite
struct CellTests {
    @Test func `words that are being written are not taken for whole`() {
        let block = UnsafeMutablePointer<pm_block>.allocate(capacity: 1)
        block.initialize(to: pm_block())
        defer { block.deallocate() }
        let words: [UInt64] = [1, 2, 3]
        var out: [UInt64] = [0, 0, 0]
        block.pointee.sequence = 6
        #expect(pm_group_read(block, words, 3, &out))
        #expect(out == words)
        block.pointee.sequence = 7
        #expect(!pm_group_read(block, words, 3, &out))
    }

    @Test func `a block is passed on with its values when its thread ends`() {
        // Other tests run beside this one, so only this cell can be looked at: its sum holds what all threads added.
        let chunk = pm_chunk_reserve()
        let cell = chunk * UInt32(PM_CHUNK_CELLS) + 17
        for _ in 0..<100 {
            onThreads(1) { _ in pm_cell_add(cell, 3) }
        }
        var sum: UInt64 = 0
        var blocks = 0
        var block = pm_block_newest()
        while let one = block {
            blocks += 1
            if let words = pm_block_chunk(one, chunk) { sum += pm_cell_load(words + 17) }
            block = pm_block_older(one)
        }
        #expect(sum == 300)
        #expect(blocks < 100)
    }
}
