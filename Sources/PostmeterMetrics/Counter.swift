public import CPrimitives
public import PostmeterModel

/// A sum of whole numbers that never falls.
///
/// Source: OpenTelemetry specification, "Metrics API", section "Counter".
@frozen
public struct Counter: Instrument {
    /// The kind of the families that hand it out.
    public static var kind: InstrumentKind { .counter }
    /// The numbers that they keep.
    public static var number: InstrumentDescriptor.Number { .integer }

    @usableFromInline let cell: UInt32

    /// Creates the handle of a series.
    @inlinable
    public init(_ series: SeriesReference) {
        cell = series.cell
    }

    /// Adds to the sum, on any thread, without waiting.
    ///
    /// The sum must stay below 2^63, which is as far as OTLP can carry it.
    @inlinable
    @inline(__always)
    public func add(_ amount: UInt64 = 1) {
        pm_cell_add(cell, amount)
    }
}
