import COTLP
import PostmeterModel

/// What of a `Metric` is the same in every body, and the families whose points stand in it.
struct MetricFrame: Sendable {
    /// The place of its scope.
    let scope: Int
    let families: [FamilySnapshot]
    /// The fields before the data: name, description, unit.
    let head: [UInt8]
    /// The tag of the data: gauge, sum, histogram or exponential histogram.
    let tag: UInt8
    /// The fields of the data behind the points: temporality, monotonicity.
    let tail: [UInt8]

    init(_ group: MetricGroup, of family: FamilySnapshot, scope: Int) {
        self.scope = scope
        families = group.families
        let descriptor = family.descriptor
        head = PackedMessage.lend(Array(descriptor.name.utf8)) { name in
            PackedMessage.lend(Array(descriptor.description.utf8)) { description in
                PackedMessage.lend(Array(descriptor.unit.utf8)) { unit in
                    var metric = Otlp__Metric()
                    otlp__metric__init(&metric)
                    metric.name = name
                    metric.description = description
                    metric.unit = unit
                    return PackedMessage.bytes(of: &metric)
                }
            }
        }
        switch family.values {
        case .integers, .doubles: (tag, tail) = Self.numbers(family)
        case .histograms: (tag, tail) = (0x4a, Self.histogram(family))
        case .exponentials: (tag, tail) = (0x52, Self.exponential(family))
        }
    }

    /// The bytes of the metric when those of its points are `points`.
    func size(points: Int) -> Int {
        head.count + WireSize.field(points + tail.count)
    }

    private static func numbers(_ family: FamilySnapshot) -> (tag: UInt8, tail: [UInt8]) {
        guard family.descriptor.kind != .gauge else { return (0x2a, []) }
        var sum = Otlp__Sum()
        otlp__sum__init(&sum)
        sum.aggregation_temporality = temporality(of: family)
        sum.is_monotonic = family.descriptor.kind == .counter ? 1 : 0
        return (0x3a, PackedMessage.bytes(of: &sum))
    }

    private static func histogram(_ family: FamilySnapshot) -> [UInt8] {
        var histogram = Otlp__Histogram()
        otlp__histogram__init(&histogram)
        histogram.aggregation_temporality = temporality(of: family)
        return PackedMessage.bytes(of: &histogram)
    }

    private static func exponential(_ family: FamilySnapshot) -> [UInt8] {
        var histogram = Otlp__ExponentialHistogram()
        otlp__exponential_histogram__init(&histogram)
        histogram.aggregation_temporality = temporality(of: family)
        return PackedMessage.bytes(of: &histogram)
    }

    private static func temporality(of family: FamilySnapshot) -> Otlp__AggregationTemporality {
        switch family.temporality {
        case .delta: OTLP__AGGREGATION_TEMPORALITY__AGGREGATION_TEMPORALITY_DELTA
        case .cumulative: OTLP__AGGREGATION_TEMPORALITY__AGGREGATION_TEMPORALITY_CUMULATIVE
        }
    }
}
