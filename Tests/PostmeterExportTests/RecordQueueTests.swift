import Testing

@testable import PostmeterExport

@Suite struct RecordQueueTests {
    private func batch(_ bytes: Int, _ records: Int) -> RecordQueue.Batch {
        RecordQueue.Batch(body: [UInt8](repeating: 0, count: bytes), records: records)
    }

    @Test func `batches leave in the order in which they came`() {
        var queue = RecordQueue(batchLimit: 10, byteLimit: 1_000)
        queue.append(batch(10, 1))
        queue.append(batch(10, 2))
        #expect(queue.records == 3)
        #expect(queue.removeFirst()?.records == 1)
        #expect(queue.removeFirst()?.records == 2)
        #expect(queue.removeFirst() == nil)
        #expect(queue.isEmpty)
    }

    @Test func `the number of batches and their bytes are limited`() {
        var byCount = RecordQueue(batchLimit: 2, byteLimit: 1_000)
        byCount.append(batch(1, 1))
        #expect(byCount.hasRoom)
        byCount.append(batch(1, 1))
        #expect(!byCount.hasRoom)
        var byBytes = RecordQueue(batchLimit: 10, byteLimit: 100)
        byBytes.append(batch(99, 1))
        #expect(byBytes.hasRoom)
        byBytes.append(batch(1, 1))
        #expect(!byBytes.hasRoom)
        _ = byBytes.removeFirst()
        #expect(byBytes.hasRoom)
    }

    @Test func `an empty queue takes a batch of any size`() {
        var queue = RecordQueue(batchLimit: 0, byteLimit: 0)
        #expect(queue.hasRoom)
        queue.append(batch(100, 7))
        #expect(!queue.hasRoom)
        #expect(queue.removeAll() == 7)
        #expect(queue.hasRoom)
        #expect(queue.records == 0)
    }
}
