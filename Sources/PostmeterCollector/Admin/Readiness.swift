/// Whether the collector does its whole job, and if not, why.
struct Readiness: Equatable {
    /// Why it is not ready; empty when it is.
    var reasons: [Reason]

    enum Reason: String {
        /// The fold replays what was journaled before the start; webhooks are taken all the same.
        case catchingUp = "catching_up"
        /// The journal takes no records: webhooks are answered 503.
        case journalRefusing = "journal_refusing"
        /// The disk refuses to be read: figures stand still.
        case journalUnreadable = "journal_unreadable"
        /// Checkpoints fail: figures are right, but a restart would replay from the last good one.
        case checkpointFailing = "checkpoint_failing"
    }

    /// The body of `/readyz`.
    var json: String {
        let list = reasons.map { "\"\($0.rawValue)\"" }.joined(separator: ",")
        return #"{"status":"\#(reasons.isEmpty ? "ready" : "not_ready")","reasons":[\#(list)]}"#
    }
}
