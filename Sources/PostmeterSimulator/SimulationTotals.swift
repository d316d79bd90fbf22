import Glibc

/// The exact totals of a simulation, against which any figure of the collector can be checked.
package struct SimulationTotals: Sendable {
    let provider: String
    let seed: UInt64
    /// The agents' names, which are their ids in the collector.
    let agents: [String]
    let ledger: Ledger
    let figures: RequestFigures
    /// Ids of webhooks that were never acknowledged.
    package let unacknowledged: [String]
    let seconds: Double

    /// Unique webhooks that were acknowledged.
    package var acknowledged: Int {
        ledger.acknowledged
    }

    /// Unique webhooks that were about no mail.
    package var others: Int {
        ledger.others
    }

    /// Webhooks that were sent and acknowledged again.
    package var repeats: Int {
        ledger.repeats
    }

    /// Mails that anything was told of.
    package var messages: Int {
        let spans = ledger.spans
        return spans["message inbound", default: 0] + spans["message outbound", default: 0]
    }

    /// Counts by event of each agent that has any.
    package var events: [String: [String: Int]] {
        var events: [String: [String: Int]] = [:]
        for (agent, counts) in zip(agents, ledger.events) where !counts.isEmpty {
            events[agent] = counts
        }
        return events
    }

    /// The totals as a JSON object.
    package var json: [UInt8] {
        var writer = JSONWriter(isIndented: true)
        writer.object { root in
            root.member("provider", provider)
            // As text, since many readers hold numbers as doubles.
            root.member("seed", String(seed))
            root.member("acknowledged", ledger.acknowledged)
            root.member("repeats", ledger.repeats)
            root.member("others", ledger.others)
            root.member("events") { agents in
                for (agent, counts) in events.sorted(by: { $0.key < $1.key }) {
                    agents.member(agent, counts: counts)
                }
            }
            root.member("bounces", counts: ledger.bounces)
            root.member("delivery_durations", ledger.deliveryDurations)
            root.member("spans", counts: ledger.spans)
            root.member("links", counts: ledger.links)
            root.member("http", writeRequests)
            root.member("unacknowledged", Array(unacknowledged))
        }
        return writer.bytes
    }

    private func writeRequests(_ http: inout JSONWriter) {
        http.member("requests", figures.requests)
        http.member("retries", figures.retries)
        let statuses = figures.statuses.map { (String($0.key), $0.value) }
        http.member("statuses", counts: Dictionary(uniqueKeysWithValues: statuses))
        http.member("failures", counts: figures.failures)
        http.member("seconds", seconds)
        http.member("p50_ms", figures.latencies.milliseconds(at: 0.5))
        http.member("p99_ms", figures.latencies.milliseconds(at: 0.99))
    }

    /// Writes the JSON to a file, all of it or nothing.
    func write(to path: String) throws(SimulatorError) {
        let part = path + ".part"
        guard let file = fopen(part, "w") else { throw .cannotWrite(path, Self.reason) }
        let bytes = json + [0x0A]
        let written = fwrite(bytes, 1, bytes.count, file)
        guard fclose(file) == 0, written == bytes.count, rename(part, path) == 0 else {
            throw .cannotWrite(path, Self.reason)
        }
    }

    private static var reason: String {
        String(cString: strerror(errno))
    }
}
