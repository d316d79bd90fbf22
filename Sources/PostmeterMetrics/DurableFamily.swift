import CPrimitives
import PostmeterModel

/// A family whose values outlive the process: what a checkpoint saves and puts back.
///
/// Series are numbered in the order in which they were made, without gaps; a number never changes its series.
package struct DurableFamily: Sendable {
    let storage: FamilyStorage

    /// The instrument's name, which no other durable family of the registry has.
    package var name: String { storage.descriptor.name }

    /// The 64-bit words of a series: 1, for a histogram one a bucket and one for the sum, for an integer gauge 2.
    package var width: Int { storage.width }

    /// What the meaning of the words rests on; saved words of another shape are not to be restored.
    package var shape: String {
        let descriptor = storage.descriptor
        return "\(descriptor.kind.rawValue) \(descriptor.number) \(descriptor.labels) \(descriptor.bounds)"
    }

    /// The number of series.
    package var count: Int { storage.count }

    /// The encoded attributes of a series, which must exist.
    package func identity(at ordinal: Int) -> [UInt8] {
        Array(storage.series[ordinal].identity.bytes)
    }

    /// The encoded attributes of the series from a number on.
    package func identities(from ordinal: Int) -> [[UInt8]] {
        storage.series.dropFirst(ordinal).map { Array($0.identity.bytes) }
    }

    /// Replaces `words` with the values of all series, summed over threads, `width` a series.
    ///
    /// Doubles stand as their bit patterns; a gauge without a value as a pattern of not-a-number.
    package func readWords(into words: inout [UInt64]) {
        var reader = CellReader()
        words = storage.words(&reader)
    }

    /// Makes saved series with their numbers and values in a family that nobody has used yet.
    ///
    /// Saved series are made even beyond the present limit. Nothing has changed when an error is thrown, except
    /// for ``DurableFamilyError/exhausted(family:)``.
    package func restore(identities: [[UInt8]], words: [UInt64]) throws(DurableFamilyError) {
        let expected = identities.count * width
        guard words.count == expected else {
            throw .wordCount(family: name, expected: expected, found: words.count)
        }
        guard isFresh else { throw .notFresh(family: name) }
        let saved = try checked(identities)
        try checkSums(words)
        for (ordinal, values) in saved.enumerated() {
            let made =
                values.map { storage.place(LabelValues($0), beyondLimit: true) } ?? storage.restoreOverflow()
            guard storage.count > ordinal, storage.series[ordinal] == made else {
                throw .exhausted(family: name)
            }
            set(made, words[(ordinal * width)..<((ordinal + 1) * width)])
        }
    }

    /// Whether no series has been made or, where one is made at once, nothing recorded in it.
    private var isFresh: Bool {
        guard storage.descriptor.labels.isEmpty else { return count == 0 }
        var words: [UInt64] = []
        readWords(into: &words)
        return count == 1 && words.allSatisfy { $0 == 0 || $0 == Gauge.unset || $0 == IntegerGauge.unset }
    }

    /// The label values of each identity; nil for the overflow series.
    private func checked(_ identities: [[UInt8]]) throws(DurableFamilyError) -> [[String]?] {
        let descriptor = storage.descriptor
        var seen: Set<[UInt8]> = []
        var list: [[String]?] = []
        for (ordinal, identity) in identities.enumerated() {
            let attributes = identity.withUnsafeBytes { AttributeReader.attributes(in: $0) }
            let values = attributes.compactMap { if case .string(let text) = $0.value { text } else { nil } }
            let isOverflow = identity == FamilyStorage.overflowAttributes(of: descriptor)
            let isWhole = attributes.map(\.key) == descriptor.labels && values.count == attributes.count
            // Encoding again must give the same bytes, or the series would be found under another identity.
            let isSame = isWhole && LabelValues(values).encoded(for: descriptor) == identity
            let fits = identity.count <= FamilyStorage.identityLimit
            guard isOverflow || isSame, fits, seen.insert(identity).inserted else {
                throw .identity(family: name, ordinal: ordinal)
            }
            list.append(isOverflow ? nil : values)
        }
        return list
    }

    /// A sum that is not a number would never be one again.
    private func checkSums(_ words: [UInt64]) throws(DurableFamilyError) {
        let descriptor = storage.descriptor
        guard descriptor.number == .floating, descriptor.kind != .gauge else { return }
        for index in stride(from: width - 1, to: words.count, by: width) {
            guard Double(bitPattern: words[index]).isFinite else {
                throw .value(family: name, ordinal: index / width)
            }
        }
    }

    private func set(_ series: Series, _ words: ArraySlice<UInt64>) {
        let cell = series.cell
        let descriptor = storage.descriptor
        guard descriptor.kind != .gauge else {
            for (index, word) in words.enumerated() { pm_shared_set(cell + UInt32(index), word) }
            return
        }
        for (index, word) in words.enumerated() {
            let isSum = descriptor.number == .floating && index == width - 1
            if isSum {
                pm_cell_add_double(cell + UInt32(index), Double(bitPattern: word))
            } else {
                pm_cell_add(cell + UInt32(index), word)
            }
        }
    }
}
