/// One webhook of a plan.
struct PlannedWebhook: Sendable, Hashable {
    /// Its place among the unique webhooks, from 0; a repeat has the number of its first.
    var number: Int
    /// When it is sent, in nanoseconds from the start of the plan.
    var sentAt: Int64
    /// When what it tells happened; never after `sentAt`, and at the start a little before 0.
    var happenedAt: Int64
    /// What it tells.
    var kind: PlannedKind
    /// The mail that it is about.
    var message: SimulatedMessage
    /// Whether the platform sends it again although it was sent before.
    var isRepeat = false
}
