package import PostmeterModel

/// The signed webhooks of a plan one after another, for a generator that has connections of its own.
///
/// Their totals hold when each one that was taken was acknowledged.
package struct TrafficStream: Sendable {
    private let configuration: Simulator.Configuration
    private let stamp: WebhookStamp
    private let world: SimulatedWorld
    private var plan: BatchPlan
    private var ledger: Ledger

    /// A webhook as it is posted.
    package struct Request: Sendable {
        package let headers: [(name: String, value: String)]
        package let body: [UInt8]
    }

    /// Traffic whose rate and duration make the plan, and whose events happened in the time up to `now`.
    ///
    /// - Throws: An error that names the setting that is out of its range.
    package init(_ configuration: Simulator.Configuration, now: UnixTime) throws(SimulatorError) {
        self.configuration = configuration
        stamp = try WebhookStamp(configuration, now: now)
        plan = BatchPlan(try configuration.plan())
        ledger = Ledger(provider: configuration.provider, agents: configuration.agents)
        let length = UInt64(configuration.duration * 1e9)
        world = SimulatedWorld(
            provider: configuration.provider,
            domain: configuration.domain,
            agents: configuration.agents,
            seed: configuration.seed,
            epoch: configuration.epoch
                ?? UnixTime(nanoseconds: now.nanoseconds - min(length, now.nanoseconds))
        )
    }

    /// The next webhook, signed at `seconds` and counted as acknowledged; nil at the end of the plan.
    package mutating func next(at seconds: UInt64) -> Request? {
        guard let batch = plan.next() else { return nil }
        for webhook in batch { ledger.note(webhook) }
        let request = configuration.provider.request(of: batch, in: world)
        let id = world.webhookID(batch[0].number)
        let body = stamp.body(id: id, seconds: seconds, request: request)
        return Request(
            headers: [("Content-Type", request.contentType)]
                + stamp.headers(id: id, seconds: seconds, body: body),
            body: body
        )
    }

    /// The exact totals of what was taken.
    package var totals: SimulationTotals {
        SimulationTotals(
            provider: configuration.provider.rawValue,
            seed: configuration.seed,
            agents: (0..<configuration.agents).map(world.agent),
            ledger: ledger,
            figures: RequestFigures(),
            unacknowledged: [],
            seconds: configuration.duration
        )
    }
}
