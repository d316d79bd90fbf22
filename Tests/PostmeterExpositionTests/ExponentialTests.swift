import PostmeterExposition
import PostmeterModel
import Testing

@Suite struct ExponentialTests {
    private let descriptor = InstrumentDescriptor(
        name: "d",
        kind: .histogram,
        labels: ["k"],
        exponential: ExponentialLimits()
    )

    private func scrape(
        _ points: [ExponentialPoint],
        as format: ExpositionFormat = .text,
        exemplars: [Exemplar] = []
    ) -> Scrape {
        let series = points.indices.map { $0 == 0 ? [] : [Attribute("k", .string("\($0)"))] }
        return Scrape([.make(descriptor, series, .exponentials(points), exemplars: exemplars)], as: format)
    }

    @Test func `buckets of a fine scale are shown between powers of two`() {
        // At scale 1 the buckets 0 to 4 are (1, 1.41], (1.41, 2], (2, 2.83], (2.83, 4], (4, 5.66].
        let point = ExponentialPoint(scale: 1, sum: 31, positive: .init(offset: 0, counts: [1, 2, 0, 4, 8]))
        #expect(
            scrape([point]).text == """
                # TYPE d histogram
                d_bucket{le="1"} 0
                d_bucket{le="2"} 3
                d_bucket{le="4"} 7
                d_bucket{le="8"} 15
                d_bucket{le="+Inf"} 15
                d_sum 31
                d_count 15

                """
        )
    }

    @Test func `a bucket that begins between powers of two belongs to the upper of them`() {
        let point = ExponentialPoint(scale: 2, sum: 3, positive: .init(offset: -3, counts: [1, 0, 0, 1]))
        #expect(
            scrape([ExponentialPoint(scale: 0), point], as: .openMetrics).samples.dropFirst(6) == [
                #"d_bucket{k="1",le="0.5"} 0"#, #"d_bucket{k="1",le="1.0"} 1"#,
                #"d_bucket{k="1",le="2.0"} 2"#, #"d_bucket{k="1",le="+Inf"} 2"#,
                #"d_sum{k="1"} 3"#, #"d_count{k="1"} 2"#,
            ]
        )
    }

    @Test func `a coarse scale keeps its own bounds`() {
        let point = ExponentialPoint(scale: -2, sum: 9, positive: .init(offset: -1, counts: [1, 2]))
        #expect(
            scrape([point]).samples == [
                #"d_bucket{le="0.0625"} 0"#, #"d_bucket{le="1"} 1"#, #"d_bucket{le="16"} 3"#,
                #"d_bucket{le="+Inf"} 3"#, "d_sum 9", "d_count 3",
            ]
        )
    }

    @Test func `zeros and negative values stand below`() {
        let point = ExponentialPoint(
            scale: 0,
            zeroCount: 5,
            sum: -7,
            positive: .init(offset: 0, counts: [2]),
            negative: .init(offset: 0, counts: [3, 1])
        )
        let buckets = [
            #"d_bucket{le="-2"} 1"#, #"d_bucket{le="-1"} 4"#, #"d_bucket{le="0"} 9"#,
            #"d_bucket{le="1"} 9"#, #"d_bucket{le="2"} 11"#, #"d_bucket{le="+Inf"} 11"#,
        ]
        #expect(scrape([point]).samples == buckets + ["d_sum -7", "d_count 11"])
        // OpenMetrics has no sum, and so no count, beside negative bounds.
        let open = scrape([point], as: .openMetrics).samples
        #expect(open.count == 6)
        #expect(open.first == #"d_bucket{le="-2.0"} 1"#)
    }

    @Test func `a histogram without values has its last bucket`() {
        #expect(
            scrape([ExponentialPoint(scale: 20)]).samples == [
                #"d_bucket{le="+Inf"} 0"#, "d_sum 0", "d_count 0",
            ]
        )
    }

    @Test func `the least and the greatest double have their place`() {
        let least = ExponentialPoint(scale: 0, sum: 1, positive: .init(offset: -1_075, counts: [1, 1]))
        #expect(
            scrape([least]).samples.prefix(3) == [
                #"d_bucket{le="0"} 0"#, #"d_bucket{le="5e-324"} 1"#, #"d_bucket{le="1e-323"} 2"#,
            ])
        let greatest = ExponentialPoint(scale: 0, sum: 1, positive: .init(offset: 1_022, counts: [1, 1]))
        #expect(
            scrape([greatest]).samples.suffix(4) == [
                #"d_bucket{le="8.98846567431158e+307"} 1"#, #"d_bucket{le="+Inf"} 2"#, "d_sum 1", "d_count 2",
            ])
        let coarse = ExponentialPoint(
            scale: -10,
            sum: 1,
            positive: .init(offset: -2, counts: [1, 2, 4]),
            negative: .init(offset: -2, counts: [8, 0, 16])
        )
        #expect(
            scrape([coarse]).samples.prefix(6) == [
                #"d_bucket{le="-1"} 16"#, #"d_bucket{le="-5.562684646268003e-309"} 16"#,
                #"d_bucket{le="0"} 24"#, #"d_bucket{le="5.562684646268003e-309"} 25"#,
                #"d_bucket{le="1"} 27"#, #"d_bucket{le="+Inf"} 31"#,
            ]
        )
    }

    /// The point of some values that are not negative powers of two, by the definition of its buckets.
    private func point(of values: [Double], scale: Int) -> ExponentialPoint {
        func buckets(_ values: [Double]) -> ExponentialPoint.Buckets {
            let indices = values.map { value -> Int in
                // The bucket that ends with a power of two holds it.
                let exponent = Int(value.exponent)
                let isPower = value.significand == 1
                guard scale > 0 else { return (isPower ? exponent - 1 : exponent) >> -scale }
                let fine = Double(1 << scale)
                var part = 0
                while part + 1 < 1 << scale, value.significand > root(2, Double(part + 1) / fine) {
                    part += 1
                }
                return isPower ? exponent << scale - 1 : exponent << scale + part
            }
            guard let first = indices.min(), let last = indices.max() else { return .init() }
            var counts = [UInt64](repeating: 0, count: last - first + 1)
            for index in indices { counts[index - first] += 1 }
            return .init(offset: Int32(first), counts: counts)
        }
        return ExponentialPoint(
            scale: Int32(scale),
            zeroCount: UInt64(values.count { $0 == 0 }),
            sum: values.reduce(0, +),
            positive: buckets(values.filter { $0 > 0 }),
            negative: buckets(values.filter { $0 < 0 }.map { -$0 })
        )
    }

    /// `base` to a power that is a multiple of an eighth.
    private func root(_ base: Double, _ power: Double) -> Double {
        var result = 1.0
        var factor = base
        var rest = power
        while rest > 0 {
            if rest >= 1 {
                result *= factor
                rest -= 1
            }
            factor.formSquareRoot()
            rest *= 2
        }
        return result
    }

    @Test(arguments: -3...3)
    func `each bucket counts the values up to its bound, bounds ascend, the last counts all`(scale: Int) {
        for seed in UInt64(1)...60 {
            var random = Draw(seed: seed)
            let values = (0..<random.next(below: 60)).map { _ -> Double in
                let size = Double(
                    sign: .plus,
                    exponent: Int(random.next(below: 20)) - 10,
                    significand: 1 + Double(random.next(below: 16)) / 16
                )
                switch random.next(below: 5) {
                case 0: return 0
                case 1: return size.significand == 1 ? 0 : -size
                default: return size
                }
            }
            let samples = scrape([point(of: values, scale: scale)]).samples
            let buckets = samples.filter { $0.hasPrefix("d_bucket") }.map { line -> (Double, Int) in
                let parts = line.split(separator: "\"")
                let bound = parts[1] == "+Inf" ? Double.infinity : Double(parts[1]) ?? .nan
                return (bound, Int(parts[2].dropFirst(2)) ?? -1)
            }
            #expect(
                buckets.allSatisfy { bound, count in count == values.count { $0 <= bound } }, "seed \(seed)")
            #expect(zip(buckets, buckets.dropFirst()).allSatisfy { $0.0 < $1.0 }, "seed \(seed)")
            #expect(buckets.last?.0 == .infinity, "seed \(seed)")
            #expect(buckets.last?.1 == values.count, "seed \(seed)")
            #expect(samples.last == "d_count \(values.count)", "seed \(seed)")
        }
    }
}
