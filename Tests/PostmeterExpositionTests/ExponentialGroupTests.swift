import PostmeterExposition
import PostmeterModel
import Testing

/// Exponential histograms of one group have the same bounds, since `sum by (le)` adds what has the same bound.
@Suite struct ExponentialGroupTests {
    /// The families of one name, each with these points.
    private func families(_ lists: [[ExponentialPoint]], maxSize: Int = 160) -> [FamilySnapshot] {
        lists.enumerated().map { number, points in
            .make(
                InstrumentDescriptor(
                    name: "d", kind: .histogram, labels: ["k"],
                    scope: InstrumentationScope(name: "scope \(number)"),
                    exponential: ExponentialLimits(maxSize: maxSize)),
                points.indices.map { [Attribute("k", .string("\(number).\($0)"))] }, .exponentials(points))
        }
    }

    /// The buckets of each series in the order of the text, by `k`.
    private func buckets(_ text: String) -> [String: [(bound: String, count: Int)]] {
        var found: [String: [(bound: String, count: Int)]] = [:]
        for line in text.split(separator: "\n") where line.hasPrefix("d_bucket") {
            let parts = line.split(separator: "\"")
            found[String(parts[1]), default: []].append((String(parts[3]), Int(parts[4].dropFirst(2)) ?? -1))
        }
        return found
    }

    /// Five values in each of two buckets, far from five in each of two others.
    private let near = ExponentialPoint(scale: 0, sum: 25, positive: .init(offset: 0, counts: [5, 5]))
    private let far = ExponentialPoint(scale: 0, sum: 180, positive: .init(offset: 3, counts: [5, 5]))

    @Test func `series of one metric have the same bounds, so that their buckets can be added`() {
        let text = """
            # TYPE d histogram
            d_bucket{k="0.0",le="1"} 0
            d_bucket{k="0.0",le="2"} 5
            d_bucket{k="0.0",le="4"} 10
            d_bucket{k="0.0",le="8"} 10
            d_bucket{k="0.0",le="16"} 10
            d_bucket{k="0.0",le="32"} 10
            d_bucket{k="0.0",le="+Inf"} 10
            d_sum{k="0.0"} 25
            d_count{k="0.0"} 10
            d_bucket{k="0.1",le="1"} 0
            d_bucket{k="0.1",le="2"} 0
            d_bucket{k="0.1",le="4"} 0
            d_bucket{k="0.1",le="8"} 0
            d_bucket{k="0.1",le="16"} 5
            d_bucket{k="0.1",le="32"} 10
            d_bucket{k="0.1",le="+Inf"} 10
            d_sum{k="0.1"} 180
            d_count{k="0.1"} 10

            """
        #expect(Scrape(families([[near, far]])).text == text)
        // Written in pieces of a sample, all bounds are known before the first.
        let encoder = ExpositionEncoder(
            resource: Resource([]), options: ExpositionOptions(scopeLabels: false))
        var joined: [UInt8] = []
        encoder.encode(.make(families([[near, far]])), as: .text, piece: 1) { joined += $0 }
        #expect(String(decoding: joined, as: UTF8.self) == text)
        // The same series in two families of one name.
        let found = buckets(Scrape(families([[near], [far]])).text)
        #expect(found["0.0"]?.map(\.count) == [0, 5, 10, 10, 10, 10, 10])
        #expect(found["1.0"]?.map(\.count) == [0, 0, 0, 0, 5, 10, 10])
    }

    @Test func `the quantile over two series is that of all their values`() {
        var sums: [Double: Int] = [:]
        for list in buckets(Scrape(families([[near, far]])).text).values {
            for (bound, count) in list { sums[Double(bound) ?? .infinity, default: 0] += count }
        }
        // As histogram_quantile(0.6, sum by (le) (d_bucket)) has it: 12 of 20 values, between 10 at 8 and 15 at 16.
        let ordered = sums.sorted { $0.key < $1.key }
        let place = ordered.firstIndex { $0.value >= 12 } ?? 0
        let (before, bucket) = (ordered[place - 1], ordered[place])
        let share = Double(12 - before.value) / Double(bucket.value - before.value)
        #expect(abs(before.key + (bucket.key - before.key) * share - 11.2) < 1e-9)
    }

