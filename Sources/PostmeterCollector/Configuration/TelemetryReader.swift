internal import Logging
internal import Postmeter
internal import PostmeterMail
internal import PostmeterMetrics
internal import PostmeterModel

/// Checks what a file says of the collector's own telemetry, and lays it over what the variables said.
struct TelemetryReader {
    private static let queueLimits = 1...1_048_576

    /// Takes over all sections that are about telemetry.
    static func apply(
        _ file: ConfigurationFile, to configuration: inout CollectorConfiguration
    ) throws(ConfigurationError) {
        if let targets = file.otlp { configuration.telemetry.targets = try TargetReader.read(targets) }
        try apply(file.scrape, to: &configuration.telemetry.exposition)
        try apply(file.metrics, to: &configuration.telemetry)
        try apply(file.spans?.queue, file.spans?.batch, at: "spans", to: &configuration.telemetry.spans)
        try apply(file.logs, to: &configuration)
        try apply(file.console, to: &configuration.telemetry.console)
    }

    private static func apply(
        _ file: ConfigurationFile.Scrape?, to exposition: inout PostmeterConfiguration.Exposition
    ) throws(ConfigurationError) {
        let translation: PostmeterConfiguration.Exposition.NameTranslation? = try choice(
            file?.nameTranslation, at: "scrape.name_translation",
            [
                "UnderscoreEscapingWithSuffixes": .underscoreEscapingWithSuffixes,
                "UnderscoreEscapingWithoutSuffixes": .underscoreEscapingWithoutSuffixes,
                "NoUTF8EscapingWithSuffixes": .noUTF8EscapingWithSuffixes, "NoTranslation": .noTranslation,
            ])
        if let translation { exposition.translation = translation }
        if let created = file?.created { exposition.includesCreated = created }
        if let scopeLabels = file?.scopeLabels { exposition.scopeLabels = scopeLabels }
        if let gzip = file?.gzip { exposition.isCompressed = gzip }
    }

    private static func apply(
        _ file: ConfigurationFile.Metrics?, to telemetry: inout PostmeterConfiguration
    ) throws(ConfigurationError) {
        let filter: ExemplarFilter? = try choice(
            file?.exemplars, at: "metrics.exemplars",
            ["trace_based": .traceBased, "always_on": .alwaysOn, "always_off": .alwaysOff])
        if let filter { telemetry.exemplars = filter }
        let isExponential = try choice(
            file?.histograms, at: "metrics.histograms",
            ["explicit_bucket_histogram": false, "base2_exponential_bucket_histogram": true])
        if let isExponential { telemetry.exponentialHistograms = isExponential ? ExponentialLimits() : nil }
    }

    private static func apply(
        _ file: ConfigurationFile.Logs?, to configuration: inout CollectorConfiguration
    ) throws(ConfigurationError) {
        let events: EventLogging? = try choice(
            file?.events, at: "logs.events", ["all": .all, "failures": .failures, "off": .off])
        if let events { configuration.events = events }
        let level: Logger.Level? = try choice(
            file?.level, at: "logs.level",
            [
                "trace": .trace, "debug": .debug, "info": .info, "notice": .notice, "warning": .warning,
                "error": .error, "critical": .critical,
            ])
        if let level { configuration.telemetry.logLevel = level }
        if let console = file?.console { configuration.telemetry.logsToStandardError = console }
        try apply(file?.queue, file?.batch, at: "logs", to: &configuration.telemetry.logs)
    }

    private static func apply(
        _ queue: Int?, _ batch: Int?, at path: String, to batches: inout PostmeterConfiguration.Batches
    ) throws(ConfigurationError) {
        if let queue {
            guard queueLimits.contains(queue) else {
                throw ConfigurationError(path: "\(path).queue", problem: "must be from 1 to 1048576")
            }
            batches.capacity = queue
            batches.limit = min(batches.limit, queue)
        }
        if let batch {
            guard (1...batches.capacity).contains(batch) else {
                throw ConfigurationError(
                    path: "\(path).batch", problem: "must be from 1 to the queue's \(batches.capacity)")
            }
            batches.limit = batch
        }
    }

    private static func apply(
        _ file: ConfigurationFile.Console?, to console: inout PostmeterConfiguration.Signals
    ) throws(ConfigurationError) {
        switch file {
        case nil: break
        case .flag(let isOn): console = isOn ? .all : []
        case .list(let list):
            console = []
            for (index, word) in list.enumerated() {
                let signal: PostmeterConfiguration.Signals? = try choice(
                    word, at: "console[\(index)]", ["metrics": .metrics, "traces": .traces, "logs": .logs])
                if let signal { console.formUnion(signal) }
            }
        }
    }
}
