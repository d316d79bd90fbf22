import CPrimitives
import Testing

@testable import PostmeterMetrics

@Suite
struct ExponentialIndexTests {
    init() {
        pm_exponential_prepare()
    }

    @Test(arguments: -11...20)
    func `a power of two is the upper bound of its bucket`(scale: Int) {
        for exponent in -1_074...1_023 {
            let value = Double(sign: .plus, exponent: exponent, significand: 1)
            let expected = scale >= 0 ? exponent << scale - 1 : (exponent - 1) >> -scale
            #expect(pm_exponential_index(value, Int32(scale)) == expected, "2^\(exponent) at scale \(scale)")
        }
    }

    @Test(arguments: -11...20)
    func `random magnitudes fall where exact arithmetic puts them`(scale: Int) {
        let seed: UInt64 = 0x5eed_0001 &+ UInt64(bitPattern: Int64(scale))
        var random = SeededValues(seed: seed)
        for _ in 0..<2_000 {
            let value = random.magnitude()
            guard value > 0 else { continue }
            let index = pm_exponential_index(value, Int32(scale))
            #expect(
                index == ExactIndex.index(value, Int32(scale)), "\(value) at scale \(scale), seed \(seed)")
        }
    }

    // The doubles on both sides of a bound; of all bounds at small scales and of random ones at large scales.
    @Test(arguments: 1...20)
    func `the doubles next to a bound fall on their sides of it`(scale: Int) {
        let seed: UInt64 = 0x5eed_0002 &+ UInt64(scale)
        var random = SeededValues(seed: seed)
        let buckets: UInt64 = 1 << UInt64(scale)
        let bounds =
            scale <= 10 ? Array(1..<buckets) : (0..<1_000).map { _ in 1 + random.word() % (buckets - 1) }
        for bound in bounds {
            // The first double of bucket `bound`, found by halving.
            var low = Double(1).bitPattern
            var high = Double(2).bitPattern
            while high - low > 1 {
                let middle = low + (high - low) / 2
                let isBelow = ExactIndex.index(Double(bitPattern: middle), Int32(scale)) < Int32(bound)
                if isBelow { low = middle } else { high = middle }
            }
            let below = pm_exponential_index(Double(bitPattern: low), Int32(scale))
            let above = pm_exponential_index(Double(bitPattern: high), Int32(scale))
            #expect(below == Int32(bound) - 1, "bound \(bound) at scale \(scale), seed \(seed)")
            #expect(above == Int32(bound), "bound \(bound) at scale \(scale), seed \(seed)")
        }
    }

    @Test(arguments: -11...20)
    func `the ends of the range of doubles have buckets`(scale: Int) {
        let ends: [Double] = [
            .leastNonzeroMagnitude, .leastNonzeroMagnitude * 3, .leastNormalMagnitude.nextDown,
            .leastNormalMagnitude, .leastNormalMagnitude.nextUp, .greatestFiniteMagnitude,
            .greatestFiniteMagnitude.nextDown, 1.0.nextUp, 1.0.nextDown, 2.0.nextDown,
        ]
        for value in ends {
            #expect(
                pm_exponential_index(value, Int32(scale)) == ExactIndex.index(value, Int32(scale)), "\(value)"
            )
        }
    }

    @Test func `at the least scale all doubles have one of two buckets`() {
        let values: [Double] = [.leastNonzeroMagnitude, 0.5, 1, 1.0.nextUp, .greatestFiniteMagnitude]
        #expect(values.map { pm_exponential_index($0, -11) } == [-1, -1, -1, 0, 0])
    }
}
