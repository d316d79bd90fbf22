public import CPrimitives
public import PostmeterModel

/// A sum of whole numbers that may fall.
///
/// Source: OpenTelemetry specification, "Metrics API", section "UpDownCounter".
@frozen
public struct UpDownCounter: Instrument {
    /// The kind of the families that hand it out.
    public static var kind: InstrumentKind { .upDownCounter }
    /// The numbers that they keep.
    public static var number: InstrumentDescriptor.Number { .integer }

    @usableFromInline let cell: UInt32

    /// Creates the handle of a series.
    @inlinable
    public init(_ series: SeriesReference) {
        cell = series.cell
    }

    /// Adds to the sum or takes from it, on any thread, without waiting.
    @inlinable
    @inline(__always)
    public func add(_ amount: Int64) {
        pm_cell_add(cell, UInt64(bitPattern: amount))
    }
}
