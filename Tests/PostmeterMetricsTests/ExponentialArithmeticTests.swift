import PostmeterModel
import Testing

@testable import PostmeterMetrics

@Suite
struct ExponentialArithmeticTests {
    private typealias Buckets = ExponentialPoint.Buckets

    @Test func `a lower scale puts pairs of buckets together, also below zero`() {
        let point = ExponentialPoint(
            scale: 1, positive: Buckets(offset: -3, counts: [1, 2, 4, 8, 16]),
            negative: Buckets(offset: 5, counts: [7]))
        let coarse = point.downscaled(to: 0)
        // -3 and -2 lie in -2 and -1, -1 in -1, 0 and 1 in 0
        #expect(coarse.positive == Buckets(offset: -2, counts: [1, 6, 24]))
        #expect(coarse.negative == Buckets(offset: 2, counts: [7]))
        #expect(coarse.scale == 0)
        #expect(point.downscaled(to: 3) == point)
    }

    @Test func `a difference is taken at the present scale`() {
        let earlier = ExponentialPoint(
            scale: 2, zeroCount: 1, sum: 5, positive: Buckets(offset: 4, counts: [1, 0, 3]))
        let now = ExponentialPoint(
            scale: 1, zeroCount: 4, sum: 50, positive: Buckets(offset: 1, counts: [2, 1, 4, 0, 9]),
            negative: Buckets(offset: 0, counts: [1]))
        // The earlier buckets 4, 5 are 2 and 6 is 3 now.
        let difference = now.subtracting(earlier, sum: 45)
        #expect(
            difference
                == ExponentialPoint(
                    scale: 1, zeroCount: 3, sum: 45, positive: Buckets(offset: 1, counts: [2, 0, 1, 0, 9]),
                    negative: Buckets(offset: 0, counts: [1])))
        let nothing = now.subtracting(now, sum: 0)
        #expect(nothing == ExponentialPoint(scale: 1))
        #expect(nothing.count == 0)
    }

    @Test func `a sum of two is as coarse as it must be`() {
        let a = ExponentialPoint(scale: 3, zeroCount: 1, sum: 1, positive: Buckets(offset: 0, counts: [1]))
        let b = ExponentialPoint(scale: 4, zeroCount: 2, sum: 2, positive: Buckets(offset: 62, counts: [5]))
        // At scale 3 that is 31 apart, at scale 2 15, at scale 1 7, at scale 0 3.
        #expect(
            a.adding(b, maxSize: 4)
                == ExponentialPoint(
                    scale: 0, zeroCount: 3, sum: 3, positive: Buckets(offset: 0, counts: [1, 0, 0, 5])))
        #expect(a.adding(b, maxSize: 32).scale == 3)
        #expect(a.adding(ExponentialPoint(scale: 3), maxSize: 4) == a)
    }

    @Test(arguments: 0..<20)
    func `what is split and put together again is the same`(seed: Int) {
        var random = SplitMix(seed: UInt64(seed))
        func buckets(_ length: Int, _ offset: Int32) -> Buckets {
            var counts = (0..<length).map { _ in random.next() % 5 }
            counts[0] += 1
            counts[length - 1] += 1
            return Buckets(offset: offset, counts: counts)
        }
        let earlier = ExponentialPoint(scale: 4, zeroCount: 3, sum: 10, positive: buckets(20, -7))
        let added = ExponentialPoint(
            scale: 2, zeroCount: 5, sum: 30, positive: buckets(9, -3), negative: buckets(3, 40))
        let now = earlier.adding(added, maxSize: 160)
        #expect(now.subtracting(earlier, sum: 30) == added, "seed \(seed)")
    }
}
