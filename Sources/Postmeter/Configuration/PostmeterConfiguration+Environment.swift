import FoundationEssentials
import PostmeterMetrics
public import PostmeterModel
import PostmeterTracing

extension PostmeterConfiguration {
    /// A configuration from the variables of the process.
    public static func fromEnvironment() -> PostmeterConfiguration {
        fromEnvironment(ProcessInfo.processInfo.environment)
    }

    /// A configuration from OpenTelemetry's variables, and `POSTMETER_TRACE_KEY`.
    ///
    /// <doc:ServiceTelemetry> lists them. An empty one is unset; a bad one is warned of and ignored. Nothing is
    /// pushed unless there is an endpoint or a variable such as `OTEL_TRACES_EXPORTER` asks for it.
    ///
    /// - Parameters:
    ///   - variables: Names and values.
    ///   - diagnostics: Who is told of bad values, and of everything later; nil is the default.
    public static func fromEnvironment(
        _ variables: [String: String], diagnostics: Diagnostics? = nil
    ) -> PostmeterConfiguration {
        var configuration = PostmeterConfiguration()
        let isQuiet = isQuiet(EnvironmentReader(variables, diagnostics ?? configuration.diagnostics))
        configuration.diagnostics = diagnostics ?? (isQuiet ? .silent : configuration.diagnostics)
        configuration.apply(variables)
        return configuration
    }

    /// Takes over what variables say; what none speaks of stays as it is.
    package mutating func apply(_ variables: [String: String]) {
        let reader = EnvironmentReader(variables, diagnostics)
        if let file = reader.text("OTEL_CONFIG_FILE") {
            reader.ignore("OTEL_CONFIG_FILE", file, "configuration files are not read; the variables hold")
        }
        if reader.flag("OTEL_SDK_DISABLED") { isDisabled = true }
        if let name = reader.text("OTEL_SERVICE_NAME") { serviceName = name }
        if let attributes = reader.pairs("OTEL_RESOURCE_ATTRIBUTES", accepts: { _, _ in true }) {
            resource = Resource(attributes.map { Attribute($0.key, .string($0.value)) })
        }
        readExport(reader)
        readMetrics(reader)
        readTraces(reader)
        readLimits(reader)
        readBatches(reader)
        if let key = reader.text("POSTMETER_TRACE_KEY") { traceKey = key }
    }

    private mutating func readMetrics(_ reader: EnvironmentReader) {
        if let interval = reader.interval("OTEL_METRIC_EXPORT_INTERVAL") { metricInterval = interval }
        if let timeout = reader.timeout("OTEL_METRIC_EXPORT_TIMEOUT") { metricTimeout = timeout }
        let preference = "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE"
        let choice: TemporalityPreference? = reader.choice(
            preference, ["cumulative": .cumulative, "delta": .delta, "lowmemory": .lowMemory])
        if let choice { temporality = choice }
        let filter: ExemplarFilter? = reader.choice(
            "OTEL_METRICS_EXEMPLAR_FILTER",
            ["always_on": .alwaysOn, "always_off": .alwaysOff, "trace_based": .traceBased])
        if let filter { exemplars = filter }
        let isExponential = reader.choice(
            "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION",
            ["explicit_bucket_histogram": false, "base2_exponential_bucket_histogram": true])
        if let isExponential { exponentialHistograms = isExponential ? ExponentialLimits() : nil }
    }

    private mutating func readTraces(_ reader: EnvironmentReader) {
        let share = reader.share("OTEL_TRACES_SAMPLER_ARG") ?? 1
        let choice: Sampler? = reader.choice(
            "OTEL_TRACES_SAMPLER",
            [
                "always_on": .alwaysOn, "always_off": .alwaysOff, "traceidratio": .traceIDRatio(share),
                "parentbased_always_on": .parentBased(root: .alwaysOn),
                "parentbased_always_off": .parentBased(root: .alwaysOff),
                "parentbased_traceidratio": .parentBased(root: .traceIDRatio(share)),
            ])
        if let choice { sampler = choice }
        let none = "none"
        let names = Propagator.allCases.map(\.rawValue) + [none]
        if let words = reader.words("OTEL_PROPAGATORS", of: names) {
            propagators = words.contains(none) ? [] : words.compactMap(Propagator.init)
        }
    }

    private mutating func readLimits(_ reader: EnvironmentReader) {
        func limit(_ names: String...) -> Int? {
            names.lazy.compactMap { reader.limit($0, most: 1_000_000) }.first
        }
        let count = "OTEL_ATTRIBUTE_COUNT_LIMIT"
        let length = "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT"
        if let limit = limit("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", count) { spanLimits.attributes = limit }
        if let limit = limit("OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", length) {
            spanLimits.valueLength = limit
        }
        if let limit = limit("OTEL_SPAN_EVENT_COUNT_LIMIT") { spanLimits.events = limit }
        if let limit = limit("OTEL_SPAN_LINK_COUNT_LIMIT") { spanLimits.links = limit }
        if let limit = limit("OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT") { spanLimits.attributesPerEvent = limit }
        if let limit = limit("OTEL_LINK_ATTRIBUTE_COUNT_LIMIT") { spanLimits.attributesPerLink = limit }
        if let limit = limit("OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT", count) { logLimits.attributes = limit }
        if let limit = limit("OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT", length) {
            logLimits.valueLength = limit
        }
    }

    private mutating func readBatches(_ reader: EnvironmentReader) {
        func read(_ prefix: String, into batches: inout Batches) {
            if let delay = reader.interval(prefix + "_SCHEDULE_DELAY") { batches.interval = delay }
            if let timeout = reader.timeout(prefix + "_EXPORT_TIMEOUT") { batches.timeout = timeout }
            if let size = reader.integer(prefix + "_MAX_QUEUE_SIZE", in: 1...1_048_576) {
                batches.capacity = size
                batches.limit = min(batches.limit, size)
            }
            if let size = reader.integer(prefix + "_MAX_EXPORT_BATCH_SIZE", in: 1...batches.capacity) {
                batches.limit = size
            }
        }
        read("OTEL_BSP", into: &spans)
        read("OTEL_BLRP", into: &logs)
    }
}
