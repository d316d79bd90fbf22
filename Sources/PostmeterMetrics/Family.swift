/// All series of one instrument: one handle for each combination of label values.
///
/// Values are given in the order of the descriptor's labels. A series is made when its values first come and
/// stays until it is removed; past the descriptor's `seriesLimit`, new combinations share the overflow series, whose one attribute
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

    /// Takes the series with these values out of the registry, so that it is not exported any more.
    ///
    /// False when there is no such series, or when it may not be removed: in a durable family, and after a family
    /// has removed sixteen times as many series as its limit is, at least 1,024, because cells are not used again.
    /// Should its values come again, they begin a new series with a start time of its own. What is recorded through
    /// handles that were kept is counted in the registry's statistics and not exported. An instrument without labels
    /// has one series for good. It may be called on any thread, and takes a lock.
    @discardableResult
    public func remove(_ values: String...) -> Bool {
        storage.remove(values)
    }

    /// Takes the series with these values out of the registry, so that it is not exported any more.
    @discardableResult
    public func remove(_ values: [String]) -> Bool {
        storage.remove(values)
    }

    /// Takes all series but the overflow series out of the registry, as ``remove(_:)-(String...)`` does one.
    ///
    /// Returns how many there were.
    @discardableResult
    public func removeAll() -> Int {
        storage.removeAll()
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
