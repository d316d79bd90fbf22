import PostmeterMetrics
import PostmeterModel
import Synchronization

/// All instruments of swift-metrics of one kind: finds the series of a label and its dimensions.
///
/// The same dimensions in another order are the same series. Each set of keys that a label comes with is a family
/// of its own; beyond ``keySetLimit`` of them, measurements go to the label's overflow series.
/// No lock is held while the registry is asked, because that may have something to report.
final class DimensionedInstruments<I: PostmeterMetrics.Instrument, Handler: BoundSeries<I>>: Sendable {
    /// The most sets of keys of a label.
    static var keySetLimit: Int { 64 }
    /// The most sets of keys of all labels together.
    static var instrumentLimit: Int { 2_000 }
    /// The most keys of a set.
    static var dimensionLimit: Int { 64 }

    /// Stands where there are no dimensions: without a value it is not exported, and the series can be taken away
    /// as others can.
    private static var noDimension: (key: String, value: String) { ("postmeter.none", "") }

    private struct KeySet {
        let family: Family<I>
        /// By values; as many as the family may have series.
        var handlers: [[String]: Handler] = [:]
    }

    private struct Name {
        var sets: [[String]: KeySet] = [:]
        var overflow: Handler?
    }

    /// Where the family of a set of keys is.
    private enum Place {
        case known(Family<I>)
        case new
        case none
    }

    private struct State {
        var names: [String: Name] = [:]
        var count = 0
        var hasReportedFull = false
    }

    private let registry: MetricsRegistry
    private let diagnostics: Diagnostics
    private let describe: @Sendable (_ name: String, _ labels: [String]) -> InstrumentDescriptor
    private let recent = RecentHandlers<Handler>()
    private let state = Mutex(State())

    init(
        registry: MetricsRegistry, diagnostics: Diagnostics,
        describe: @escaping @Sendable (_ name: String, _ labels: [String]) -> InstrumentDescriptor
    ) {
        self.registry = registry
        self.diagnostics = diagnostics
        self.describe = describe
    }

    /// The handler of a label and its dimensions: the same one until it is removed.
    func handler(_ label: String, _ dimensions: [(String, String)]) -> Handler {
        let key = DimensionKey(label, dimensions)
        if let known = recent.find(key), !known.isRemoved { return known }
        let (handler, isKept) = place(MetricName.mangled(label), dimensions)
        if isKept { recent.keep(handler, as: key) }
        return handler
    }

    /// Takes the series of a handler away.
    func remove(_ handler: Handler) {
        handler.remove()
        let origin = handler.origin
        state.withLock { state in
            if state.names[origin.name]?.sets[origin.labels]?.handlers[origin.values] === handler {
                state.names[origin.name]?.sets[origin.labels]?.handlers[origin.values] = nil
            }
        }
    }

    /// Finds or makes a handler, and says whether it is kept here.
    private func place(_ name: String, _ dimensions: [(String, String)]) -> (Handler, Bool) {
        // Of a key that is given twice the last value holds; one without a name cannot be exported, and one
        // without a value is none.
        var pairs = Dictionary(dimensions, uniquingKeysWith: { $1 })
            .filter { !$0.key.isEmpty && !$0.value.isEmpty }
            .sorted { $0.key < $1.key }
        if pairs.isEmpty { pairs = [Self.noDimension] }
        let origin = SeriesOrigin(
            name: name.lowercased(), labels: pairs.map { $0.key }, values: pairs.map { $0.value })
        if let known = state.withLock({ Self.find(origin, in: $0) }) { return (known, true) }
        guard let family = family(name, origin) else { return (overflow(name, origin), true) }
        let made = Handler(family, origin, in: registry)
        return state.withLock { state in
            if let known = Self.find(origin, in: state) { return (known, true) }
            let count = state.names[origin.name]?.sets[origin.labels]?.handlers.count ?? 0
            // What is beyond the limit records into the overflow series and is not worth keeping.
            guard count < family.seriesLimit else { return (made, false) }
            state.names[origin.name]?.sets[origin.labels]?.handlers[origin.values] = made
            return (made, true)
        }
    }

    private static func find(_ origin: SeriesOrigin, in state: State) -> Handler? {
        let known = state.names[origin.name]?.sets[origin.labels]?.handlers[origin.values]
        return known.flatMap { $0.isRemoved ? nil : $0 }
    }

    /// The family of a set of keys; nil when there are too many of them.
    private func family(_ name: String, _ origin: SeriesOrigin) -> Family<I>? {
        let place: Place = state.withLock { state in
            let sets = state.names[origin.name]?.sets ?? [:]
            if let known = sets[origin.labels] { return .known(known.family) }
            let hasRoom = sets.count < Self.keySetLimit && state.count < Self.instrumentLimit
            return hasRoom && origin.labels.count <= Self.dimensionLimit ? .new : .none
        }
        switch place {
        case .known(let family): return family
        case .none: return nil
        case .new:
            let family = registry.family(describe(name, origin.labels), of: I.self)
            return state.withLock { state in
                if let known = state.names[origin.name]?.sets[origin.labels] { return known.family }
                state.names[origin.name, default: Name()].sets[origin.labels] = KeySet(family: family)
                state.count += 1
                return family
            }
        }
    }

    /// The handler of everything that has no family of its own; made and reported once.
    private func overflow(_ name: String, _ origin: SeriesOrigin) -> Handler {
        let (known, family, isFirst) = state.withLock { state in
            let entry = state.names[origin.name]
            let isFirst = entry == nil && !state.hasReportedFull
            if entry == nil { state.hasReportedFull = true }
            return (entry?.overflow, entry?.sets.first?.value.family, isFirst)
        }
        if let known { return known }
        guard let family, let labels = state.withLock({ $0.names[origin.name]?.sets.first?.key }) else {
            return unnamed(isFirst)
        }
        diagnostics.warn(
            "metric \(name): more than \(Self.keySetLimit) sets of dimensions, or \(Self.dimensionLimit) of one; "
                + "recorded in its overflow series")
        // Values that are not as many as the labels have no other place than the overflow series.
        let made = Handler(
            family, SeriesOrigin(name: origin.name, labels: labels, values: []), in: registry)
        return state.withLock { state in
            if let known = state.names[origin.name]?.overflow { return known }
            state.names[origin.name]?.overflow = made
            return made
        }
    }

    /// The one series of all labels that came when there were too many, or with too many dimensions at once.
    private func unnamed(_ isFirst: Bool) -> Handler {
        let descriptor = describe("swift_metrics.overflow", [])
        if isFirst {
            diagnostics.warn(
                "more than \(Self.instrumentLimit) instruments of one kind came from swift-metrics; further ones "
                    + "are recorded as \(descriptor.name)")
        }
        return Handler(
            registry.family(descriptor, of: I.self),
            SeriesOrigin(name: descriptor.name, labels: [], values: []), in: registry)
    }
}
