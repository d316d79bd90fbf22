import PostmeterModel

@testable import PostmeterMetrics

extension MetricsRegistry {
    /// The exponential points of a family, series by series.
    func exponentials(_ name: String) -> [ExponentialPoint] {
        guard let family = family(named: name), case .exponentials(let points) = family.values else {
            return []
        }
        return points
    }

    /// A histogram of its own with exponential buckets.
    func exponential(_ name: String, _ limits: ExponentialLimits = ExponentialLimits()) -> Histogram {
        let family: Family<Histogram> = family(
            InstrumentDescriptor(name: name, kind: .histogram, exponential: limits))
        return family.bind()
    }
}
