/// The most that a span or log record keeps of each kind; what goes beyond is left out and counted in it.
///
/// Beside these limits a record has at most 64 KiB: 2 KiB of its own, and what it borrows beyond them from a
/// reserve of its recorder, which is as large as all those together and at least 1 MiB.
/// Source: OpenTelemetry specification, "Common concepts", section "Attribute limits"; "Tracing SDK",
/// section "Span limits".
public struct SpanLimits: Sendable, Hashable {
    /// What a count is taken for the nearer end of.
    package static let countRange = 0...16_384

    /// The attributes of a span or log record.
    public var attributes: Int
    /// The bytes of a text, also of one in a list; nil for no limit but that of the whole.
    ///
    /// OpenTelemetry counts characters. Bytes of UTF-8 are counted here, since they are what a limit is for; a
    /// text that is too long is cut before the Unicode scalar that does not fit whole.
    public var valueLength: Int?
    /// The events of a span.
    public var events: Int
    /// The links of a span.
    public var links: Int
    /// The attributes of an event.
    public var attributesPerEvent: Int
    /// The attributes of a link.
    public var attributesPerLink: Int

    /// The limits that OpenTelemetry has when nobody sets any.
    public static let standard = SpanLimits()

    /// Creates limits; counts are from 0 to 16,384, and what lies outside is taken for the nearer end.
    public init(
        attributes: Int = 128,
        valueLength: Int? = nil,
        events: Int = 128,
        links: Int = 128,
        attributesPerEvent: Int = 128,
        attributesPerLink: Int = 128
    ) {
        self.attributes = attributes
        self.valueLength = valueLength
        self.events = events
        self.links = links
        self.attributesPerEvent = attributesPerEvent
        self.attributesPerLink = attributesPerLink
    }
}
