/// How grave a log record is.
///
/// The raw values are the first numbers of OpenTelemetry's ranges.
/// Source: OpenTelemetry specification, "Logs data model", section "Field: SeverityNumber".
public enum LogSeverity: UInt8, Sendable, Hashable {
    case trace = 1
    case debug = 5
    case info = 9
    /// Between `info` and `warn`: the second number of info's range.
    case notice = 10
    case warn = 13
    case error = 17
    /// Beyond `error`: the second number of its range but one.
    case critical = 18
    case fatal = 21
}
