import Testing

@testable import PostmeterExport

@Suite struct LaneQueueTests {
    private func batch(_ bytes: Int, _ records: Int) -> LaneBatch {
        LaneBatch(body: [UInt8](repeating: 0, count: bytes), items: records)
    }

    @Test func `batches leave in the order in which they came`() {
        let queue = LaneQueue(batchLimit: 10, byteLimit: 1_000)
        queue.append(batch(10, 1))
        queue.append(batch(10, 2))
        #expect(queue.items == 3)
        #expect(queue.removeFirst()?.items == 1)
        #expect(queue.removeFirst()?.items == 2)
        #expect(queue.removeFirst() == nil)
        #expect(queue.isEmpty)
    }

    @Test func `the number of batches and their bytes are limited`() {
        let byCount = LaneQueue(batchLimit: 2, byteLimit: 1_000)
        byCount.append(batch(1, 1))
        #expect(byCount.hasRoom)
        byCount.append(batch(1, 1))
        #expect(!byCount.hasRoom)
        let byBytes = LaneQueue(batchLimit: 10, byteLimit: 100)
        byBytes.append(batch(99, 1))
        #expect(byBytes.hasRoom)
        byBytes.append(batch(1, 1))
        #expect(!byBytes.hasRoom)
        _ = byBytes.removeFirst()
        #expect(byBytes.hasRoom)
    }

    @Test func `an empty queue takes a batch of any size`() {
        let queue = LaneQueue(batchLimit: 0, byteLimit: 0)
        #expect(queue.hasRoom)
        queue.append(batch(100, 7))
        #expect(!queue.hasRoom)
        #expect(queue.removeAll().map(\.items) == [7])
        #expect(queue.hasRoom)
        #expect(queue.items == 0)
    }
}
