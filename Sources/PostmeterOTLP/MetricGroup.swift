import PostmeterModel

/// The families that become one `Metric`: one, unless an instrument was asked for with several lists of
/// labels, which are no part of its identity.
///
/// Source: OpenTelemetry specification, "Metrics data model", section "OpenTelemetry Protocol data model".
struct MetricGroup {
    private(set) var families: [FamilySnapshot] = []

    /// What the families have in common.
    private struct Key: Hashable {
        let scope: InstrumentationScope
        let name: String
        let kind: InstrumentKind
        let number: InstrumentDescriptor.Number
        let unit: String
        let description: String
        let bounds: [Double]
        let isExponential: Bool
        let temporality: AggregationTemporality

        init(_ family: FamilySnapshot) {
            let descriptor = family.descriptor
            scope = descriptor.scope
            name = descriptor.name
            kind = descriptor.kind
            number = descriptor.number
            unit = descriptor.unit
            description = descriptor.description
            bounds = descriptor.bounds
            if case .exponentials = family.values { isExponential = true } else { isExponential = false }
            temporality = family.temporality
        }
    }

    /// The groups of each scope, scopes and groups in the order in which they first appear; families without
    /// points are left out.
    static func groups(
        of families: [FamilySnapshot]
    ) -> [(scope: InstrumentationScope, metrics: [MetricGroup])] {
        var list: [(scope: InstrumentationScope, metrics: [MetricGroup])] = []
        var scopes: [InstrumentationScope: Int] = [:]
        var places: [Key: Int] = [:]
        for family in families {
            guard family.pointCount > 0 else { continue }
            let scope = scopes[family.descriptor.scope] ?? list.count
            if scope == list.count {
                list.append((family.descriptor.scope, []))
                scopes[family.descriptor.scope] = scope
            }
            let key = Key(family)
            let place = places[key] ?? list[scope].metrics.count
            if place == list[scope].metrics.count {
                list[scope].metrics.append(MetricGroup())
                places[key] = place
            }
            list[scope].metrics[place].families.append(family)
        }
        return list
    }
}

extension FamilySnapshot {
    /// The number of series that have both an identity and values of the instrument's kind.
    var pointCount: Int {
        let isDistribution = descriptor.kind == .histogram
        return switch values {
        case .integers(let values) where !isDistribution: min(identities.count, values.count)
        case .doubles(let values) where !isDistribution: min(identities.count, values.count)
        case .histograms(let counts, let sums) where isDistribution:
            min(identities.count, sums.count, counts.count / (descriptor.bounds.count + 1))
        case .exponentials(let points) where isDistribution: min(identities.count, points.count)
        default: 0
        }
    }
}
