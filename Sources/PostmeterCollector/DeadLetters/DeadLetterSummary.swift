/// What a list says of a dead letter.
struct DeadLetterSummary: Equatable, Sendable {
    /// Its place in the journal.
    var sequence: UInt64
    /// When it was accepted, in nanoseconds since the Unix epoch.
    var acceptedAt: UInt64
    var endpoint: String
    var provider: String
    /// Why it is dead, from the closed set.
    var reason: String
    /// What exactly was wrong, for a person.
    var detail: String
    /// Bytes of its envelope.
    var bytes: Int
    /// How often it was decoded.
    var tries: Int
    /// When it was decoded last, in nanoseconds since the Unix epoch.
    var triedAt: UInt64
}

extension DeadLetter {
    /// What a list says of it.
    var summary: DeadLetterSummary {
        DeadLetterSummary(
            sequence: sequence, acceptedAt: acceptedAt, endpoint: endpoint, provider: provider,
            reason: reason,
            detail: detail, bytes: envelope.count, tries: tries, triedAt: triedAt)
    }
}
