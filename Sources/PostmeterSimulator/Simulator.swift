internal import PostmeterModel
import Synchronization

/// Sends the signed webhooks of a simulated fleet to a collector, and keeps exact totals of what it acknowledged.
///
/// As platforms do, it sends a webhook again, with the same id, until it is acknowledged; so the totals of a run
/// hold for a collector that was ended and started again in between. A refusal that another try cannot change
/// (4xx) is not tried again. Thread-safe.
package final class Simulator: Sendable {
    /// Nanoseconds for which a stopped run goes on with what is under way.
    private static let patienceAfterStop: Int64 = 10_000_000_000

    private let configuration: Configuration
    private let sender: any WebhookSender
    private let stamp: WebhookStamp
    private let clock: SimulatorClock
    private let state: Mutex<Run>

    /// What changes while webhooks are sent.
    private struct Run {
        var plan: BatchPlan
        var ledger: Ledger
        var figures = RequestFigures()
        /// When the run was stopped, on the monotonic clock.
        var stoppedAt: Int64?
        var unacknowledged: [Int] = []
    }

    /// A simulation; throws an error that names the setting that is out of its range.
    package convenience init(_ configuration: Configuration) throws(SimulatorError) {
        _ = try configuration.plan()
        try self.init(configuration, sender: HTTPWebhookSender(configuration), clock: .system)
    }

    init(
        _ configuration: Configuration,
        sender: any WebhookSender,
        clock: SimulatorClock
    ) throws(SimulatorError) {
        self.configuration = configuration
        self.sender = sender
        self.clock = clock
        stamp = try WebhookStamp(configuration, now: clock.now())
        state = Mutex(
            Run(
                plan: BatchPlan(try configuration.plan()),
                ledger: Ledger(provider: configuration.provider, agents: configuration.agents)
            )
        )
    }

    /// Ends the run early: nothing new is sent, and what is under way is tried for ten more seconds at the most.
    package func stop() {
        let now = clock.monotonic()
        state.withLock { $0.stoppedAt = $0.stoppedAt ?? now }
    }

    /// Sends all webhooks and returns the totals, which are also written to the file of the configuration.
    ///
    /// - Parameter report: is called every five seconds with a line on the progress.
    package func run(
        report: (@Sendable (String) -> Void)? = nil
    ) async throws(SimulatorError) -> SimulationTotals {
        let start = clock.monotonic()
        let world = SimulatedWorld(
            provider: configuration.provider,
            domain: configuration.domain,
            agents: configuration.agents,
            seed: configuration.seed,
            epoch: configuration.epoch ?? defaultEpoch()
        )
        try await sender.open(stamp)
        if let host = stamp.signer.map({ _ in configuration.certificateHost }) {
            report?("The endpoint needs: topics: [\"\(configuration.topic)\"], trusted_hosts: [\"\(host)\"]")
        }
        let progress = report.map { report in Task { await self.reportProgress(to: report, since: start) } }
        await withTaskGroup { group in
            for _ in 0..<configuration.concurrency {
                group.addTask { await self.work(in: world, since: start) }
            }
        }
        progress?.cancel()
        await sender.close()
        let totals = totals(in: world, since: start)
        if let path = configuration.totals { try totals.write(to: path) }
        return totals
    }

    private func defaultEpoch() -> UnixTime {
        let now = clock.now()
        guard configuration.rate == 0 else { return now }
        let length = UInt64(configuration.duration * 1e9)
        return UnixTime(nanoseconds: now.nanoseconds - min(length, now.nanoseconds))
    }

    /// One of the senders: takes the next batch of the plan, waits for its time and brings it to its end.
    private func work(in world: SimulatedWorld, since start: Int64) async {
        while let batch = state.withLock({ $0.stoppedAt == nil ? $0.plan.next() : nil }) {
            if configuration.rate > 0 {
                guard await wait(until: start + batch.sentAt) else { return }
            }
            await deliver(batch, in: world)
        }
    }

    /// Waits, a fifth of a second at a time; false when the run was stopped meanwhile.
    private func wait(until time: Int64) async -> Bool {
        while true {
            let rest = time - clock.monotonic()
            if rest <= 0 { return true }
            if state.withLock({ $0.stoppedAt != nil }) { return false }
            await clock.sleep(min(rest, 200_000_000))
        }
    }

    /// Sends a batch, nearly always of one webhook, until it is acknowledged or refused, or patience ends.
    private func deliver(_ batch: [PlannedWebhook], in world: SimulatedWorld) async {
        let request = configuration.provider.request(of: batch, in: world)
        let id = world.webhookID(batch[0].number)
        let first = clock.monotonic()
        var tries = 0
        while true {
            let seconds = clock.now().nanoseconds / 1_000_000_000
            let body = stamp.body(id: id, seconds: seconds, request: request)
            let began = clock.monotonic()
            let answer = await sender.post(
                body,
                headers: [("Content-Type", request.contentType)]
                    + stamp.headers(id: id, seconds: seconds, body: body)
            )
            let ended = clock.monotonic()
            tries += 1
            let isRetry = tries > 1
            state.withLock { run in
                run.figures.note(answer, isRetry: isRetry, nanoseconds: ended - began)
                if answer.isAcknowledgement { for webhook in batch { run.ledger.note(webhook) } }
            }
            if answer.isAcknowledgement { return }
            if answer.isRefusal || isOver(firstTry: first, now: ended) {
                return state.withLock { $0.unacknowledged += batch.map(\.number) }
            }
            await clock.sleep(Self.pause(afterTry: tries))
        }
    }

    /// Whether a webhook that was first sent at a time is given up now.
    private func isOver(firstTry: Int64, now: Int64) -> Bool {
        if Double(now - firstTry) >= configuration.patience * 1e9 { return true }
        guard let stoppedAt = state.withLock({ $0.stoppedAt }) else { return false }
        return now - stoppedAt >= Self.patienceAfterStop
    }

    /// The platforms' schedule of retries, made short: 0.1 s, doubled up to 2 s.
    static func pause(afterTry tries: Int) -> Int64 {
        min(2_000_000_000, 100_000_000 << Int64(min(max(tries, 1) - 1, 10)))
    }

    private func reportProgress(to report: @Sendable (String) -> Void, since start: Int64) async {
        while !Task.isCancelled {
            await clock.sleep(5_000_000_000)
            guard !Task.isCancelled else { return }
            let (figures, acknowledged) = state.withLock { ($0.figures, $0.ledger.acknowledged) }
            let seconds = (clock.monotonic() - start) / 1_000_000_000
            report("\(seconds) s: \(figures.requests) requests, \(acknowledged) webhooks acknowledged")
        }
    }

    private func totals(in world: SimulatedWorld, since start: Int64) -> SimulationTotals {
        let seconds = Double(clock.monotonic() - start) / 1e9
        return state.withLock { run in
            // A repeat may have brought what its first try did not.
            let missing = Set(run.unacknowledged).filter { !run.ledger.hasAcknowledged($0) }.sorted()
            return SimulationTotals(
                provider: configuration.provider.rawValue,
                seed: configuration.seed,
                agents: (0..<configuration.agents).map(world.agent),
                ledger: run.ledger,
                figures: run.figures,
                unacknowledged: missing.map(world.webhookID),
                seconds: seconds
            )
        }
    }
}
