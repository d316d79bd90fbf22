import PostmeterModel

/// Takes records from several sources in turn, a batch at a time.
struct RecordTaker {
    /// The most records that are asked for at once, and the most bytes of one.
    ///
    /// Near its limit of bytes a batch asks for fewer, so that only one record goes beyond it.
    private static let pieceLimit = 128
    private static let recordBytes = 64 << 10
    /// The number of parts, each of one scope, after which a batch takes no further records.
    private static let partLimit = 512

    let sources: [RecordSource]
    /// The most records of a batch.
    let batchLimit: Int
    /// The bytes after which a batch takes no further records; the last one may go beyond it.
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
                let fitting = max(1, (batchBytesLimit - Self.bytes(of: batches)) / Self.recordBytes)
                let drained = source.drain(min(Self.pieceLimit, fitting, batchLimit - count), &batches)
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
