public import CPrimitives
public import PostmeterModel

/// A distribution of values over the buckets that its family was given: explicit bounds or exponential ones.
///
/// It keeps the least and the greatest value too, except where its family outlives the process. Each thread that
/// records takes 8 bytes for a bucket, with exponential buckets as many for either sign that it records.
///
/// Source: OpenTelemetry specification, "Metrics API", section "Histogram".
@frozen
public struct Histogram: Instrument, @unchecked Sendable {
    // Safe because a table of bounds is never changed and never freed.
    /// The kind of the families that hand it out.
    public static var kind: InstrumentKind { .histogram }
    /// The numbers that they keep.
    public static var number: InstrumentDescriptor.Number { .floating }

    @usableFromInline let cell: UInt32
    @usableFromInline let refused: UInt32
    @usableFromInline let buckets: UnsafePointer<pm_buckets>

    /// Creates the handle of a series.
    @inlinable
    public init(_ series: SeriesReference) {
        cell = series.cell
        refused = series.refused
        buckets = series.family.pointee.buckets
    }

    /// Counts a value in the first bucket whose bound is not below it, on any thread, without waiting.
    ///
    /// An infinite or not-a-number value is refused and counted as such. A thread's first value in a series, and
    /// one that needs a coarser scale of exponential buckets, takes microseconds.
    @inlinable
    @inline(__always)
    public func record(_ value: Double) {
        if value.magnitude < .infinity {
            pm_histogram_add(buckets, cell, value)
        } else {
            pm_cell_add(refused, 1)
        }
    }
}
