import Instrumentation
public import Logging
import PostmeterModel
package import PostmeterTracing

/// swift-log over a recorder of log records: ``Postmeter/logHandler(label:metadataProvider:)`` makes it.
///
/// The logger's label is the scope of its records. Metadata become attributes: nested dictionaries with dots
/// between their keys, arrays as lists of texts; of a key that comes twice the statement goes before the provider
/// and the provider before the logger. `code.function.name`, `code.file.path` and `code.line.number` say where the
/// statement is. A record names the span that the task works in. For what is below the level nothing is made.
public struct SwiftLogHandler: LogHandler {
    /// The least level that is recorded.
    public var logLevel: Logger.Level
    /// What goes with every record of the logger.
    public var metadata: Logger.Metadata = [:]
    /// What adds to the metadata at every record.
    public var metadataProvider: Logger.MetadataProvider?

    private let recorder: LogRecorder?
    private let scope: LogScope?
    private let recordsErrorMessages: Bool

    /// Creates a handler.
    ///
    /// - Parameters:
    ///   - recorder: Who takes the records; nil for nobody.
    ///   - recordsErrorMessages: Whether the text of errors is recorded; it may hold what is private.
    ///   - recordsTelemetry: Whether what the telemetry says of itself is recorded as well; for one who sees to it
    ///     that no push of these records adds to them.
    package init(
        label: String, level: Logger.Level, metadataProvider: Logger.MetadataProvider?,
        recorder: LogRecorder?, recordsErrorMessages: Bool, recordsTelemetry: Bool = false
    ) {
        logLevel = level
        self.metadataProvider = metadataProvider
        self.recordsErrorMessages = recordsErrorMessages
        // What is off with the telemetry itself would be recorded again and again.
        let isTelemetry = label == PostmeterConfiguration.diagnosticsLabel
        self.recorder = isTelemetry && !recordsTelemetry ? nil : recorder
        scope = self.recorder?.scope(label)
    }

    /// A value of the metadata that go with every record.
    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Records a statement, without waiting.
    public func log(event: LogEvent) {
        guard let recorder, let scope, event.level >= logLevel else { return }
        recorder.record(
            scope: scope, severity: Self.severity(event.level), severityText: event.level.rawValue,
            body: event.message.description, context: ServiceContext.current?.spanContext
        ) { attributes in
            write(event, to: &attributes)
        }
    }

    private func write(_ event: LogEvent, to attributes: inout LogAttributes) {
        attributes.set("code.function.name", event.function)
        attributes.set("code.file.path", event.file)
        attributes.set("code.line.number", Int(clamping: event.line))
        if let error = event.error {
            attributes.set("exception.type", String(reflecting: type(of: error)))
            if recordsErrorMessages { attributes.set("exception.message", "\(error)") }
        }
        let provided = metadataProvider?.get() ?? [:]
        let stated = event.metadata ?? [:]
        for (key, value) in metadata where provided[key] == nil && stated[key] == nil {
            LogMetadata.write(value, as: key, to: &attributes)
        }
        for (key, value) in provided where stated[key] == nil {
            LogMetadata.write(value, as: key, to: &attributes)
        }
        for (key, value) in stated { LogMetadata.write(value, as: key, to: &attributes) }
    }

    /// Source: OpenTelemetry specification, "Logs data model", appendix "SeverityNumber mapping".
    private static func severity(_ level: Logger.Level) -> LogSeverity {
        switch level {
        case .trace: .trace
        case .debug: .debug
        case .info: .info
        case .notice: .notice
        case .warning: .warn
        case .error: .error
        case .critical: .critical
        }
    }
}
