internal import PostmeterFleet

/// The state of the fold as the database holds it: everything that the fold reads back.
struct Checkpoint {
    /// The sequence number of the first record that is not folded yet.
    var sequence: UInt64 = 1
    /// The fleet as it was last applied; nil before the first one.
    var fleet: FleetTree?
    /// The settings as they were last applied; nil before the first ones.
    var settings: FoldSettings?
    /// The agents that the words of the fold's tables stand for, in the order of their numbers.
    var agentNumbers: [AgentNumbers.Key] = []
    var provisioned: [ProvisionedAgent] = []
    /// Durable figures by the name of their instrument.
    var families: [String: SavedFamily] = [:]
    /// The files of fingerprints, by their log.
    var fingerprintFiles: [FingerprintLog.Name: [FingerprintFileRecord]] = [:]

    /// The dead letters that are kept, in the order of their numbers.
    var deadLetters: [DeadLetterShelf.Place] = []

    /// The figures of one family.
    struct SavedFamily {
        /// What must be the same for the words to mean the same.
        var shape: String
        /// Encoded attributes, in the order the series were made.
        var identities: [[UInt8]] = []
        /// `width` words a series.
        var words: [UInt64] = []
    }
}
