import PostmeterModel
import PostmeterTracing

/// Where the mail events go that become log records, and which ones do.
struct EventLog: Sendable {
    private let recorder: LogRecorder
    private let scope: LogScope
    private let events: EventLogging

    /// Nil when no event becomes a record.
    init?(_ recorder: LogRecorder?, _ events: EventLogging) {
        guard let recorder, events != .off else { return nil }
        self.recorder = recorder
        self.events = events
        scope = recorder.scope(MailConventions.scope.name, version: MailConventions.scope.version)
    }

    /// Whether events of this kind become records.
    func takes(_ kind: MailEventKind) -> Bool {
        events == .all || kind.isFailure
    }

    /// Records an event; `attributes` writes what is known of it.
    func record(
        _ kind: MailEventKind, body: String, context: SpanContext, at time: UnixTime,
        attributes: (inout LogAttributes) -> Void
    ) {
        recorder.record(
            scope: scope, severity: kind.severity, severityText: kind.severityText, body: body,
            context: context, time: time, eventName: kind.eventName, attributes: attributes)
    }
}
