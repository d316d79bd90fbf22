import PostmeterMetrics
import PostmeterTracing

/// What the registry, the tracers and the log recorders have counted so far.
struct HealthReadings {
    let registry: RegistryStatistics
    let spans: [TracerStatistics]
    let logs: [LogStatistics]

    /// One sum over all tracers.
    func ofSpans(_ value: (TracerStatistics) -> UInt64) -> UInt64 {
        spans.reduce(0) { $0 &+ value($1) }
    }

    /// One sum over all log recorders.
    func ofLogs(_ value: (LogStatistics) -> UInt64) -> UInt64 {
        logs.reduce(0) { $0 &+ value($1) }
    }
}
