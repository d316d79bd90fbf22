import CPrimitives

/// One reading of a ``TickClock``: when something was, for the clock that read it.
///
/// It costs a third of a reading of the wall clock. One reading can serve a span and a histogram beside it.
@frozen
public struct Ticks: Sendable, Hashable, Comparable {
    /// In the unit of its clock.
    @usableFromInline let value: UInt64

    @inline(__always)
    init(value: UInt64) {
        self.value = value
    }

    /// Reads the system's clock, ``TickClock/system``.
    public static func now() -> Ticks {
        Ticks(value: pm_steady_ticks())
    }

    /// Whether the left reading is the earlier one, when both are of one clock.
    @inlinable
    public static func < (left: Ticks, right: Ticks) -> Bool {
        left.value < right.value
    }
}
