/// Which mail events become log records.
public enum EventLogging: String, Sendable, Hashable, CaseIterable {
    /// Each event.
    case all
    /// Those that mean that a mail did not get through or did harm: deferred, bounced, complained, rejected,
    /// suppressed and failed.
    case failures
    /// None.
    case off
}
