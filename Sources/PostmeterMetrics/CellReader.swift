import CPrimitives

/// Sums the cells of all threads that had recorded anything when the reader was made.
struct CellReader {
    let blocks: [UnsafePointer<pm_block>]
    var scratch: [UInt64] = []
    /// How often a thread kept recording through all tries to read a histogram, so that its sum may miss a value
    /// that its buckets have.
    var torn: UInt64 = 0

    init() {
        var list: [UnsafePointer<pm_block>] = []
        var block = pm_block_newest()
        while let next = block {
            list.append(next)
            block = pm_block_older(next)
        }
        blocks = list
    }

    /// The sum of an integer cell.
    func integer(_ cell: UInt32) -> UInt64 {
        var sum: UInt64 = 0
        integers(cell, 1, addedTo: &sum)
        return sum
    }

    /// Adds the sums of consecutive integer cells in one chunk to what stands at `sums`, modulo 2^64.
    func integers(_ cell: UInt32, _ count: Int, addedTo sums: UnsafeMutablePointer<UInt64>) {
        for block in blocks {
            guard let words = Self.words(of: block, from: cell) else { continue }
            for index in 0..<count {
                sums[index] &+= pm_cell_load(words + index)
            }
        }
    }

    /// Adds the sums of consecutive floating cells in one chunk to what stands at `sums`.
    ///
    /// A sum never goes back when no thread's part does: rounding keeps order, and the order of the parts is
    /// fixed but for new ones, which come first and were zero before.
    func doubles(_ cell: UInt32, _ count: Int, addedTo sums: UnsafeMutablePointer<Double>) {
        for block in blocks {
            guard let words = Self.words(of: block, from: cell) else { continue }
            for index in 0..<count {
                sums[index] += Double(bitPattern: pm_cell_load(words + index))
            }
        }
    }

    static func words(of block: UnsafePointer<pm_block>, from cell: UInt32) -> UnsafePointer<UInt64>? {
        pm_block_chunk(block, cell >> UInt32(PM_CHUNK_SHIFT)).map {
            $0 + Int(cell & UInt32(PM_CHUNK_CELLS - 1))
        }
    }
}
