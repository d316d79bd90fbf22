/// One base-2 exponential histogram at one instant.
///
/// Bucket `i` of the positive values holds those in `(base^i, base^(i + 1)]` with `base = 2^(2^-scale)`; the negative
/// ones are the mirror image.
/// Source: OpenTelemetry specification, "Metrics data model", section "ExponentialHistogram".
package struct ExponentialPoint: Sendable, Hashable {
    /// Buckets in a row.
    package struct Buckets: Sendable, Hashable {
        /// The index of the first.
        package var offset: Int32
        /// How many values each holds; the first and the last are not 0.
        package var counts: [UInt64]

        package init(offset: Int32 = 0, counts: [UInt64] = []) {
            self.offset = offset
            self.counts = counts
        }

        /// The values of all buckets.
        package var total: UInt64 { counts.reduce(0, &+) }
    }

    package var scale: Int32
    /// The values that were 0.
    package var zeroCount: UInt64
    /// The sum of all values.
    package var sum: Double
    package var positive: Buckets
    package var negative: Buckets

    package init(
        scale: Int32, zeroCount: UInt64 = 0, sum: Double = 0, positive: Buckets = Buckets(),
        negative: Buckets = Buckets()
    ) {
        self.scale = scale
        self.zeroCount = zeroCount
        self.sum = sum
        self.positive = positive
        self.negative = negative
    }

    /// The number of all values, by the same reading as the buckets.
    package var count: UInt64 { zeroCount &+ positive.total &+ negative.total }
}
