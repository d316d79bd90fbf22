import PostmeterModel
import Testing

@testable import PostmeterMetrics

/// Law: every value is in exactly one bucket, the first whose bound is not below it, whatever the bounds are.
@Suite
struct BucketsSumToCountTests {
    @Test(arguments: UInt64(0x5eed_e000)..<0x5eed_e060)
    func `each value is in the bucket that a walk over the bounds finds`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        let count = Int.random(in: 0...70, using: &random)
        let bounds = Set((0..<count).map { _ in Self.number(&random) }).sorted()
        let values = (0..<400).map { _ in Self.value(near: bounds, &random) }
        let registry = MetricsRegistry.fixed()
        let family: Family<Histogram> = registry.family(
            InstrumentDescriptor(name: "h", kind: .histogram, bounds: bounds))
        let histogram = family.bind()
        let threads = Int.random(in: 1...3, using: &random)
        onThreads(threads) { thread in
            for index in stride(from: thread, to: values.count, by: threads) {
                histogram.record(values[index])
            }
        }
        let finite = values.filter(\.isFinite)
        var expected = [UInt64](repeating: 0, count: bounds.count + 1)
        for value in finite { expected[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1 }
        let found = registry.histograms("h")
        #expect(found.map(\.counts) == [expected], "seed \(seed)")
        #expect(found.first?.counts.reduce(0, +) == UInt64(finite.count), "seed \(seed)")
        #expect(registry.statistics.refused == UInt64(values.count - finite.count), "seed \(seed)")
        #expect(
            registry.family(named: "h")?.extremes
                == [Extremes(minimum: finite.min() ?? .infinity, maximum: finite.max() ?? -.infinity)],
            "seed \(seed)")
    }

    /// A number of any size and sign; zero has one sign, or two bounds would be equal.
    private static func number(_ random: inout SplitMix) -> Double {
        let exponent = Int.random(in: -1_070...1_000, using: &random)
        let magnitude = Double(
            sign: .plus, exponent: exponent, significand: .random(in: 1..<2, using: &random))
        return switch Int.random(in: 0..<4, using: &random) {
        case 0: Double(Int.random(in: -20...20, using: &random))
        case 1: -magnitude
        default: magnitude
        }
    }

    /// A value that is a bound, next to one, anywhere, or none at all.
    private static func value(near bounds: [Double], _ random: inout SplitMix) -> Double {
        let bound = bounds.randomElement(using: &random) ?? 0
        return switch Int.random(in: 0..<8, using: &random) {
        case 0: bound
        case 1: bound.nextUp
        case 2: bound.nextDown
        case 3:
            [-0.0, 0, .leastNonzeroMagnitude, .greatestFiniteMagnitude].randomElement(using: &random) ?? 0
        case 4: [.infinity, -.infinity, .nan, .signalingNaN].randomElement(using: &random) ?? 0
        default: number(&random)
        }
    }
}
