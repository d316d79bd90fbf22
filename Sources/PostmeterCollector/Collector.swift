internal import Glibc
internal import Logging
internal import Postmeter
internal import PostmeterExport
internal import PostmeterTracing
internal import ServiceLifecycle
internal import UnixSignals

/// The daemon behind `postmeter serve`: takes webhooks, journals them, folds them, and shows what it found.
package struct Collector: Service {
    private let configuration: CollectorConfiguration
    private let version: String
    private let targets: ServiceTargets
    private let recorder: LogRecorder?
    private let log: CollectorLog

    /// A collector that is not running yet.
    ///
    /// - Throws: When its telemetry cannot go where the configuration says.
    package init(configuration: CollectorConfiguration, version: String) throws(ConfigurationError) {
        self.configuration = configuration
        self.version = version
        targets = try CollectorExports.targets(configuration)
        let telemetry = configuration.telemetry
        recorder =
            targets.all.contains { $0.logs != nil }
            ? LogRecorder(capacity: telemetry.logs.capacity, limits: telemetry.logLimits) : nil
        log = CollectorLog(
            level: telemetry.logLevel, console: telemetry.logsToStandardError, recorder: recorder)
    }

    /// Runs until SIGTERM or SIGINT.
    package func runUntilSignal() async throws {
        var services = ServiceGroupConfiguration(
            services: [.init(service: self)], gracefulShutdownSignals: [.sigterm, .sigint], logger: log.logger
        )
        services.maximumGracefulShutdownDuration = .seconds(30)
        try await ServiceGroup(configuration: services).run()
    }

    /// Runs until the surrounding service group shuts down.
    package func run() async throws {
        let running = try await RunningCollector.start(
            configuration, version: version, log: log, recorder: recorder, targets: targets)
        print(running.greeting)
        fflush(nil)
        try? await gracefulShutdown()
        log.logger.info("shutting down: the last webhooks are folded and exported")
        await running.stop()
    }
}
