import Synchronization

/// Handlers by what they were last asked for with, so that asking again is one look into one table.
///
/// A table that is full is emptied: what is asked for often is back soon. Tables have locks of their own, so that
/// threads seldom meet.
final class RecentHandlers<Handler: AnyObject & Sendable>: Sendable {
    /// The most entries of a table.
    static var limit: Int { 4_096 }

    private final class Table: Sendable {
        let entries = Mutex<[DimensionKey: Handler]>([:])
    }

    private let tables = (0..<8).map { _ in Table() }

    func find(_ key: DimensionKey) -> Handler? {
        table(of: key).entries.withLock { $0[key] }
    }

    func keep(_ handler: Handler, as key: DimensionKey) {
        table(of: key).entries.withLock { entries in
            if entries.count >= Self.limit { entries.removeAll(keepingCapacity: true) }
            entries[key] = handler
        }
    }

    private func table(of key: DimensionKey) -> Table {
        tables[key.hash & (tables.count - 1)]
    }
}
