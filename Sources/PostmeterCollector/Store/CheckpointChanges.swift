internal import PostmeterFleet

/// What one checkpoint writes.
struct CheckpointChanges {
    /// A page of a family's words that differs from what is on disk.
    struct Page {
        var family: String
        var number: Int
        var words: [UInt64]
    }

    /// A series made since the last checkpoint.
    struct Series {
        var family: String
        var ordinal: Int
        var identity: [UInt8]
    }

    var sequence: UInt64
    var fleet: [UInt8]?
    var settings: [UInt8]?
    var provisioned: [ProvisionedAgent] = []
    var shapes: [(family: String, shape: String)] = []
    var series: [Series] = []
    var pages: [Page] = []
    var fingerprints: [(log: FingerprintLog.Name, changes: FingerprintLog.Changes)] = []
    var waiting: [(name: String, batch: WaitingTable.Batch)] = []
    var agentNumbers: [AgentNumbers.Key] = []
    var deadLetters: [DeadLetter] = []
    var retriedLetters: [DeadLetterRetry] = []
    var removedLetters: [UInt64] = []

    init(sequence: UInt64) {
        self.sequence = sequence
    }
}
