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
    /// The closed reason that it is counted under; that of the last try.
    var reason: String
    /// What exactly was wrong, for a person.
    var detail: String
    /// The envelope as journaled, so that it can be folded again after a fix.
    var envelope: [UInt8]
    /// How often it was decoded, the first time included.
    var tries: Int
    /// When it was decoded last, in nanoseconds since the Unix epoch.
    var triedAt: UInt64

    /// A letter that was decoded for the first time.
    init(
        sequence: UInt64, acceptedAt: UInt64, endpoint: String, provider: String, reason: String,
        detail: String, envelope: [UInt8]
    ) {
        self.sequence = sequence
        self.acceptedAt = acceptedAt
        self.endpoint = endpoint
        self.provider = provider
        self.reason = reason
        self.detail = detail
        self.envelope = envelope
        tries = 1
        triedAt = acceptedAt
    }
}
