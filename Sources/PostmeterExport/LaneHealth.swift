import PostmeterMetrics
import Synchronization

/// The health series of one lane: a target and a signal.
struct LaneHealth: Sendable {
    let health: ExportHealth
    let target: String
    let signal: ExportSignal

    func countRequest(_ result: ExportResult) {
        health.requests(target, signal.rawValue, result.outcome).add()
    }

    func countRetries(tries: Int) {
        if tries > 1 { health.retries(target, signal.rawValue).add(UInt64(tries - 1)) }
    }

    func countItems(accepted: Int, rejected: Int) {
        if accepted > 0 {
            health.items(target, signal.rawValue, "accepted").add(UInt64(accepted))
            health.acceptedItems.wrappingAdd(UInt64(accepted), ordering: .relaxed)
        }
        if rejected > 0 { health.items(target, signal.rawValue, "rejected").add(UInt64(rejected)) }
    }

    func countLost(_ count: Int, reason: String) {
        guard count > 0 else { return }
        health.lost(target, signal.rawValue, reason).add(UInt64(count))
        health.lostItems.wrappingAdd(UInt64(count), ordering: .relaxed)
    }

    func record(duration seconds: Double) {
        health.durations(target, signal.rawValue).record(seconds)
    }

    /// Shows when a request was accepted, in nanoseconds since the Unix epoch.
    func showAccepted(at time: UInt64) {
        health.lastAccepted(target, signal.rawValue).set(Double(time) / 1e9)
    }

    func countSpooled(_ items: Int) {
        if items > 0 { health.written(target, signal.rawValue).add(UInt64(items)) }
    }

    func countDrained(_ items: Int) {
        if items > 0 { health.drained(target, signal.rawValue).add(UInt64(items)) }
    }

    func countThinned() {
        health.thinned(target).add()
    }
}
