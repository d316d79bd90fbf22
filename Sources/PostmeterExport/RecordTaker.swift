import PostmeterModel

/// Takes records from several sources in turn, a batch at a time.
struct RecordTaker {
    /// The most records that are asked for at once.
    ///
    /// Since a record has at most 64 KiB, a batch goes at most 8 MiB beyond its limit of bytes.
    private static let pieceLimit = 128
    /// The number of parts, each of one scope, after which a batch takes no further records.
    private static let partLimit = 512

    let sources: [RecordSource]
    /// The most records of a batch.
    let batchLimit: Int
    /// The bytes after which a batch takes no further records; the last ones may go beyond it.
    let batchBytesLimit: Int
    /// The source that the next batch begins with, so that a busy one does not keep the others waiting.
    private var first = 0

    init(_ sources: [RecordSource], batchLimit: Int, batchBytesLimit: Int) {
        self.sources = sources
        self.batchLimit = max(1, batchLimit)
        self.batchBytesLimit = max(1, batchBytesLimit)
    }

    /// The next batch, of several scopes perhaps, and the number of its records; nil when none wait.
    mutating func take() -> (batches: [RecordSource.Batch], count: Int)? {
        guard !sources.isEmpty else { return nil }
        var batches: [RecordSource.Batch] = []
        var count = 0
        for offset in sources.indices {
            let source = sources[(first + offset) % sources.count]
            while count < batchLimit, batches.count < Self.partLimit,
                Self.bytes(of: batches) < batchBytesLimit
            {
                let drained = source.drain(min(Self.pieceLimit, batchLimit - count), &batches)
                if drained == 0 { break }
                count += drained
            }
        }
        first = (first + 1) % sources.count
        return count > 0 ? (batches, count) : nil
    }

    private static func bytes(of batches: [RecordSource.Batch]) -> Int {
        batches.reduce(0) { $0 + $1.records.bytes.count }
    }
}
