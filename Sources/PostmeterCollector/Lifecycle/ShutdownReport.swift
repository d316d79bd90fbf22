/// What an end of the collector did, and what it left.
struct ShutdownReport: Sendable, Equatable {
    /// Records of the journal that were folded meanwhile.
    var folded: UInt64
    /// Records of the journal that the next start folds.
    var unfolded: UInt64
    /// Whether the last checkpoint was written.
    var isCheckpointed: Bool
    /// Points, spans and log records that receivers took meanwhile.
    var exported: UInt64
    /// Those that wait on disk for a receiver.
    var spooled: Int
    /// Those that were given up meanwhile.
    var lost: UInt64
    /// Spans that found no room, since the process started.
    var spansDropped: UInt64
    /// How long it took.
    var nanoseconds: UInt64

    /// One line for the log.
    var text: String {
        let seconds = Double(nanoseconds / 1_000_000) / 1_000
        let checkpoint =
            isCheckpointed
            ? "" : "; the last checkpoint failed, so the next start folds again from the one before"
        return
            "stopped after \(seconds) s: folded \(folded) records and exported \(exported) items meanwhile; left "
            + "\(unfolded) records to fold and \(spooled) items in spools; lost \(lost) items; spans dropped since "
            + "the start: \(spansDropped)\(checkpoint)"
    }
}
