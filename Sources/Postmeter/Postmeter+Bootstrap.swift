import CoreMetrics
public import Logging
import Synchronization
import Tracing

extension Postmeter {
    private static let bootstrapped = AtomicLazyReference<Postmeter>()

    /// The systems of a process that have one backend each.
    public struct Systems: OptionSet, Sendable {
        /// One bit for each system.
        public let rawValue: Int

        /// Creates a set from its bits.
        public init(rawValue: Int) {
            self.rawValue = rawValue
        }

        /// swift-metrics' `MetricsSystem`.
        public static let metrics = Systems(rawValue: 1)
        /// swift-log's `LoggingSystem`.
        public static let logging = Systems(rawValue: 2)
        /// swift-distributed-tracing's `InstrumentationSystem`.
        public static let tracing = Systems(rawValue: 4)
        /// All three.
        public static let all: Systems = [.metrics, .logging, .tracing]
    }

    /// Makes the telemetry of this process, keeps it as ``shared`` and sets it up behind the systems named.
    ///
    /// The first call holds: a later one warns and returns what the first one made. A system that has another
    /// backend already keeps it, with a warning; of `LoggingSystem` that cannot be seen when its loggers write to
    /// a stream, and then the process ends, as swift-log has it.
    ///
    /// - Parameters:
    ///   - configuration: How to record and where it goes.
    ///   - systems: What to set up; without any, nothing but ``shared`` is global.
    @discardableResult
    public static func bootstrap(
        _ configuration: PostmeterConfiguration = .fromEnvironment(), systems: Systems = []
    ) throws(PostmeterError) -> Postmeter {
        if let first = bootstrapped.load() { return warned(first, configuration) }
        let made = try Postmeter(configuration: configuration)
        let first = bootstrapped.storeIfNil(made)
        guard first === made else { return warned(first, configuration) }
        made.setUp(systems)
        return made
    }

    /// What ``bootstrap(_:systems:)`` made; nil before.
    public static var shared: Postmeter? {
        bootstrapped.load()
    }

    /// A handler for a logger of swift-log, which records what it logs.
    ///
    /// Nothing is recorded when log records are pushed nowhere, nor of the label `postmeter`, under which the
    /// telemetry itself says what is off.
    public func logHandler(
        label: String, metadataProvider: Logger.MetadataProvider? = nil
    ) -> SwiftLogHandler {
        SwiftLogHandler(
            label: label, level: configuration.logLevel, metadataProvider: metadataProvider,
            recorder: recordsLogs ? logs : nil, recordsErrorMessages: configuration.recordsErrorMessages)
    }

    private static func warned(_ first: Postmeter, _ configuration: PostmeterConfiguration) -> Postmeter {
        configuration.diagnostics.warn("Postmeter was bootstrapped before: the first configuration holds")
        return first
    }

    private func setUp(_ systems: Systems) {
        if systems.contains(.metrics) {
            if MetricsSystem.factory is NOOPMetricsHandler {
                MetricsSystem.bootstrap(metricsFactory)
            } else {
                warnOfBackend("MetricsSystem")
            }
        }
        if systems.contains(.tracing) {
            if InstrumentationSystem.instrument is NoOpInstrument {
                InstrumentationSystem.bootstrap(distributedTracer)
            } else {
                warnOfBackend("InstrumentationSystem")
            }
        }
        if systems.contains(.logging) {
            if Logger(label: PostmeterConfiguration.diagnosticsLabel).handler is StreamLogHandler {
                LoggingSystem.bootstrap(
                    { [self] in handler(label: $0, provider: $1) },
                    metadataProvider: configuration.metadataProvider)
            } else {
                warnOfBackend("LoggingSystem")
            }
        }
    }

    private func warnOfBackend(_ system: String) {
        configuration.diagnostics.warn("\(system) has a backend already, which it keeps")
    }

    /// What the global loggers get: the recorder and, when it is wanted, standard error.
    private func handler(label: String, provider: Logger.MetadataProvider?) -> any LogHandler {
        let recording = logHandler(label: label, metadataProvider: provider)
        guard configuration.logsToStandardError else { return recording }
        var writing = StreamLogHandler.standardError(label: label, metadataProvider: provider)
        writing.logLevel = configuration.logLevel
        return MultiplexLogHandler([recording, writing])
    }
}
