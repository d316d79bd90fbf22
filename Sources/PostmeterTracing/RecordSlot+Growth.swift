import Glibc
import PostmeterModel

// Bodies that go beyond their slot: they move to the heap, in steps of twice the size, paid for from the
// reserve of the pool.
extension RecordSlot {
    /// The most bytes of a body.
    static let growthLimit = 65_536

    /// What `room(for:)` does when the slot is too small.
    @inline(never)
    func grownRoom(for count: Int) -> UnsafeMutableRawPointer? {
        let used = Int(header.pointee.used)
        let needed = used + count + Self.reserve
        let capacity = header.pointee.heap == nil ? Self.bodyLimit : Int(tally().pointee.capacity)
        guard needed > capacity else { return body + used }
        guard needed <= Self.growthLimit, let heap = grow(from: capacity, to: needed) else { return nil }
        return heap + used
    }

    private func grow(from capacity: Int, to needed: Int) -> UnsafeMutableRawPointer? {
        var larger = capacity
        while larger < needed { larger *= 2 }
        let old = header.pointee.heap
        let price = larger - (old == nil ? 0 : capacity)
        guard header.pointee.region.borrow(price) else { return nil }
        guard let heap = malloc(larger) else {
            header.pointee.region.giveBack(price)
            return nil
        }
        heap.copyMemory(from: body, byteCount: Int(header.pointee.used))
        free(old)
        header.pointee.heap = heap
        header.pointee.shortEnd = 0
        tally().pointee.capacity = UInt32(larger)
        return heap
    }

    /// Frees the buffer on the heap, if there is one.
    @inline(__always)
    func shrink() {
        guard header.pointee.heap != nil else { return }
        freeHeap()
    }

    @inline(never)
    private func freeHeap() {
        free(header.pointee.heap)
        header.pointee.heap = nil
        header.pointee.shortEnd = Self.inlineEnd
        header.pointee.region.giveBack(Int(tally().pointee.capacity))
    }
}
