import Testing

@testable import PostmeterExport

@Suite struct SpanQueueTests {
    private func batch(_ bytes: Int, _ spans: Int) -> SpanQueue.Batch {
        SpanQueue.Batch(body: [UInt8](repeating: 0, count: bytes), spans: spans)
    }

    @Test func `batches leave in the order in which they came`() {
        var queue = SpanQueue(batchLimit: 10, byteLimit: 1_000)
        queue.append(batch(10, 1))
        queue.append(batch(10, 2))
        #expect(queue.spans == 3)
        #expect(queue.removeFirst()?.spans == 1)
        #expect(queue.removeFirst()?.spans == 2)
        #expect(queue.removeFirst() == nil)
        #expect(queue.isEmpty)
    }

    @Test func `the number of batches and their bytes are limited`() {
        var byCount = SpanQueue(batchLimit: 2, byteLimit: 1_000)
        byCount.append(batch(1, 1))
        #expect(byCount.hasRoom)
        byCount.append(batch(1, 1))
        #expect(!byCount.hasRoom)
        var byBytes = SpanQueue(batchLimit: 10, byteLimit: 100)
        byBytes.append(batch(99, 1))
        #expect(byBytes.hasRoom)
        byBytes.append(batch(1, 1))
        #expect(!byBytes.hasRoom)
        _ = byBytes.removeFirst()
        #expect(byBytes.hasRoom)
    }

    @Test func `an empty queue takes a batch of any size`() {
        var queue = SpanQueue(batchLimit: 0, byteLimit: 0)
        #expect(queue.hasRoom)
        queue.append(batch(100, 7))
        #expect(!queue.hasRoom)
        #expect(queue.removeAll() == 7)
        #expect(queue.hasRoom)
        #expect(queue.spans == 0)
    }
}
