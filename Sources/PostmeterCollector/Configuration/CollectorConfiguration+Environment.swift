internal import Postmeter
internal import PostmeterModel

extension CollectorConfiguration {
    /// Takes what OpenTelemetry's environment variables say: of the push where the file is silent on it, and of
    /// the resource.
    ///
    /// A value that cannot be used is warned of and ignored, as the specification has it.
    mutating func apply(environment: [String: String]) {
        let variables = PostmeterConfiguration.fromEnvironment(environment)
        resource = variables.resource
        if let name = variables.serviceName {
            resource = resource.merging(Resource([Attribute("service.name", .string(name))]))
        }
        guard otlp == nil, !variables.isDisabled, let target = variables.otlp, let endpoint = target.endpoint
        else { return }
        var push = OTLP(endpoint: endpoint)
        push.headers = target.headers
        push.compresses = target.isCompressed
        push.timeout = TimeSpan(target.timeout)
        // The library's defaults are those of OpenTelemetry; a collector pushes more often unless it is told.
        if UInt64(environment["OTEL_METRIC_EXPORT_INTERVAL"] ?? "") != nil {
            push.interval = TimeSpan(variables.metricInterval)
        }
        if UInt64(environment["OTEL_BSP_SCHEDULE_DELAY"] ?? "") != nil {
            push.spanInterval = TimeSpan(variables.spans.interval)
        }
        otlp = push
    }
}

extension TimeSpan {
    /// The whole nanoseconds of a duration; 0 for a negative one.
    fileprivate init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        self.init(
            nanoseconds: UInt64(max(0, seconds)) * 1_000_000_000 + UInt64(max(0, attoseconds) / 1_000_000_000)
        )
    }
}
