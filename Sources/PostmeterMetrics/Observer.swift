import CPrimitives
import PostmeterModel

/// Takes the values that a callback reports of its observable instrument.
///
/// It is of use only within the callback. Values are given in the order of the descriptor's labels. Of two values
/// for one series the later holds. Sums are added up where they share a series: past the series limit, and where
/// a view leaves out the labels that told them apart.
/// Source: OpenTelemetry specification, "Metrics API", section "Asynchronous Instrument API".
public struct Observer {
    private let storage: FamilyStorage
    /// What leaves out some of the callback's label values, if a view does.
    var door: FamilyDoor?
    private var series: [Series] = []
    /// The bits of an integer or double each.
    private var words: [UInt64] = []
    private var places: [Series: Int] = [:]

    init(_ storage: FamilyStorage) {
        self.storage = storage
    }

    /// Reports the value of a series: a whole number, for a floating instrument the double nearest to it.
    ///
    /// A value below zero is refused by a counter, and counted as such.
    public mutating func record(_ value: some BinaryInteger, _ values: String...) {
        record(value, values)
    }

    /// Reports the value of a series: a number, for an integer instrument the whole number nearest to it.
    ///
    /// Not-a-number is refused, and what a sum or an integer cannot hold: the infinities, for integers values
    /// outside of 64 bits, and for a counter those below zero.
    public mutating func record(_ value: Double, _ values: String...) {
        record(value, values)
    }

    /// Reports the value of a series: a whole number, for a floating instrument the double nearest to it.
    public mutating func record(_ value: some BinaryInteger, _ values: [String]) {
        guard storage.descriptor.number == .integer else {
            record(Double(value), values)
            return
        }
        guard let integer = Int64(exactly: value) else {
            refuse()
            return
        }
        record(integer: integer, values)
    }

    /// Reports the value of a series: a number, for an integer instrument the whole number nearest to it.
    public mutating func record(_ value: Double, _ values: [String]) {
        let descriptor = storage.descriptor
        if descriptor.number == .integer {
            guard let integer = Int64(exactly: value.rounded()) else {
                refuse()
                return
            }
            record(integer: integer, values)
            return
        }
        let isTaken =
            switch descriptor.kind {
            case .counter: value >= 0 && value < .infinity
            case .gauge: !value.isNaN
            case .upDownCounter, .histogram: value.isFinite
            }
        guard isTaken else {
            refuse()
            return
        }
        put(value.bitPattern, values) { ($0.double + $1.double).bitPattern }
    }

    private mutating func record(integer: Int64, _ values: [String]) {
        guard integer >= 0 || storage.descriptor.kind != .counter else {
            refuse()
            return
        }
        put(UInt64(bitPattern: integer), values, &+)
    }

    private func refuse() {
        pm_cell_add(storage.core.pointee.refused, 1)
    }

    private mutating func put(_ word: UInt64, _ values: [String], _ sum: (UInt64, UInt64) -> UInt64) {
        let series = storage.place(LabelValues(values), through: door)
        guard series != .discard else { return }
        guard let place = places[series] else {
            places[series] = words.count
            self.series.append(series)
            words.append(word)
            return
        }
        let isShared =
            (series == storage.knownOverflow || door != nil) && storage.descriptor.kind != .gauge
        words[place] = isShared ? sum(words[place], word) : word
    }

    /// What has been reported.
    func snapshot(startTime: UnixTime) -> FamilySnapshot {
        let values: SeriesValues =
            switch storage.descriptor.number {
            case .integer: .integers(words.map { Int64(bitPattern: $0) })
            case .floating: .doubles(words.map(\.double))
            }
        return FamilySnapshot(
            descriptor: storage.descriptor, startTime: startTime, identities: storage.identities(of: series),
            values: values, owner: storage)
    }
}

extension UInt64 {
    fileprivate var double: Double { Double(bitPattern: self) }
}
