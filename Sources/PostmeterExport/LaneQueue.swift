import Synchronization

/// Encoded batches that wait in memory to be sent, the oldest first.
///
/// Thread-safe, so that whoever encodes a batch puts it into the queues of all its receivers in one go.
final class LaneQueue: Sendable {
    private struct State {
        var batches: [LaneBatch] = []
        var bytes = 0
        var items = 0
    }

    /// The most batches.
    let batchLimit: Int
    /// The most bytes of their bodies; the last batch may go beyond it.
    let byteLimit: Int
    private let state = Mutex(State())

    init(batchLimit: Int, byteLimit: Int) {
        self.batchLimit = max(1, batchLimit)
        self.byteLimit = byteLimit
    }

    var isEmpty: Bool { state.withLock { $0.batches.isEmpty } }

    /// Items of all batches.
    var items: Int { state.withLock { $0.items } }

    var hasRoom: Bool {
        state.withLock { state in
            state.batches.isEmpty || (state.batches.count < batchLimit && state.bytes < byteLimit)
        }
    }

    func append(_ batch: LaneBatch) {
        state.withLock { state in
            state.batches.append(batch)
            state.bytes += batch.body.count
            state.items += batch.items
        }
    }

    /// The oldest batch, which stays.
    var first: LaneBatch? { state.withLock { $0.batches.first } }

    @discardableResult
    func removeFirst() -> LaneBatch? {
        state.withLock { state in
            guard !state.batches.isEmpty else { return nil }
            let batch = state.batches.removeFirst()
            state.bytes -= batch.body.count
            state.items -= batch.items
            return batch
        }
    }

    /// Takes all batches.
    func removeAll() -> [LaneBatch] {
        state.withLock { state in
            defer { state = State() }
            return state.batches
        }
    }
}
