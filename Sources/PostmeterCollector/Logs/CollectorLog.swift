internal import Logging
internal import Postmeter
internal import PostmeterTracing

/// Where a collector says what it has to say: on standard error, and in log records that are pushed.
///
/// Records are made under the scope `postmeter`. What the push of logs itself complains about must go to
/// ``consoleLogger``: as a record it would be pushed, and complained about again, without end.
struct CollectorLog: Sendable {
    /// The label of both loggers.
    static let label = "postmeter"

    /// For everything but what the push of logs complains about.
    let logger: Logger
    /// Writes to standard error alone, whatever else is set, since there is no other place.
    let consoleLogger: Logger

    /// Makes the loggers.
    ///
    /// - Parameters:
    ///   - level: The least level that is written and recorded.
    ///   - console: Whether ``logger`` writes to standard error; it does in any case without a recorder.
    ///   - recorder: Who takes the records; nil for nobody.
    init(level: Logger.Level, console: Bool, recorder: LogRecorder?) {
        let standardError = Self.console(level)
        consoleLogger = Logger(label: Self.label) { _ in standardError }
        logger = Logger(label: Self.label) { label in
            guard let recorder else { return standardError }
            let recording = SwiftLogHandler(
                label: label, level: level, metadataProvider: nil, recorder: recorder,
                recordsErrorMessages: true, recordsTelemetry: true)
            return console ? MultiplexLogHandler([standardError, recording]) : recording
        }
    }

    private static func console(_ level: Logger.Level) -> any LogHandler {
        var handler = StreamLogHandler.standardError(label: label)
        handler.logLevel = level
        return handler
    }
}
