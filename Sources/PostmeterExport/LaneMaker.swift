import PostmeterJournal
import PostmeterModel

/// Makes the lanes of targets.
struct LaneMaker: Sendable {
    /// Where spools are kept; nil: nowhere.
    var spoolDirectory: String?
    var transport: any ExportTransport
    var health: ExportHealth
    var clock = ExportClock.system
    var diagnostics = Diagnostics.silent
    var logDiagnostics = Diagnostics.silent
    var random: @Sendable () -> Double = { Double.random(in: 0..<1) }
    var fileSystem = JournalFileSystem.system
    /// How long a disk that refused is left alone, in nanoseconds of the real clock.
    var diskRetry: UInt64 = 500_000_000

    /// The lane of a signal; nil when it does not go to the target.
    func lane(_ signal: ExportSignal, of target: ExportTarget) -> ExportLane? {
        guard let receiver = target.receiver(of: signal) else { return nil }
        let diagnostics = signal == .logs ? logDiagnostics : diagnostics
        let figures = LaneFigures()
        let spool = spool(signal, of: target, diagnostics)
        let sender = OTLPSender(
            to: receiver,
            by: target.transport ?? transport,
            health: health.declare(target.name, signal, figures, spooledBy: spool.map { _ in clock.unix }),
            clock: clock,
            diagnostics: diagnostics
        )
        return ExportLane(
            sender: sender,
            configuration: configuration(signal, of: target, receiver),
            figures: figures,
            spool: spool
        )
    }

    /// Shows how much the spools of a target may take.
    func showLimits(of target: ExportTarget) {
        guard spoolDirectory != nil, let limits = laneLimits(of: target) else { return }
        for signal in target.signals { health.showSpoolLimit(target.name, signal, limits.byteLimit) }
    }

    /// What the spool of each signal may take; nil: there is none.
    private func laneLimits(of target: ExportTarget) -> SpoolLimits.Lane? {
        target.spool?.lane(of: target.signals.count, bodyLimit: target.bodyLimit(isSpooled: false))
    }

    private func spool(
        _ signal: ExportSignal,
        of target: ExportTarget,
        _ diagnostics: Diagnostics
    ) -> sending Spool? {
        guard let spoolDirectory, let limits = laneLimits(of: target) else { return nil }
        let configuration = Spool.Configuration(
            directory: SpoolFolder(spoolDirectory).path(target.name, signal),
            signal: signal,
            limits: limits,
            fileSystem: fileSystem,
            diskRetry: diskRetry
        )
        return Spool(configuration, clock: clock, diagnostics: diagnostics)
    }

    private func configuration(
        _ signal: ExportSignal,
        of target: ExportTarget,
        _ receiver: OTLPTarget
    ) -> ExportLane.Configuration {
        var configuration = ExportLane.Configuration()
        configuration.random = random
        guard signal != .metrics else {
            configuration.deadline = target.metricTimeout ?? receiver.timeout
            return configuration
        }
        let records = signal == .traces ? target.spans : target.logRecords
        configuration.queueLimit = records.queueLimit
        configuration.queueBytesLimit = records.queueBytesLimit
        configuration.deadline = records.deadline
        return configuration
    }
}
