/// How fine a base-2 exponential histogram may be.
///
/// Source: OpenTelemetry specification, "Metrics SDK", section "Base2 Exponential Bucket Histogram Aggregation".
public struct ExponentialLimits: Sendable, Hashable {
    /// The most buckets for positive values, and the most for negative ones: 2 to 1,024.
    public var maxSize: Int
    /// The scale to begin with, -10 to 20: a bucket's bounds are 2^(2^-scale) apart.
    public var maxScale: Int

    /// Creates limits; what lies outside of a range is taken for the nearer end.
    public init(maxSize: Int = 160, maxScale: Int = 20) {
        self.maxSize = min(max(maxSize, 2), 1_024)
        self.maxScale = min(max(maxScale, -10), 20)
    }
}
