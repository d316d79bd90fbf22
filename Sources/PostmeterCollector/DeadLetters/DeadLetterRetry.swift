/// A dead letter that was decoded again and is dead still.
struct DeadLetterRetry: Equatable {
    /// Its place in the journal.
    var sequence: UInt64
    /// Why it is dead now.
    var reason: String
    /// What exactly was wrong, for a person.
    var detail: String
    /// How often it was decoded since the last checkpoint.
    var tries: Int
    /// When it was decoded last, in nanoseconds since the Unix epoch.
    var triedAt: UInt64
}
