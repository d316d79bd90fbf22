public import CPrimitives
public import PostmeterModel

/// A whole number that is set, the last one of which holds.
///
/// A series that has never been set has no value and is not exported.
/// Source: OpenTelemetry specification, "Metrics API", section "Gauge".
@frozen
public struct IntegerGauge: Instrument {
    /// The kind of the families that hand it out.
    public static var kind: InstrumentKind { .gauge }
    /// The numbers that they keep.
    public static var number: InstrumentDescriptor.Number { .integer }

    /// What the first word of a gauge without a value holds; with the least integer, the second is 1.
    static var unset: UInt64 { UInt64(bitPattern: .min) }

    @usableFromInline let cell: UInt32

    /// Creates the handle of a series.
    @inlinable
    public init(_ series: SeriesReference) {
        cell = series.cell
    }

    /// Sets the value, on any thread, without waiting.
    @inlinable
    @inline(__always)
    public func set(_ value: Int64) {
        pm_gauge_set(cell, value)
    }

    /// Adds to the value, wrapping around; a gauge without a value counts as 0.
    ///
    /// Any thread may call this. No amount is lost to another thread that adds at the same time, for which this
    /// takes a locked instruction, and further ones when another thread was faster.
    @inlinable
    public func add(_ amount: Int64) {
        pm_gauge_add(cell, amount)
    }

    /// Takes the value away: the series is not exported until it is set again.
    @inlinable
    public func clear() {
        pm_gauge_clear(cell)
    }

    /// The value at a cell; nil when there is none.
    static func value(at cell: UInt32) -> Int64? {
        var value: Int64 = 0
        return pm_gauge_load(cell, &value) ? value : nil
    }
}
