import CPrimitives
import Glibc
import Testing

@testable import PostmeterMetrics

@Suite
struct ExponentialIndexTests {
    init() {
        pm_exponential_prepare()
    }

    @Test(arguments: -11...20)
    func `a power of two is the upper bound of its bucket`(scale: Int) {
        let wrong = (-1_074...1_023).filter { exponent in
            let value = Double(sign: .plus, exponent: exponent, significand: 1)
            let expected = scale >= 0 ? exponent << scale - 1 : (exponent - 1) >> -scale
            return pm_exponential_index(value, Int32(scale)) != expected
        }
        #expect(wrong == [])
    }

    @Test(arguments: -11...20)
    func `random magnitudes fall where exact arithmetic puts them`(scale: Int) {
        let seed: UInt64 = 0x5eed_0001 &+ UInt64(bitPattern: Int64(scale))
        var random = SplitMix(seed: seed)
        let values = (0..<1_000).map { _ in random.magnitude() }.filter { $0 > 0 }
        let wrong = values.filter {
            pm_exponential_index($0, Int32(scale)) != ExactIndex.index($0, Int32(scale))
        }
        #expect(wrong == [], "seed \(seed)")
    }

    // The doubles on both sides of a bound; of all bounds at small scales and of random ones at large scales.
    @Test(arguments: 1...20)
    func `the doubles next to a bound fall on their sides of it`(scale: Int) {
        let seed: UInt64 = 0x5eed_0002 &+ UInt64(scale)
        var random = SplitMix(seed: seed)
        let buckets: UInt64 = 1 << UInt64(scale)
        let bounds =
            scale <= 10 ? Array(1..<buckets) : (0..<400).map { _ in 1 + random.next() % (buckets - 1) }
        let wrong = bounds.filter { bound in
            // The last double of the bucket below, from a guess that is off by few.
            var last = exp2(Double(bound) / Double(buckets))
            while ExactIndex.index(last, Int32(scale)) >= Int32(bound) { last = last.nextDown }
            while ExactIndex.index(last.nextUp, Int32(scale)) < Int32(bound) { last = last.nextUp }
            let below = pm_exponential_index(last, Int32(scale))
            let above = pm_exponential_index(last.nextUp, Int32(scale))
            return below != Int32(bound) - 1 || above != Int32(bound)
        }
        #expect(wrong == [], "seed \(seed)")
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
