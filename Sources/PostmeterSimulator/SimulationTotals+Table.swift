extension SimulationTotals {
    /// The most agents that the table lists one by one.
    private static let listed = 60

    /// The totals as lines for a person: a row for each agent, a column for each event.
    package var table: String {
        let kinds = Set(ledger.events.flatMap(\.keys))
        let columns = Self.order.filter(kinds.contains)
        var rows: [[String]] = [["agent"] + columns]
        let busy = zip(agents, ledger.events).filter { !$0.1.isEmpty }
        for (agent, counts) in busy.prefix(Self.listed) {
            rows.append([agent] + columns.map { String(counts[$0] ?? 0) })
        }
        if busy.count > Self.listed {
            let rest = busy.dropFirst(Self.listed)
            rows.append(["\(rest.count) more"] + columns.map { sum($0, of: rest.map(\.1)) })
        }
        rows.append(["all"] + columns.map { sum($0, of: ledger.events) })
        return ([Self.aligned(rows)] + summary).joined(separator: "\n")
    }

    private func sum(_ event: String, of counts: [[String: Int]]) -> String {
        String(counts.reduce(0) { $0 + ($1[event] ?? 0) })
    }

    private var summary: [String] {
        let statuses = figures.statuses.sorted { $0.key < $1.key }.map { "\($0.value) x \($0.key)" }
        let failures = figures.failures.sorted { $0.key < $1.key }.map { "\($0.value) x \($0.key)" }
        let rate = seconds > 0 ? Int((Double(figures.requests) / seconds).rounded()) : 0
        let lines = [
            "webhooks acknowledged: \(ledger.acknowledged), and \(ledger.repeats) repeats;"
                + " about no mail: \(ledger.others); not acknowledged: \(unacknowledged.count)",
            "requests: \(figures.requests) (\(rate) a second), retries: \(figures.retries);"
                + " answers: \((statuses + failures).joined(separator: ", "))",
            "answered in \(Self.text(figures.latencies.milliseconds(at: 0.5))) ms (median),"
                + " \(Self.text(figures.latencies.milliseconds(at: 0.99))) ms (99 %)",
            "seed: \(seed)",
        ]
        return [""] + lines
    }

    /// A number with one digit behind the point.
    private static func text(_ number: Double) -> String {
        let tenths = Int((number * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }

    /// Columns of equal width, the first to the left and the rest to the right.
    private static func aligned(_ rows: [[String]]) -> String {
        let columns = rows.first?.indices ?? 0..<0
        let widths = columns.map { column in rows.reduce(0) { max($0, $1[column].utf8.count) } }
        return rows.map { row in
            zip(row, widths).enumerated().map { place, cell in
                let space = String(repeating: " ", count: cell.1 - cell.0.utf8.count)
                return place == 0 ? cell.0 + space : space + cell.0
            }.joined(separator: "  ")
        }.joined(separator: "\n")
    }

    /// The events in the order of a mail's life.
    private static let order = [
        "received", "accepted", "sent", "delivered", "deferred", "bounced", "complained", "rejected",
        "suppressed", "failed", "opened", "clicked",
    ]
}
