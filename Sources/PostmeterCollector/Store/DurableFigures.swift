internal import PostmeterMetrics
internal import PostmeterModel

/// The durable instruments of a registry, and what of them the last checkpoint holds.
///
/// A checkpoint writes pages of words that changed; a scrape has no part in it.
struct DurableFigures {
    /// Words in a page: 4 KiB, the page of SQLite.
    static let pageWords = 512

    private let registry: MetricsRegistry
    private var saved: [String: Saved] = [:]

    fileprivate struct Saved {
        var series = 0
        var words: [UInt64] = []
    }

    init(registry: MetricsRegistry) {
        self.registry = registry
    }

    /// Puts what a checkpoint holds into the fresh families of the registry.
    ///
    /// A family whose shape changed since, as a new version may bring, begins anew.
    mutating func restore(_ families: [String: Checkpoint.SavedFamily], warn: (String) -> Void) {
        for family in registry.durableFamilies {
            guard let checkpoint = families[family.name] else { continue }
            guard checkpoint.shape == family.shape else {
                warn("\(family.name) has other labels or buckets than the checkpoint; it begins anew")
                continue
            }
            let words = Array(checkpoint.words.prefix(checkpoint.identities.count * family.width))
            do {
                try family.restore(identities: checkpoint.identities, words: words)
                saved[family.name] = Saved(series: checkpoint.identities.count, words: words)
            } catch {
                warn("\(family.name) could not be restored and begins anew: \(error)")
            }
        }
    }

    /// Adds to `changes` what differs from the last checkpoint.
    mutating func collect(into changes: inout CheckpointChanges) -> Taken {
        var taken: [String: Saved] = [:]
        var words: [UInt64] = []
        for family in registry.durableFamilies {
            words.removeAll(keepingCapacity: true)
            let series = family.count
            family.readWords(into: &words)
            let usable = min(words.count, series * family.width)
            let before = saved[family.name]
            if before == nil { changes.shapes.append((family.name, family.shape)) }
            for ordinal in (before?.series ?? 0)..<max(series, before?.series ?? 0) {
                changes.series.append(
                    .init(family: family.name, ordinal: ordinal, identity: family.identity(at: ordinal)))
            }
            for start in stride(from: 0, to: usable, by: Self.pageWords) {
                let range = start..<min(start + Self.pageWords, usable)
                if let before, range.upperBound <= before.words.count, before.words[range] == words[range] {
                    continue
                }
                changes.pages.append(
                    .init(family: family.name, number: start / Self.pageWords, words: Array(words[range])))
            }
            taken[family.name] = Saved(series: series, words: Array(words[..<usable]))
        }
        return Taken(families: taken)
    }

    /// What a checkpoint took, to be kept once it is on disk.
    struct Taken {
        fileprivate var families: [String: Saved]
    }

    /// Says that the checkpoint which took these figures is on disk.
    mutating func didSave(_ taken: Taken) {
        saved = taken.families
    }
}
