/// The webhooks of a plan in the batches that the platform sends them in.
///
/// How many a batch holds is drawn from the seed, up to the platform's limit, and within a batch they stand in
/// disorder. A mail that comes in is never in one.
struct BatchPlan: Sendable {
    private var plan: TrafficPlan
    private var generator: SeededGenerator
    private let limit: Int
    /// What waits for its batch to be full.
    private var waiting: [PlannedWebhook] = []
    private var wanted = 1

    init(_ plan: TrafficPlan) {
        self.plan = plan
        limit = plan.configuration.provider.batchLimit
        generator = SeededGenerator(seed: plan.configuration.seed, stream: 9, item: 0)
        wanted = 1 + generator.below(limit)
    }

    /// The next batch, which is not empty; nil at the end of the plan.
    mutating func next() -> [PlannedWebhook]? {
        while let webhook = plan.next() {
            if limit == 1 || webhook.kind == .received { return [webhook] }
            waiting.append(webhook)
            if waiting.count >= wanted { return takeWaiting() }
        }
        return waiting.isEmpty ? nil : takeWaiting()
    }

    private mutating func takeWaiting() -> [PlannedWebhook] {
        var batch = waiting
        waiting = []
        wanted = 1 + generator.below(limit)
        for place in batch.indices.dropFirst() { batch.swapAt(place, generator.below(place + 1)) }
        return batch
    }
}

extension [PlannedWebhook] {
    /// When a batch is sent, in nanoseconds from the start of the plan.
    var sentAt: Int64 { reduce(0) { Swift.max($0, $1.sentAt) } }
}
