public import PostmeterModel

/// What the owner of a service changes about instruments that other code makes.
///
/// Of several views the first that matches an instrument holds; the others do not touch it. Durable instruments are
/// left as they are, because their checkpoints rest on it.
/// Source: OpenTelemetry specification, "Metrics SDK", section "View".
public struct MetricView: Sendable, Hashable {
    /// The names that match: `*` stands for any characters, `?` for one, and letter case does not count.
    public var pattern: String
    /// The kind that matches; nil for all.
    public var kind: InstrumentKind?
    /// The name of the scope that matches; nil for all.
    public var scope: String?
    /// The name to export under; not together with a pattern that has wildcards.
    public var name: String?
    /// The description to export.
    public var description: String?
    /// The labels that remain, whichever of them an instrument has; nil for all.
    public var keptLabels: [String]?
    /// Labels that are left out.
    ///
    /// Series that only they told apart become one.
    public var droppedLabels: [String]
    /// Explicit bounds of histograms, finite and ascending.
    public var bounds: [Double]?
    /// Limits with which histograms become exponential; not together with `bounds`.
    public var exponential: ExponentialLimits?
    /// The largest number of series, at least 1.
    public var seriesLimit: Int?
    /// Whether what is recorded goes nowhere.
    public var isDropped: Bool

    /// Creates a view of the instruments whose names match a pattern.
    public init(
        _ pattern: String, kind: InstrumentKind? = nil, scope: String? = nil, name: String? = nil,
        description: String? = nil, keptLabels: [String]? = nil, droppedLabels: [String] = [],
        bounds: [Double]? = nil, exponential: ExponentialLimits? = nil, seriesLimit: Int? = nil,
        isDropped: Bool = false
    ) {
        self.pattern = pattern
        self.kind = kind
        self.scope = scope
        self.name = name
        self.description = description
        self.keptLabels = keptLabels
        self.droppedLabels = droppedLabels
        self.bounds = bounds
        self.exponential = exponential
        self.seriesLimit = seriesLimit
        self.isDropped = isDropped
    }
}
