public import CPrimitives
public import PostmeterModel

/// A value that is set, the last one of which holds.
///
/// A series that has never been set has no value and is not exported.
/// Source: OpenTelemetry specification, "Metrics API", section "Gauge".
@frozen
public struct Gauge: Instrument {
    /// The kind of the families that hand it out.
    public static var kind: InstrumentKind { .gauge }
    /// The numbers that they keep.
    public static var number: InstrumentDescriptor.Number { .floating }

    /// What a gauge without a value holds.
    ///
    /// Not-a-number is never set, so any of its patterns would do.
    @usableFromInline static var unset: UInt64 { 0x7ff8_0000_0000_0000 }

    @usableFromInline let cell: UInt32
    @usableFromInline let refused: UInt32

    /// Creates the handle of a series.
    @inlinable
    public init(_ series: SeriesReference) {
        cell = series.cell
        refused = series.refused
    }

    /// Sets the value, on any thread, without waiting.
    ///
    /// Not-a-number is refused and counted as such, and the last value holds.
    @inlinable
    @inline(__always)
    public func set(_ value: Double) {
        if value == value {
            pm_shared_set(cell, value.bitPattern)
        } else {
            pm_cell_add(refused, 1)
        }
    }

    /// Adds to the value; a gauge without a value counts as 0.
    ///
    /// Any thread may call this. No amount is lost to another thread that adds at the same time, for which this
    /// takes a locked instruction, and further ones when another thread was faster. An amount that would leave
    /// not-a-number is refused and counted as such.
    @inlinable
    public func add(_ amount: Double) {
        if !pm_gauge_add_double(cell, amount) { pm_cell_add(refused, 1) }
    }

    /// Takes the value away: the series is not exported until it is set again.
    @inlinable
    public func clear() {
        pm_shared_set(cell, Self.unset)
    }
}
