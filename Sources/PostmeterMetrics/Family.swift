/// All series of one instrument: one handle for each combination of label values.
///
/// Values are given in the order of the descriptor's labels. A series is made when its values first come and
/// stays; past the descriptor's `seriesLimit`, new combinations share the overflow series, whose one attribute
/// is `otel.metric.overflow=true`. A family may be used on any thread.
@frozen
public struct Family<I: Instrument>: Sendable {
    @usableFromInline let storage: FamilyStorage

    @usableFromInline
    init(storage: FamilyStorage) {
        self.storage = storage
    }

    /// The handle of the series with these values, to be kept by whoever records often.
    ///
    /// A wrong number of values is reported once and recorded in the overflow series.
    public func bind(_ values: String...) -> I {
        I(storage.bind(values))
    }

    /// The handle of the series with these values, to be kept by whoever records often.
    ///
    /// A wrong number of values is reported once and recorded in the overflow series.
    public func bind(_ values: [String]) -> I {
        I(storage.bind(values))
    }

    /// Looks up the series with this value: without a lock or an allocation when it exists.
    @inlinable
    @inline(__always)
    public func callAsFunction(_ a: String) -> I {
        I(storage.find(a))
    }

    /// Looks up the series with these values: without a lock or an allocation when it exists.
    @inlinable
    @inline(__always)
    public func callAsFunction(_ a: String, _ b: String) -> I {
        I(storage.find(a, b))
    }

    /// Looks up the series with these values: without a lock or an allocation when it exists.
    @inlinable
    @inline(__always)
    public func callAsFunction(_ a: String, _ b: String, _ c: String) -> I {
        I(storage.find(a, b, c))
    }

    /// Looks up the series with these values: without a lock or an allocation when it exists.
    @inlinable
    @inline(__always)
    public func callAsFunction(_ a: String, _ b: String, _ c: String, _ d: String) -> I {
        I(storage.find(a, b, c, d))
    }
}
