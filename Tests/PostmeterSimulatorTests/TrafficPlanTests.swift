import Testing

@testable import PostmeterSimulator

@Suite struct TrafficPlanTests {
    @Test(arguments: SimulatedProvider.allCases)
    func `the same seed gives the same bodies, another seed other ones`(provider: SimulatedProvider) {
        func bodies(seed: UInt64) -> [[UInt8]] {
            let world = SimulatedWorld(
                provider: provider,
                domain: "a.example",
                agents: 50,
                seed: seed,
                epoch: SimulatedWorld.example().epoch
            )
            return examplePlan(provider: provider, duration: 100, seed: seed).webhooks.map {
                provider.body(of: $0, in: world)
            }
        }
        #expect(bodies(seed: 1) == bodies(seed: 1))
        #expect(bodies(seed: 1) != bodies(seed: 2))
    }

    @Test func `a seed means the same traffic for ever`() {
        let webhooks = examplePlan(seed: 1).webhooks.prefix(8)
        let agents = webhooks.map(\.message.agent)
        let kinds = webhooks.map(\.kind)
        #expect(agents == Self.agentsOfSeedOne)
        #expect(kinds == Self.kindsOfSeedOne)
    }

    @Test func `webhooks come at the rate, in the order of time`() {
        let webhooks = examplePlan(rate: 20, duration: 100).webhooks
        #expect(webhooks.count == 2_000)
        #expect(webhooks.enumerated().allSatisfy { $0.element.sentAt == Int64($0.offset) * 50_000_000 })
        #expect(webhooks.allSatisfy { $0.happenedAt < $0.sentAt || $0.sentAt == 0 })
    }

    @Test func `numbers of unique webhooks are unique, and repeats have that of an earlier one`() {
        var seen: Set<Int> = []
        var repeats = 0
        let webhooks = ExamplePlan.webhooks()
        var strange = 0
        for webhook in webhooks {
            if seen.insert(webhook.number).inserted == webhook.isRepeat { strange += 1 }
            repeats += webhook.isRepeat ? 1 : 0
        }
        #expect(strange == 0)
        #expect(0.005...0.015 ~= Double(repeats) / Double(webhooks.count))
        #expect(examplePlan(duration: 100, repeats: 0).webhooks.count { $0.isRepeat } == 0)
    }

    @Test func `some outcomes overtake the sending that they follow`() {
        var sent: Set<Int> = []
        var early = 0
        var outcomes = 0
        for webhook in ExamplePlan.webhooks() {
            switch webhook.kind {
            case .sent: sent.insert(webhook.message.number)
            case .delivered, .bounced:
                outcomes += 1
                if !sent.contains(webhook.message.number) { early += 1 }
            default: break
            }
        }
        #expect(0.002...0.03 ~= Double(early) / Double(outcomes))
    }

    @Test func `what happened before is also told as having happened before`() {
        var began: [Int: Int64] = [:]
        var outcomes: [(message: Int, time: Int64)] = []
        for webhook in ExamplePlan.webhooks() where !webhook.isRepeat {
            switch webhook.kind {
            case .sent: began[webhook.message.number] = webhook.happenedAt
            case .delivered, .bounced: outcomes.append((webhook.message.number, webhook.happenedAt))
            default: break
            }
        }
        let delays = outcomes.compactMap { outcome in
            began[outcome.message].map { Double(outcome.time - $0) / 1e9 }
        }.sorted()
        #expect(delays.first ?? -1 > 0)
        #expect(1...3 ~= delays[delays.count / 2])
    }

    @Test func `bounces are about two in a hundred, and far more for the bad agent`() {
        let bad = 6
        var sent = [0.0, 0.0]
        var bounced = [0.0, 0.0]
        var complained = [0.0, 0.0]
        for webhook in ExamplePlan.webhooks() where !webhook.isRepeat {
            let group = webhook.message.agent == bad ? 1 : 0
            if webhook.kind == .sent { sent[group] += 1 }
            if webhook.kind == .complained { complained[group] += 1 }
            if webhook.kind.isBounce { bounced[group] += 1 }
        }
        #expect(0.015...0.028 ~= bounced[0] / sent[0])
        #expect(0.15...0.4 ~= bounced[1] / sent[1])
        #expect(0.0003...0.004 ~= complained[0] / sent[0])
        #expect(0.01...0.1 ~= complained[1] / sent[1])
    }

