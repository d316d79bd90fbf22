import PostmeterExport
import PostmeterTransport

extension ExportTarget {
    /// A receiver with everything that holds for it, whether it was said of it or of all.
    ///
    /// - Parameter setting: What the receiver is called in errors.
    init(
        _ otlp: PostmeterConfiguration.OTLP, _ setting: String, _ configuration: PostmeterConfiguration
    ) throws(PostmeterError) {
        guard PostmeterConfiguration.OTLP.bodyLimits.contains(otlp.bodyLimit) else {
            throw PostmeterError("\(setting).bodyLimit: \(otlp.bodyLimit) is not 65536 to 67108864")
        }
        self.init(
            otlp.name, metrics: try Self.target(otlp, otlp.metrics, setting, "metrics"),
            traces: try Self.target(otlp, otlp.traces, setting, "traces"),
            logs: try Self.target(otlp, otlp.logs, setting, "logs"))
        temporality = otlp.temporality ?? configuration.temporality
        metricInterval = otlp.metrics.interval ?? configuration.metricInterval
        metricTimeout = otlp.metrics.deadline ?? configuration.metricTimeout
        spans = configuration.spans.pusher(changedBy: otlp.traces)
        logRecords = configuration.logs.pusher(changedBy: otlp.logs)
        bodyLimit = otlp.bodyLimit
        if configuration.spoolDirectory != nil, let limits = otlp.spool {
            spool = SpoolLimits(byteLimit: limits.byteLimit, ageLimit: limits.ageLimit)
        }
    }

    private static func target(
        _ otlp: PostmeterConfiguration.OTLP, _ signal: PostmeterConfiguration.OTLP.Signal,
        _ setting: String, _ name: String
    ) throws(PostmeterError) -> OTLPTarget? {
        guard otlp.pushes(signal) else { return nil }
        let own = "\(setting).\(name)"
        let headers = try fields(
            signal.headers ?? otlp.headers, "\(signal.headers == nil ? setting : own).headers")
        let files = signal.tls ?? otlp.tls
        guard files.keyFile == nil || files.certificateFile != nil else {
            throw PostmeterError(
                "\(signal.tls == nil ? setting : own).tls.keyFile: stands without certificateFile; name both")
        }
        let endpoint: OTLPTarget.Endpoint = signal.endpoint.map { .exact($0) } ?? .base(otlp.endpoint ?? "")
        do {
            return try OTLPTarget(
                endpoint, headers: headers,
                compression: signal.isCompressed ?? otlp.isCompressed ? .gzip : .none,
                timeout: signal.timeout ?? otlp.timeout,
                tls: HTTPClientTLS(
                    authorityFile: files.authorityFile, certificateFile: files.certificateFile,
                    keyFile: files.keyFile))
        } catch {
            throw PostmeterError("\(signal.endpoint == nil ? setting : own).endpoint: \(error)")
        }
    }

    private static func fields(
        _ headers: [String: String], _ setting: String
    ) throws(PostmeterError) -> HTTPHeaders {
        let sorted = headers.sorted { $0.key < $1.key }
        for (name, value) in sorted {
            guard PostmeterConfiguration.isFieldName(name), PostmeterConfiguration.isFieldValue(value) else {
                throw PostmeterError(
                    "\(setting): '\(name)' or its value cannot stand in a request; remove control characters")
            }
        }
        return HTTPHeaders(sorted.map { ($0.key, $0.value) })
    }
}

extension PostmeterConfiguration.Batches {
    /// How batches go out, with what a receiver has of its own.
    fileprivate func pusher(
        changedBy signal: PostmeterConfiguration.OTLP.Signal
    ) -> RecordPusher.Configuration {
        var pusher = RecordPusher.Configuration()
        pusher.interval = signal.interval ?? interval
        pusher.batchLimit = max(1, min(limit, capacity))
        pusher.deadline = signal.deadline ?? timeout
        return pusher
    }
}
