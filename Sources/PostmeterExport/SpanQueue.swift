/// Encoded batches of spans that wait to be sent, the oldest first.
struct SpanQueue {
    /// The body of one request.
    struct Batch {
        let body: [UInt8]
        let spans: Int
    }

    /// The most batches.
    let batchLimit: Int
    /// The most bytes of their bodies; the last batch may go beyond it.
    let byteLimit: Int
    private var batches: [Batch] = []
    private var bytes = 0
    /// The spans of all batches.
    private(set) var spans = 0

    init(batchLimit: Int, byteLimit: Int) {
        self.batchLimit = max(1, batchLimit)
        self.byteLimit = byteLimit
    }

    var isEmpty: Bool { batches.isEmpty }

    var hasRoom: Bool {
        batches.isEmpty || (batches.count < batchLimit && bytes < byteLimit)
    }

    mutating func append(_ batch: Batch) {
        batches.append(batch)
        bytes += batch.body.count
        spans += batch.spans
    }

    mutating func removeFirst() -> Batch? {
        guard !batches.isEmpty else { return nil }
        let batch = batches.removeFirst()
        bytes -= batch.body.count
        spans -= batch.spans
        return batch
    }

    /// Forgets all batches; returns how many spans they held.
    mutating func removeAll() -> Int {
        defer {
            batches = []
            bytes = 0
            spans = 0
        }
        return spans
    }
}
