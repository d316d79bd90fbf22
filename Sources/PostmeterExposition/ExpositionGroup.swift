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
    let help: String
    /// One, unless names became equal.
    var families: [FamilySnapshot]
}
