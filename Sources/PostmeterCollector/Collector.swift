internal import Glibc
internal import Logging
internal import ServiceLifecycle
internal import UnixSignals

/// The daemon behind `postmeter serve`: takes webhooks, journals them, folds them, and shows what it found.
package struct Collector: Service {
    private let configuration: CollectorConfiguration
    private let version: String
    private let logger: Logger

    /// A collector that is not running yet.
    package init(configuration: CollectorConfiguration, version: String) {
        self.configuration = configuration
        self.version = version
        logger = Logger(label: "postmeter") { StreamLogHandler.standardError(label: $0) }
    }

    /// Runs until SIGTERM or SIGINT.
    package func runUntilSignal() async throws {
        var services = ServiceGroupConfiguration(
            services: [.init(service: self)], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        services.maximumGracefulShutdownDuration = .seconds(30)
        try await ServiceGroup(configuration: services).run()
    }

    /// Runs until the surrounding service group shuts down.
    package func run() async throws {
        let running = try await RunningCollector.start(configuration, version: version, logger: logger)
        print(running.greeting)
        fflush(nil)
        try? await gracefulShutdown()
        logger.info("shutting down: the last webhooks are folded and exported")
        await running.stop()
    }
}
