/// The body of one request, on its way through a lane.
struct LaneBatch: Sendable {
    /// What became of a batch whose sender waits for that.
    enum Fate: Sendable, Equatable {
        /// The receiver has it, but for items that it rejected.
        case accepted
        /// It is on disk, in the spool.
        case stored
        /// The receiver will not have it, however often it comes.
        case refused
        /// It is with nobody.
        case failed
        /// It was sent, no answer came, and it is not kept: the receiver may have it.
        case unanswered
    }

    /// Before compression.
    let body: [UInt8]
    /// Points, spans or log records.
    let items: Int
    /// Whether its points are differences.
    var isDifferences = false
    /// When it is of no use any more to try, by the clock; nil: as the lane's configuration has it.
    var end: UInt64?
    /// Who hears what became of it; such a batch is not kept in memory for another try, and its items are not
    /// lost with it, since its sender has them still.
    var completion: (@Sendable (Fate) -> Void)?
}
