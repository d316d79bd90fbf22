internal import CPrimitives
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
    private let manager: ServiceManager?

    /// A collector that is not running yet.
    ///
    /// - Parameter manager: Who is told how it goes; nil for nobody.
    /// - Throws: When its telemetry cannot go where the configuration says.
    package init(
        configuration: CollectorConfiguration, version: String, manager: ServiceManager? = nil
    ) throws(ConfigurationError) {
        self.configuration = configuration
        self.version = version
        self.manager = manager
        targets = try CollectorExports.targets(configuration)
        let telemetry = configuration.telemetry
        recorder =
            targets.all.contains { $0.logs != nil }
            ? LogRecorder(capacity: telemetry.logs.capacity, limits: telemetry.logLimits) : nil
        log = CollectorLog(
            level: telemetry.logLevel, console: telemetry.logsToStandardError, recorder: recorder)
    }

    /// Runs until SIGTERM or SIGINT; a second one ends the process at once, with exit code 128 and the signal's.
    package func runUntilSignal() async throws {
        // A mail with its attachments takes tens of megabytes for a moment, in one thread and then in another.
        pm_memory_return_blocks(8 << 20)
        let services = ServiceGroup(
            configuration: ServiceGroupConfiguration(services: [.init(service: self)], logger: log.logger))
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        let watch = Task {
            var count = 0
            for await signal in signals {
                count += 1
                if count == 1 {
                    await services.triggerGracefulShutdown()
                } else {
                    Self.end(at: signal)
                }
            }
        }
        defer { watch.cancel() }
        try await services.run()
    }

    /// Runs until the surrounding service group shuts down.
    package func run() async throws {
        let running = try await RunningCollector.start(
            configuration, version: version, log: log, recorder: recorder, targets: targets)
        print(running.greeting)
        fflush(nil)
        manager?.tell("READY=1\nSTATUS=\(running.status)")
        let watchdog = Task { [manager] in await manager?.keepAlive(while: { running.isAlive }) }
        try? await gracefulShutdown()
        watchdog.cancel()
        let timeout = configuration.shutdownTimeout
        // What follows takes as long as this at the most, and whoever manages the service may know.
        manager?.tell(
            "STOPPING=1\nSTATUS=shutting down\nEXTEND_TIMEOUT_USEC=\(timeout.nanoseconds / 1_000 + 5_000_000)"
        )
        log.logger.info("shutting down: the last webhooks are folded and exported")
        let limit = ShutdownLimit(seconds: timeout.seconds)
        let report = await running.stop(within: timeout)
        limit.finish()
        // Log records go nowhere any more.
        log.consoleLogger.notice("\(report.text)")
        manager?.tell("STATUS=\(report.text)")
    }

    private static func end(at signal: UnixSignal) {
        let (name, number) = signal == .sigint ? ("SIGINT", SIGINT) : ("SIGTERM", SIGTERM)
        let line = Array(
            "postmeter: ended at once by a second signal, \(name); no acknowledged webhook is lost\n".utf8)
        _ = Glibc.write(STDERR_FILENO, line, line.count)
        _exit(128 + number)
    }
}
