/// The OTLP message that a list of attributes stands in, which decides the field number it is written with.
///
/// Every number is below 16, so the tag of the field is one byte; all are length-delimited.
/// Source: opentelemetry-proto 1.x, `metrics.proto`, `trace.proto`, `logs.proto`, `resource.proto`.
public enum AttributeField: UInt8, Sendable, Hashable {
    /// `Resource.attributes` and `ExponentialHistogramDataPoint.attributes`, both field 1.
    case resource = 1
    /// `InstrumentationScope.attributes` and `Span.Event.attributes`, both field 3.
    case scope = 3
    /// `Span.Link.attributes`.
    case link = 4
    /// `LogRecord.attributes`.
    case logRecord = 6
    /// `NumberDataPoint.attributes`.
    case numberPoint = 7
    /// `HistogramDataPoint.attributes` and `Span.attributes`, both field 9.
    case histogramPoint = 9

    /// `ExponentialHistogramDataPoint.attributes`.
    public static let exponentialPoint = AttributeField.resource
    /// `Span.attributes`.
    public static let span = AttributeField.histogramPoint

    /// The tag byte: field number and wire type 2.
    @inlinable
    public var tag: UInt8 {
        rawValue << 3 | 2
    }
}