    @Test func `volumes differ by agent as one by rank`() {
        var counts = Array(repeating: 0.0, count: 50)
        for webhook in examplePlan(badAgent: nil).webhooks { counts[webhook.message.agent] += 1 }
        #expect(1.6...2.5 ~= counts[0] / counts[1])
        #expect(7...14 ~= counts[0] / counts[9])
        #expect(counts.allSatisfy { $0 > 0 })
    }

    private static let resendEvents: Set<String> = [
        "accepted", "sent", "delivered", "deferred", "bounced", "complained", "opened", "clicked",
        "suppressed",
        "failed", "received",
    ]
    private static let postmarkEvents: Set<String> = [
        "delivered", "deferred", "bounced", "complained", "opened", "clicked", "suppressed", "rejected",
        "received",
    ]
    private static let sendGridEvents = postmarkEvents.union(["accepted"])
    private static let agentMailEvents: Set<String> = [
        "sent", "delivered", "bounced", "complained", "rejected", "received",
    ]

    @Test(arguments: [
        (SimulatedProvider.resend, Self.resendEvents), (SimulatedProvider.agentmail, Self.agentMailEvents),
        (SimulatedProvider.postmark, Self.postmarkEvents), (SimulatedProvider.sendgrid, Self.sendGridEvents),
        (SimulatedProvider.mailgun, Self.sendGridEvents),
        (SimulatedProvider.ses, Self.postmarkEvents.union(["sent"])),
    ])
    func `a plan holds every event that the platform tells, and no other`(
        provider: SimulatedProvider,
        events: Set<String>
    ) {
        let webhooks = ExamplePlan.webhooks(provider)
        #expect(Set(webhooks.compactMap { $0.kind.event(of: provider) }) == events)
        #expect(webhooks.contains { $0.kind == .other })
        #expect(webhooks.contains { $0.message.isInbound && $0.message.answers != nil })
        #expect(webhooks.contains { !$0.message.isInbound && $0.message.answers != nil })
    }

    @Test func `a plan of Afterdraft holds the events that are known of it, and no other`() {
        let webhooks = ExamplePlan.webhooks(.generic)
        #expect(
            Set(webhooks.map { $0.kind.event(of: .generic) }) == [
                "sent", "delivered", "bounced", "opened", "clicked", "received", "replied", "escalated",
            ])
        #expect(
            webhooks.allSatisfy {
                ($0.kind == .replied) == ($0.message.isInbound && $0.message.answers != nil)
                    || $0.kind == .escalated
            })
        #expect(webhooks.allSatisfy { $0.kind != .escalated || $0.message.isInbound })
    }

    @Test func `a plan of Postmark keeps its rate, and its outcomes do not pile up`() {
        let webhooks = ExamplePlan.webhooks(.postmark)
        #expect(webhooks.count == 20_000)
        #expect(webhooks.allSatisfy { $0.message.recipientCount == 1 })
        let late = webhooks.count { !$0.isRepeat && $0.sentAt - $0.happenedAt > 9_500_000_000 }
        #expect(late == 0)
    }

    @Test func `every sample of a bounce is met`() {
        let met = Set(
            ExamplePlan.webhooks().compactMap { webhook in
                if case .bounced(let place) = webhook.kind { place } else { nil }
            }
        )
        #expect(met == Set(BounceSample.all.indices))
    }

    @Test func `compression brings outcomes into a short run`() {
        func shareDelivered(compression: Double) -> Double {
            let webhooks = examplePlan(rate: 100, duration: 4, compression: compression).webhooks
            let sent = webhooks.count { $0.kind == .sent }
            return Double(webhooks.count { $0.kind == .delivered }) / Double(sent)
        }
        #expect(shareDelivered(compression: 1) < 0.7)
        #expect(shareDelivered(compression: 50) > 0.85)
    }

    private static let agentsOfSeedOne = [15, 28, 0, 1, 40, 4, 8, 3]
    private static let kindsOfSeedOne: [PlannedKind] = [
        .sent, .sent, .sent, .sent, .received, .sent, .sent, .received,
    ]
}
