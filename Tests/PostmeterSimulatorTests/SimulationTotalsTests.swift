import Testing

@testable import PostmeterSimulator

@Suite struct SimulationTotalsTests {
    private static var totals: SimulationTotals {
        var ledger = Ledger(provider: .agentmail, agents: 3)
        for (number, kind) in [PlannedKind.sent, .delivered, .bounced(2), .other].enumerated() {
            ledger.note(
                PlannedWebhook(
                    number: number,
                    sentAt: 0,
                    happenedAt: 0,
                    kind: kind,
                    message: SimulatedMessage(
                        number: number / 2,
                        agent: number / 2,
                        isInbound: false,
                        recipientCount: 2,
                        answers: nil,
                        createdAt: 0
                    )
                )
            )
        }
        var figures = RequestFigures()
        figures.note(.status(200), isRetry: false, nanoseconds: 1_000_000)
        figures.note(.failure("timeout"), isRetry: true, nanoseconds: 0)
        return SimulationTotals(
            provider: "agentmail",
            seed: .max,
            agents: ["agent-001", "agent-002", "agent-003"],
            ledger: ledger,
            figures: figures,
            unacknowledged: ["msg_1"],
            seconds: 2
        )
    }

    @Test func `the JSON has every total`() {
        let json = String(decoding: Self.totals.json, as: UTF8.self)
        let compact = json.filter { $0 != "\n" && $0 != " " }
        let expected = [
            #"{"provider":"agentmail","seed":"18446744073709551615","acknowledged":4,"repeats":0,"others":1,"#,
            #""events":{"agent-001":{"delivered":2,"sent":2},"agent-002":{"bounced":2}},"#,
            #""bounces":{"soft":2},"delivery_durations":1,"#,
            #""spans":{"bouncedagentmail":1,"deliver":1,"deliveredagentmail":1,"#,
            #""messageoutbound":2,"sentagentmail":1},"links":{},"#,
            #""http":{"requests":2,"retries":1,"statuses":{"200":1},"failures":{"timeout":1},"#,
        ].joined()
        #expect(compact.hasPrefix(expected))
        #expect(compact.hasSuffix(#""unacknowledged":["msg_1"]}"#))
    }

    @Test func `the table has a row for each agent with mail and one for all`() {
        let lines = Self.totals.table.split(separator: "\n").map(String.init)
        #expect(
            Array(lines.prefix(4)) == [
                "agent      sent  delivered  bounced",
                "agent-001     2          2        0",
                "agent-002     0          0        2",
                "all           2          2        2",
            ]
        )
        #expect(lines.contains("seed: 18446744073709551615"))
    }

    @Test func `percentiles are within five in a hundred`() {
        var sketch = LatencySketch()
        for milliseconds in 1...1_000 { sketch.note(Int64(milliseconds) * 1_000_000) }
        #expect(475...525 ~= sketch.milliseconds(at: 0.5))
        #expect(940...1_040 ~= sketch.milliseconds(at: 0.99))
        #expect(LatencySketch().milliseconds(at: 0.5) == 0)
    }
}
