import CPrimitives
import Glibc
import Testing

@Suite
struct ForkTests {
    // A child has one thread and copies of the words of all others, in whatever state a lock or the allocator was.
    // Here it touches nothing but cells, which is what is to be shown to work, and ends without cleaning up.
    @Test func `a child of fork records and reads, apart from its parent`() throws {
        // Swift does not offer fork, because little is safe in a child; this is.
        let symbol = try #require(dlsym(UnsafeMutableRawPointer(bitPattern: 0), "fork"))
        let fork = unsafeBitCast(symbol, to: (@convention(c) () -> pid_t).self)
        let used = pm_chunk_reserve() * UInt32(PM_CHUNK_CELLS) + 8
        let fresh = pm_chunk_reserve() * UInt32(PM_CHUNK_CELLS) + 8
        onThreads(2) { _ in pm_cell_add(used, 20) }
        #expect(Self.sum(fresh) == 0)
        pm_cell_add(used, 2)
        let child = fork()
        if child == 0 {
            alarm(20)  // ends a child that waits for what nobody gives
            pm_cell_add(used, 100)
            pm_cell_add(fresh, 7)  // a new chunk
            _exit(Self.sum(used) == 142 && Self.sum(fresh) == 7 ? 42 : 1)
        }
        try #require(child > 0)
        var status: Int32 = 0
        while waitpid(child, &status, 0) == -1, errno == EINTR {}
        #expect(status == 42 << 8)
        #expect(Self.sum(used) == 42)
        #expect(Self.sum(fresh) == 0)
    }

    private static func sum(_ cell: UInt32) -> UInt64 {
        var sum: UInt64 = 0
        var block = pm_block_newest()
        while let one = block {
            if let words = pm_block_chunk(one, cell >> UInt32(PM_CHUNK_SHIFT)) {
                sum &+= pm_cell_load(words + Int(cell & UInt32(PM_CHUNK_CELLS - 1)))
            }
            block = pm_block_older(one)
        }
        return sum
    }
}
