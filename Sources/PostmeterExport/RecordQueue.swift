/// Encoded batches of records that wait to be sent, the oldest first.
struct RecordQueue {
    /// The body of one request.
    struct Batch {
        let body: [UInt8]
        let records: Int
    }

    /// The most batches.
    let batchLimit: Int
    /// The most bytes of their bodies; the last batch may go beyond it.
    let byteLimit: Int
    private var batches: [Batch] = []
    private var bytes = 0
    /// The records of all batches.
    private(set) var records = 0

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
        records += batch.records
    }

    mutating func removeFirst() -> Batch? {
        guard !batches.isEmpty else { return nil }
        let batch = batches.removeFirst()
        bytes -= batch.body.count
        records -= batch.records
        return batch
    }

    /// Forgets all batches; returns how many records they held.
    mutating func removeAll() -> Int {
        defer {
            batches = []
            bytes = 0
            records = 0
        }
        return records
    }
}
