import Foundation
import Logging
import Postmeter
import ServiceLifecycle

/// Has as many series as a large fleet, and counts in all of them for as long as it runs.
@main
struct ManySeries {
    static func main() async throws {
        let count = ProcessInfo.processInfo.environment["SERIES"].flatMap { Int($0) } ?? 100_000
        let postmeter = try Postmeter(configuration: .fromEnvironment())
        let group = ServiceGroup(
            services: [Counting(postmeter, count: count), postmeter],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: Logger(label: "many-series"))
        try await group.run()
    }
}

/// Adds 1 to each series in turn, a hundred thousand a second at the most, so that each goes up while others are read.
struct Counting: Service {
    private let counters: [Counter]

    init(_ postmeter: Postmeter, count: Int) {
        let family: Family<Counter> = postmeter.metrics.family(
            InstrumentDescriptor(
                name: "many.messages", kind: .counter, unit: "{message}", labels: ["agent", "event"],
                seriesLimit: count))
        let events = ["sent", "delivered", "bounced", "received"]
        counters = (0..<count).map { family.bind("agent-\($0 / events.count)", events[$0 % events.count]) }
    }

    func run() async throws {
        try? await cancelWhenGracefulShutdown { [counters] in
            while true {
                for start in stride(from: 0, to: counters.count, by: 1_000) {
                    for counter in counters[start..<min(start + 1_000, counters.count)] { counter.add(1) }
                    try await Task.sleep(for: .milliseconds(10))
                }
            }
        }
    }
}
