import Testing

@testable import PostmeterSimulator

@Suite struct BatchPlanTests {
    private static func batches(of plan: TrafficPlan) -> [[PlannedWebhook]] {
        var plan = BatchPlan(plan)
        var batches: [[PlannedWebhook]] = []
        while let batch = plan.next() { batches.append(batch) }
        return batches
    }

    private static let sendGrid = batches(of: examplePlan(provider: .sendgrid))

    @Test func `other platforms send each webhook by itself, in the order of the plan`() {
        let batches = Self.batches(of: examplePlan(duration: 50))
        #expect(batches.map(\.count) == Array(repeating: 1, count: 1_000))
        #expect(batches.flatMap { $0 } == examplePlan(duration: 50).webhooks)
    }

    @Test func `SendGrid's batches hold every webhook of the plan once, up to 100 and in disorder`() {
        let batches = Self.sendGrid
        func sorted(_ webhooks: [PlannedWebhook]) -> [PlannedWebhook] {
            webhooks.sorted { ($0.sentAt, $0.number) < ($1.sentAt, $1.number) }
        }
        #expect(sorted(batches.flatMap { $0 }) == sorted(ExamplePlan.webhooks(.sendgrid)))
        #expect(batches.allSatisfy { 1...100 ~= $0.count })
        #expect(batches.contains { $0.count > 90 })
        #expect(batches.contains { $0.map(\.happenedAt) != $0.map(\.happenedAt).sorted() })
        #expect(batches.contains { Set($0.map(\.number)).count < $0.count } || batches.count > 100)
    }

    @Test func `a mail that comes in is in no batch`() {
        #expect(Self.sendGrid.allSatisfy { $0.count == 1 || !$0.contains { $0.kind == .received } })
        #expect(Self.sendGrid.contains { $0[0].kind == .received })
    }

    @Test func `the same seed gives the same batches, another seed other ones`() {
        let again = Self.batches(of: examplePlan(provider: .sendgrid))
        let other = Self.batches(of: examplePlan(provider: .sendgrid, seed: 8))
        #expect(again == Self.sendGrid)
        #expect(other.map(\.count) != again.map(\.count))
    }
}
