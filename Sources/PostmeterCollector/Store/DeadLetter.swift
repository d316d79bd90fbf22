/// A webhook that was signed and accepted, and that could not be understood.
struct DeadLetter: Equatable {
    /// Its place in the journal.
    var sequence: UInt64
    /// When it was accepted, in nanoseconds since the Unix epoch.
    var acceptedAt: UInt64
    /// The endpoint it came in by.
    var endpoint: String
    /// The name of the platform.
    var provider: String
    /// The closed reason that it is counted under.
    var reason: String
    /// What exactly was wrong, for a person.
    var detail: String
    /// The envelope as journaled, so that it can be folded again after a fix.
    var envelope: [UInt8]
}
