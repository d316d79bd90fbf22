import PostmeterModel
import Synchronization

@testable import PostmeterMetrics

/// What threads that start and die record, and what that must come to; a seed determines it.
///
/// Each script runs once, on a thread of its own that another one starts in the midst of its work. Amounts are
/// eighths, so that sums of doubles are exact in any order.
struct ThreadPlan: Sendable {
    enum Step {
        case add(Int, UInt64)
        case move(Int, Int64)
        case cost(Int, Double)
        case value(Int, Double)
        case size(Int, Double)
        case start(Int)
        case join
    }

    static let series = 3
    static let bounds = [-40.0, -1, 0, 0.125, 10, 100]

    let seed: UInt64
    /// The first one is the test's own.
    let scripts: [[Step]]
    /// How many values the histograms of both kinds get together.
    let values: Int

    init(seed: UInt64) {
        var random = SplitMix(seed: seed)
        let count = Int.random(in: 2...24, using: &random)
        var scripts = (0..<count).map { _ in
            (0..<Int.random(in: 0...60, using: &random)).map { _ in Self.step(&random) }
        }
        for child in 1..<count {
            let parent = Int.random(in: 0..<child, using: &random)
            scripts[parent].insert(
                .start(child), at: Int.random(in: 0...scripts[parent].count, using: &random))
            // Whoever is not joined here lives on beside those that start later.
            if Bool.random(using: &random) {
                scripts[parent].insert(
                    .join, at: Int.random(in: 0...scripts[parent].count, using: &random))
            }
        }
        self.seed = seed
        self.scripts = scripts
        values = scripts.joined().reduce(0) { sum, step in
            switch step {
            case .value, .size: sum + 1
            default: sum
            }
        }
    }

    private static func step(_ random: inout SplitMix) -> Step {
        let series = Int.random(in: 0..<series, using: &random)
        let eighths = Double(Int.random(in: -1_600...1_600, using: &random)) / 8
        return switch Int.random(in: 0..<5, using: &random) {
        case 0: .add(series, .random(in: 0...1_000_000, using: &random))
        case 1: .move(series, .random(in: -1_000_000...1_000_000, using: &random))
        case 2: .cost(series, eighths.magnitude)
        case 3: .value(series, eighths)
        default: .size(series, eighths)
        }
    }

    /// What the handles' series must hold in the end.
    var totals: RecordedTotals {
        var totals = RecordedTotals()
        for step in scripts.joined() {
            switch step {
            case .add(let series, let amount): totals.adds[series] += Int64(amount)
            case .move(let series, let amount): totals.moves[series] += amount
            case .cost(let series, let amount): totals.costs[series] += amount
            case .value(let series, let value):
                let bucket = Self.bounds.firstIndex { value <= $0 } ?? Self.bounds.count
                totals.buckets[series][bucket] += 1
                totals.sums[series] += value
            case .size(let series, let value):
                totals.sizes[series] += 1
                totals.zeros[series] += value == 0 ? 1 : 0
                totals.sizeSums[series] += value
            case .start, .join: break
            }
        }
        return totals
    }

    /// Runs all scripts, the first one on the calling thread, and returns when all threads have ended.
    func run(on handles: PlanHandles) {
        run(0, handles)
    }

    private func run(_ script: Int, _ handles: PlanHandles) {
        var threads: [OneThread] = []
        for step in scripts[script] {
            switch step {
            case .add(let series, let amount): handles.counters[series].add(amount)
            case .move(let series, let amount): handles.upDowns[series].add(amount)
            case .cost(let series, let amount): handles.costs[series].add(amount)
            case .value(let series, let value): handles.record(value, in: handles.explicit[series])
            case .size(let series, let value): handles.record(value, in: handles.exponential[series])
            case .start(let child): threads.append(OneThread { self.run(child, handles) })
            case .join: if !threads.isEmpty { threads.removeFirst().join() }
            }
        }
        for thread in threads { thread.join() }
    }
}

/// The handles that a plan records through.
final class PlanHandles: Sendable {
    let counters: [Counter]
    let upDowns: [UpDownCounter]
    let costs: [DoubleCounter]
    let explicit: [Histogram]
    let exponential: [Histogram]
    /// Values whose records have returned.
    let recorded = Atomic<Int>(0)

    init(_ registry: MetricsRegistry) {
        func handles<I: Instrument>(
            _ name: String, bounds: [Double] = [], exponential: ExponentialLimits? = nil
        ) -> [I] {
            let family: Family<I> = registry.family(
                InstrumentDescriptor(
                    name: name, kind: I.kind, number: I.number, labels: ["series"], bounds: bounds,
                    exponential: exponential))
            return (0..<ThreadPlan.series).map { family.bind("\($0)") }
        }
        counters = handles("adds")
        upDowns = handles("moves")
        costs = handles("costs")
        explicit = handles("values", bounds: ThreadPlan.bounds)
        exponential = handles("sizes", exponential: ExponentialLimits(maxSize: 16))
    }

    func record(_ value: Double, in histogram: Histogram) {
        histogram.record(value)
        recorded.add(1, ordering: .releasing)
    }
}

/// The values of a plan's series.
struct RecordedTotals: Equatable {
    var adds = [Int64](repeating: 0, count: ThreadPlan.series)
    var moves = [Int64](repeating: 0, count: ThreadPlan.series)
    var costs = [Double](repeating: 0, count: ThreadPlan.series)
    var buckets = [[UInt64]](
        repeating: [UInt64](repeating: 0, count: ThreadPlan.bounds.count + 1), count: ThreadPlan.series)
    var sums = [Double](repeating: 0, count: ThreadPlan.series)
    var sizes = [UInt64](repeating: 0, count: ThreadPlan.series)
    var zeros = [UInt64](repeating: 0, count: ThreadPlan.series)
    var sizeSums = [Double](repeating: 0, count: ThreadPlan.series)

    init() {}

    /// What a snapshot shows.
    init(_ snapshot: MetricsSnapshot) {
        for family in snapshot.families {
            switch (family.descriptor.name, family.values) {
            case ("adds", .integers(let values)): adds = values
            case ("moves", .integers(let values)): moves = values
            case ("costs", .doubles(let values)): costs = values
            case ("values", .histograms(let counts, let sums)):
                let width = ThreadPlan.bounds.count + 1
                self.sums = sums
                buckets = sums.indices.map { Array(counts[($0 * width)..<(($0 + 1) * width)]) }
            case ("sizes", .exponentials(let points)):
                sizes = points.map(\.count)
                zeros = points.map(\.zeroCount)
                sizeSums = points.map(\.sum)
            default: break
            }
        }
    }

    /// All values in the histograms of both kinds.
    var values: UInt64 { buckets.joined().reduce(0, +) + sizes.reduce(0, +) }

    /// Whether nothing that only rises is less than it was.
    func isNotBelow(_ earlier: RecordedTotals) -> Bool {
        zip(adds, earlier.adds).allSatisfy { $0 >= $1 } && zip(costs, earlier.costs).allSatisfy { $0 >= $1 }
            && zip(buckets.joined(), earlier.buckets.joined()).allSatisfy { $0 >= $1 }
            && zip(sizes, earlier.sizes).allSatisfy { $0 >= $1 }
            && zip(zeros, earlier.zeros).allSatisfy { $0 >= $1 }
    }
}
