import PostmeterModel

/// The instruments of one Prometheus family.
struct ExpositionGroup {
    /// What a family is, as a TYPE line says it.
    enum Kind: String {
        case counter, gauge, histogram

        init(_ kind: InstrumentKind) {
            switch kind {
            case .counter: self = .counter
            case .upDownCounter, .gauge: self = .gauge
            case .histogram: self = .histogram
            }
        }
    }

    let name: PrometheusName.Metric
    let kind: Kind
    var help: String
    /// The unit of the first, as OpenTelemetry spells it.
    let unit: String
    /// One, unless names became equal.
    var families: [FamilySnapshot]

    /// Whether OpenMetrics may call it a counter, whose samples end in `_total`; one that the options leave
    /// without that suffix is of unknown type there.
    var isTotal: Bool { kind == .counter && name.sample != name.family }
}
