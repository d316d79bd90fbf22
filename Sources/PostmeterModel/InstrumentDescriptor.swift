/// Everything that is said of an instrument when it is made.
///
/// Instruments are equal when their descriptors are; the registry hands out the same family for equal ones.
public struct InstrumentDescriptor: Sendable, Hashable {
    /// The type of the numbers that are recorded.
    public enum Number: Sendable, Hashable {
        /// 64-bit integers.
        case integer
        /// IEEE 754 doubles.
        case floating
    }

    /// OpenTelemetry's name, for example `email.events`: a letter, then up to 254 of `A-Za-z0-9_.-/`.
    public var name: String
    /// What is measured.
    public var kind: InstrumentKind
    /// The type of the numbers; a histogram is always floating.
    public var number: Number
    /// The UCUM unit, for example `s` or `{event}`; empty when there is none.
    public var unit: String
    /// One sentence for the reader of a scrape; becomes HELP.
    public var description: String
    /// The attribute keys of the series, in the order that values are given in.
    public var labels: [String]
    /// Upper bounds of a histogram's buckets, inclusive and ascending; empty for other kinds.
    public var bounds: [Double]
    /// The limits of an exponential histogram; nil for one with explicit bounds, and for other kinds.
    public var exponential: ExponentialLimits?
    /// Whether the values come from a callback at each collection, so that they are sums already.
    public var isObservable: Bool
    /// Those of the labels whose values are whole numbers: they are exported as such.
    public var integerLabels: [String]
    /// How long a series may stand still before it is taken away; nil keeps it for good.
    public var idleLimit: Duration?
    /// Who is shown the series.
    public var audience: Audience
    /// Whether the values survive a restart of the collector.
    public var isDurable: Bool
    /// The largest number of series before measurements go to the overflow series.
    public var seriesLimit: Int
    /// Who records.
    public var scope: InstrumentationScope

    /// Creates a descriptor.
    public init(
        name: String, kind: InstrumentKind, number: Number = .integer, unit: String = "",
        description: String = "", labels: [String] = [], bounds: [Double] = [], isDurable: Bool = false,
        seriesLimit: Int = 2_000, scope: InstrumentationScope = InstrumentationScope(name: "postmeter"),
        exponential: ExponentialLimits? = nil, isObservable: Bool = false, integerLabels: [String] = [],
        idleLimit: Duration? = nil, audience: Audience = .everyone
    ) {
        self.name = name
        self.kind = kind
        self.number = kind == .histogram ? .floating : number
        self.unit = unit
        self.description = description
        self.labels = labels
        self.bounds = bounds
        self.isDurable = isDurable
        self.seriesLimit = seriesLimit
        self.scope = scope
        self.exponential = exponential
        self.isObservable = isObservable
        self.integerLabels = integerLabels
        self.idleLimit = idleLimit
        self.audience = audience
    }

    /// The OTLP message that a point of this instrument carries its attributes in.
    public var attributeField: AttributeField {
        guard kind == .histogram else { return .numberPoint }
        return exponential == nil ? .histogramPoint : .exponentialPoint
    }
}