    @Test func `protocol buffers have the same bounds beside the native buckets`() throws {
        for lists in [[[near, far]], [[near], [far]]] {
            let metrics = try #require(ProtobufScrape(families(lists))?.families.first?.metrics)
            let found = metrics.compactMap { $0.histogram?.messages(3) }
            #expect(
                found.map { $0.map { $0.double(2) } }
                    == Array(repeating: [1, 2, 4, 8, 16, 32, .infinity], count: 2))
            #expect(
                found.map { $0.map { $0.number(1) } } == [
                    [0, 5, 10, 10, 10, 10, 10], [0, 0, 0, 0, 5, 10, 10],
                ])
            #expect(metrics.map { $0.histogram?.messages(12).count } == [1, 1])
        }
    }

    @Test func `the coarsest of all points says how wide a bucket is`() {
        // At scale -1 bucket -1 is (0.25, 1]; at scale 0 bucket 3 is (8, 16] and at scale 1 bucket 9 ends at 32.
        let found = buckets(
            Scrape(
                families([
                    [ExponentialPoint(scale: -1, positive: .init(offset: -1, counts: [2]))],
                    [
                        ExponentialPoint(scale: 0, positive: .init(offset: 3, counts: [3])),
                        ExponentialPoint(scale: 1, positive: .init(offset: 9, counts: [4])),
                        // Without buckets a scale says nothing.
                        ExponentialPoint(scale: -9),
                    ],
                ])
            ).text)
        #expect(found["0.0"]?.map(\.bound) == ["0.25", "1", "4", "16", "64", "+Inf"])
        #expect(found["0.0"]?.map(\.count) == [0, 2, 2, 2, 2, 2])
        #expect(found["1.0"]?.map(\.count) == [0, 0, 0, 3, 3, 3])
        #expect(found["1.1"]?.map(\.count) == [0, 0, 0, 0, 4, 4])
        #expect(found["1.2"]?.map(\.count) == [0, 0, 0, 0, 0, 0])
        #expect(Set(found.values.map { $0.map(\.bound) }).count == 1)
    }

    @Test func `zeros and negative values of one series give bounds to all`() {
        let points = [
            near, ExponentialPoint(scale: 0, zeroCount: 2, sum: 0),
            ExponentialPoint(scale: 0, sum: -6, negative: .init(offset: 1, counts: [1])),
        ]
        let found = buckets(Scrape(families([points])).text)
        #expect(Set(found.values.map { $0.map(\.bound) }) == [["-2", "0", "1", "2", "4", "+Inf"]])
        #expect(found["0.0"]?.map(\.count) == [0, 0, 0, 5, 10, 10])
        #expect(found["0.1"]?.map(\.count) == [0, 2, 2, 2, 2, 2])
        #expect(found["0.2"]?.map(\.count) == [1, 1, 1, 1, 1, 1])
        // OpenMetrics has no sum where there is a negative bound, and so none of these series has one.
        let samples = Scrape(families([points]), as: .openMetrics).samples
        #expect(samples.count == 18)
        #expect(samples.allSatisfy { $0.hasPrefix("d_bucket") })
        #expect(Scrape(families([Array(points.prefix(2))]), as: .openMetrics).samples.count == 2 * 7)
    }

    @Test func `values far apart make the buckets wider, as they would those of one point`() {
        let points = [-1_000, 1_000].map {
            ExponentialPoint(scale: 0, positive: .init(offset: $0, counts: [1, 0, 1]))
        }
        let found = buckets(Scrape(families([points])).text)
        // 2,003 powers of two are 126 times sixteen, from 2^-1008 to 2^1008.
        #expect(found.values.allSatisfy { $0.count == 128 })
        #expect(found["0.0"]?.prefix(3).map(\.count) == [0, 2, 2])
        #expect(found["0.1"]?.suffix(3).map(\.count) == [0, 2, 2])
        #expect(buckets(Scrape(families([points], maxSize: 1_024)).text)["0.0"]?.count == 1_004)
    }

    @Test func `every series counts the values up to each bound of all, whatever their scales`() {
        for seed in UInt64(1)...100 {
            var random = Draw(seed: seed)
            var values: [String: [Double]] = [:]
            let lists = (0..<2).map { family in
                (0..<3).map { series -> ExponentialPoint in
                    let scale = Int(random.next(below: 6)) - 3
                    // Values just above a power of two, so that their buckets can be told without a logarithm.
                    let exponents = (0..<random.next(below: 20)).map { _ in Int(random.next(below: 40)) - 20 }
                    let own = exponents.map { Double(sign: .plus, exponent: $0, significand: 1.0625) }
                    let isNegative = random.next(below: 4) == 0
                    values["\(family).\(series)"] = isNegative ? own.map { -$0 } : own
                    let indices = exponents.map { scale < 0 ? $0 >> -scale : $0 << scale }
                    let first = indices.min() ?? 0
                    var counts = [UInt64](
                        repeating: 0, count: indices.isEmpty ? 0 : (indices.max() ?? 0) - first + 1)
                    for index in indices { counts[index - first] += 1 }
                    let buckets = ExponentialPoint.Buckets(offset: Int32(first), counts: counts)
                    return ExponentialPoint(
                        scale: Int32(scale), positive: isNegative ? .init() : buckets,
                        negative: isNegative ? buckets : .init())
                }
            }
            let found = buckets(Scrape(families(lists)).text)
            #expect(Set(found.values.map { $0.map(\.bound) }).count == 1, "seed \(seed)")
            for (series, own) in values {
                for (bound, count) in found[series] ?? [] {
                    let limit = Double(bound) ?? .infinity
                    #expect(count == own.count { $0 <= limit }, "seed \(seed), \(series), \(bound)")
                }
                #expect(found[series]?.last?.bound == "+Inf")
            }
        }
    }
}
