package import PostmeterMetrics

/// One of several places that telemetry is pushed to, each with its own queues, tries, spool and fate.
package struct ExportTarget: Sendable {
    /// What the target is called in its health series and in its folder of the spool: 1 to 63 of
    /// `a-z 0-9 _ -`.
    package var name: String
    /// Where each signal goes; nil: nowhere.
    package var metrics: OTLPTarget?
    package var traces: OTLPTarget?
    package var logs: OTLPTarget?
    /// Which instruments are pushed as differences; those of durable families go as sums.
    package var temporality = TemporalityPreference.cumulative
    /// The time from one push of metrics to the next.
    package var metricInterval: Duration = .seconds(60)
    /// The time for all tries of one push of metrics; nil: that of one try.
    package var metricTimeout: Duration?
    /// Limits of spans and of log records.
    ///
    /// Since records are taken once for all targets, the shortest interval
    /// and the smallest batch of all hold.
    package var spans = RecordPusher.Configuration()
    package var logRecords = RecordPusher.Configuration()
    /// The most bytes of a request before compression, 64 KiB to 64 MiB; one point or record that is larger
    /// goes alone.
    package var bodyLimit = 4 << 20
    /// What is kept on disk while the target is away; nil: nothing.
    package var spool: SpoolLimits?
    /// What sends to this target; nil: what sends to all.
    package var transport: (any ExportTransport)?

    package init(
        _ name: String = "default",
        metrics: OTLPTarget? = nil,
        traces: OTLPTarget? = nil,
        logs: OTLPTarget? = nil
    ) {
        self.name = name
        self.metrics = metrics
        self.traces = traces
        self.logs = logs
    }

    /// The signals that go there.
    package var signals: [ExportSignal] {
        ExportSignal.allCases.filter { receiver(of: $0) != nil }
    }

    /// Where a signal goes.
    package func receiver(of signal: ExportSignal) -> OTLPTarget? {
        switch signal {
        case .metrics: metrics
        case .traces: traces
        case .logs: logs
        }
    }

    /// The most bytes of a request before compression, as the spool allows.
    func bodyLimit(isSpooled: Bool) -> Int {
        let limit = min(max(bodyLimit, 64 << 10), OTLPTarget.bodyLimit)
        guard isSpooled, let spool else { return limit }
        return spool.lane(of: signals.count, bodyLimit: limit).bodyLimit
    }
}
