public import CPrimitives
public import PostmeterModel

/// A sum of floating-point numbers that may fall.
///
/// Source: OpenTelemetry specification, "Metrics API", section "UpDownCounter".
@frozen
public struct DoubleUpDownCounter: Instrument {
    /// The kind of the families that hand it out.
    public static var kind: InstrumentKind { .upDownCounter }
    /// The numbers that they keep.
    public static var number: InstrumentDescriptor.Number { .floating }

    @usableFromInline let cell: UInt32
    @usableFromInline let refused: UInt32

    /// Creates the handle of a series.
    @inlinable
    public init(_ series: SeriesReference) {
        cell = series.cell
        refused = series.refused
    }

    /// Adds to the sum or takes from it, on any thread, without waiting.
    ///
    /// An infinite or not-a-number amount is refused and counted as such.
    @inlinable
    @inline(__always)
    public func add(_ amount: Double) {
        if amount.magnitude < .infinity {
            pm_cell_add_double(cell, amount)
        } else {
            pm_cell_add(refused, 1)
        }
    }
}
