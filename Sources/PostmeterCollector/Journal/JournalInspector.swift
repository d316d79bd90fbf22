internal import PostmeterJournal

/// Reads the journal of a collector from outside of it; the collector may be running, and nothing is changed.
///
/// One thread at a time.
package struct JournalInspector {
    /// What a journal holds as a whole.
    package struct Summary: Sendable, Hashable {
        package var webhooks = 0
        package var fleets = 0
        package var settings = 0
        /// What people wanted done with dead letters.
        package var orders = 0
        package var ticks = 0
        /// Records that this version cannot read.
        package var unknown = 0
        /// Records that are damaged or gone.
        package var damaged: UInt64 = 0
        /// Bytes of all bodies.
        package var bytes = 0
        /// The numbers of the oldest and the newest record that can be read; nil when there is none.
        package var range: ClosedRange<UInt64>?

        /// Whether everything that should be there can be read.
        package var isWhole: Bool { damaged == 0 && unknown == 0 }

        /// One sentence.
        package var text: String {
            let numbers = range.map { "records \($0.lowerBound) to \($0.upperBound)" } ?? "no records"
            return "\(numbers): webhooks \(webhooks), fleets \(fleets), settings \(settings), "
                + "orders \(orders), ticks \(ticks), bytes of bodies \(bytes), damaged \(damaged), unknown \(unknown)"
        }
    }

    private let view: JournalView

    /// Looks into the journal of a data folder.
    ///
    /// - Throws: When it is not there, cannot be read, or was written by a later version.
    package init(data: String) throws(ConfigurationError) {
        view = try Self.view(inData: data)
    }

    /// A view of the journal of a data folder.
    static func view(inData data: String) throws(ConfigurationError) -> JournalView {
        do throws(JournalError) {
            return try JournalView(directory: "\(data)/journal")
        } catch {
            throw ConfigurationError(path: "data", problem: "\(error)")
        }
    }

    /// Hands out records in their order until `each` returns false.
    ///
    /// - Parameters:
    ///   - first: The number to begin with, or the next there is; 0 for the oldest.
    ///   - each: Takes a record.
    /// - Returns: How many records before the last one are damaged or gone.
    /// - Throws: When the disk goes on to refuse.
    @discardableResult
    package func read(
        from first: UInt64 = 0, _ each: (JournalEntry) -> Bool
    ) throws(ConfigurationError) -> UInt64 {
        let reader = view.makeReader(from: first)
        do throws(JournalReadError) {
            while let record = try reader.nextPatiently(), each(JournalEntry(record)) {}
        } catch {
            throw ConfigurationError(path: "data", problem: "\(error)")
        }
        return reader.skipped
    }

    /// The record with a number.
    ///
    /// - Throws: When there is none, because it was folded and released, is damaged, or is yet to come.
    package func entry(_ sequence: UInt64) throws(ConfigurationError) -> JournalEntry {
        var found: JournalEntry?
        try read(from: max(1, sequence)) { entry in
            if entry.sequence == sequence { found = entry }
            return false
        }
        guard let found else {
            throw ConfigurationError(
                path: "record \(sequence)", problem: "is not in the journal, or cannot be read")
        }
        return found
    }

    /// Reads everything once.
    package func verify() throws(ConfigurationError) -> Summary {
        var summary = Summary()
        summary.damaged = try read { entry in
            switch entry.content {
            case .webhook: summary.webhooks += 1
            case .fleet: summary.fleets += 1
            case .settings: summary.settings += 1
            case .order: summary.orders += 1
            case .tick: summary.ticks += 1
            case .unknown: summary.unknown += 1
            }
            summary.bytes += entry.body?.count ?? 0
            summary.range = (summary.range?.lowerBound ?? entry.sequence)...entry.sequence
            return true
        }
        return summary
    }
}
