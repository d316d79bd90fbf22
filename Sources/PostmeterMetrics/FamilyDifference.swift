import PostmeterModel

/// What has come into a family since a reader's last committed reading, and where its next one begins.
struct FamilyDifference {
    /// The differences; series without any are left out.
    let snapshot: FamilySnapshot
    /// This reading.
    let baseline: ReadingBaseline

    /// Compares a reading with an earlier one, or with the family's beginning.
    ///
    /// A series that was removed in between gives its last difference, in one point with those of other series
    /// of the same attributes.
    init(_ reading: FamilyReading, at time: UnixTime, since before: ReadingBaseline?) {
        let current = reading.snapshot
        let descriptor = current.descriptor
        var points = Points(kind: current.values)
        var sent: [Double] = []
        var places: [Int: Int] = [:]  // of exemplars' series
        let hasExemplars = !current.exemplars.isEmpty
        // Where the earlier series stand, once one is not where it was.
        var moved: [UnsafeRawPointer: Int]?
        let count = current.identities.count
        for (index, identity) in current.identities.enumerated() {
            let value = current.values.value(at: index, of: count)
            let earlier = Self.place(of: identity, near: index, before, &moved)
            let (difference, total) = Self.difference(value, before, earlier, descriptor)
            // What is left out is not sent: a sum may be ahead of its buckets when a thread would not stop recording.
            if let total { sent.append(difference.isZero ? Self.sent(before, earlier) : total) }
            guard !difference.isZero else { continue }
            if hasExemplars { places[index] = points.count }
            // The sum of all values may fall, whatever has come in between; a minimum is infinite without a value.
            let hasNegative = index < current.extremes.count && current.extremes[index].minimum < 0
            points.append(identity, difference, hasNegative: hasNegative)
        }
        let retired = reading.retired.dropFirst(before?.retired ?? 0)
        if !retired.isEmpty {
            points.index()
            for series in retired {
                let earlier = Self.place(of: series.identity, near: .max, before, &moved)
                let (difference, _) = Self.difference(series.value, before, earlier, descriptor)
                guard !difference.isZero else { continue }
                points.merge(
                    series.identity, difference, hasNegative: series.hasNegative,
                    maxSize: descriptor.exponential?.maxSize ?? 160)
            }
        }
        let start = before?.time ?? current.startTime
        snapshot = FamilySnapshot(
            descriptor: descriptor, startTime: min(start, time), identities: points.identities,
            values: points.columns, temporality: .delta,
            negatives: points.negatives.contains(true) ? points.negatives : [],
            exemplars: current.exemplars.compactMap { exemplar in
                guard let place = places[exemplar.series], before.map({ exemplar.time > $0.time }) ?? true
                else { return nil }
                var moved = exemplar
                moved.series = place
                return moved
            },
            owner: current.owner)
        baseline = Self.baseline(reading, time, sent, before)
    }

    /// An observable series that was not reported this time may be reported again, so it is kept in mind.
    private static func baseline(
        _ reading: FamilyReading, _ time: UnixTime, _ sent: [Double], _ before: ReadingBaseline?
    ) -> ReadingBaseline {
        let current = reading.snapshot
        var next = ReadingBaseline(
            time: time, identities: current.identities, values: current.values, sent: sent,
            retired: reading.retired.count)
        guard current.descriptor.isObservable, let before else { return next }
        var known = Set(current.identities.map(\.start))
        known.formUnion(reading.retired.map(\.identity.start))
        let silent = before.identities.indices.filter { !known.contains(before.identities[$0].start) }
        next.identities += silent.map { before.identities[$0] }
        next.values.append(silent.map { before.values.value(at: $0, of: before.identities.count) })
        if !before.sent.isEmpty { next.sent += silent.map { before.sent[$0] } }
        return next
    }

    /// Where a series stood in the earlier reading; series keep their order, so most stand where they stood.
    private static func place(
        of identity: SeriesIdentity, near index: Int, _ before: ReadingBaseline?,
        _ moved: inout [UnsafeRawPointer: Int]?
    ) -> Int? {
        guard let before else { return nil }
        if index < before.identities.count, before.identities[index].start == identity.start { return index }
        if moved == nil {
            let places = before.identities.enumerated().map { ($1.start, $0) }
            moved = Dictionary(places, uniquingKeysWith: { first, _ in first })
        }
        return moved?[identity.start]
    }

    private static func sent(_ before: ReadingBaseline?, _ place: Int?) -> Double {
        guard let before, let place, !before.sent.isEmpty else { return 0 }
        return before.sent[place]
    }

    /// What has come since the earlier value, and for floating sums what all differences add up to.
    ///
    /// A counter that is lower than it was has begun anew, as the source of an observable one may.
    private static func difference(
        _ value: SeriesValue, _ before: ReadingBaseline?, _ place: Int?, _ descriptor: InstrumentDescriptor
    ) -> (SeriesValue, sent: Double?) {
        guard let before, let place else { return (value, value.sum) }
        let earlier = before.values.value(at: place, of: before.identities.count)
        let sent = Self.sent(before, place)
        switch (value, earlier) {
        case (.integer(let now), .integer(let then)):
            return (.integer(now < then ? now : now &- then), nil)
        case (.double(let now), .double(let then)):
            if now < then { return (value, now) }
            let difference = now == then ? 0 : max(0, now - sent)
            return (.double(difference), sent + difference)
        case (.histogram(let now, let sum), .histogram(let then, _)):
            let counts = ArraySlice(zip(now, then).map { $0 &- $1 })
            let difference = sum - sent
            return (.histogram(counts: counts, sum: difference), sent + difference)
        case (.exponential(let now), .exponential(let then)):
            let difference = now.subtracting(then, sum: now.sum - sent)
            return (.exponential(difference), sent + difference.sum)
        default:
            return (value, value.sum)
        }
    }
}

/// The points of a difference as they are put together.
private struct Points {
    private(set) var identities: [SeriesIdentity] = []
    private var values: [SeriesValue] = []
    /// Whether a negative value was ever put into each series.
    private(set) var negatives: [Bool] = []
    private let kind: SeriesValues
    private var places: [[UInt8]: Int] = [:]

    init(kind: SeriesValues) {
        self.kind = kind.emptied
    }

    var count: Int { identities.count }

    var columns: SeriesValues {
        var columns = kind
        columns.append(values)
        return columns
    }

    mutating func append(_ identity: SeriesIdentity, _ value: SeriesValue, hasNegative: Bool) {
        identities.append(identity)
        values.append(value)
        negatives.append(hasNegative)
    }

    /// Makes points to be found by their attributes.
    mutating func index() {
        for (place, identity) in identities.enumerated() { places[Array(identity.bytes)] = place }
    }

    /// Adds to the point with the same attributes, or makes it.
    mutating func merge(
        _ identity: SeriesIdentity, _ value: SeriesValue, hasNegative: Bool, maxSize: Int
    ) {
        let bytes = Array(identity.bytes)
        if let place = places[bytes] {
            values[place] = values[place].adding(value, maxSize: maxSize)
            negatives[place] = negatives[place] || hasNegative
        } else {
            places[bytes] = count
            append(identity, value, hasNegative: hasNegative)
        }
    }
}
