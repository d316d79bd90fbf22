public import CPrimitives
public import PostmeterModel

/// A sum of floating-point numbers that never falls.
///
/// Source: OpenTelemetry specification, "Metrics API", section "Counter".
@frozen
public struct DoubleCounter: Instrument {
    /// The kind of the families that hand it out.
    public static var kind: InstrumentKind { .counter }
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

    /// Adds to the sum, on any thread, without waiting.
    ///
    /// A negative, infinite or not-a-number amount is refused and counted as such.
    @inlinable
    @inline(__always)
    public func add(_ amount: Double) {
        if amount >= 0, amount < .infinity {
            pm_cell_add_double(cell, amount)
        } else {
            pm_cell_add(refused, 1)
        }
    }
}
