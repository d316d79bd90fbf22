import PostmeterExposition
import PostmeterModel
import Testing

#if canImport(Glibc)
import Glibc
#endif

@Suite struct NativeHistogramTests {
    private func histograms(_ points: [ExponentialPoint], exemplars: [Exemplar] = []) -> [WireReader]? {
        let descriptor = InstrumentDescriptor(
            name: "d", kind: .histogram, labels: ["k"], exponential: ExponentialLimits())
        let series = points.indices.map { [Attribute("k", .string("\($0)"))] }
        let family = FamilySnapshot.make(descriptor, series, .exponentials(points), exemplars: exemplars)
        return ProtobufScrape([family])?.families.first?.metrics.compactMap(\.histogram)
    }

    /// The counts by index of one sign, as Prometheus reads spans and deltas.
    private func buckets(_ histogram: WireReader, spans: Int, deltas: Int) -> [Int64: Int64] {
        var counts: [Int64: Int64] = [:]
        var index: Int64 = 0
        var count: Int64 = 0
        var rest = histogram.packedSigned(deltas)[...]
        for span in histogram.messages(spans) {
            index += span.signed(1)
            for _ in 0..<span.number(2) {
                count += rest.popFirst() ?? 0
                if count != 0 { counts[index] = count }
                index += 1
            }
        }
        #expect(rest.isEmpty)
        return counts
    }

    @Test func `a bucket has the index of its upper bound`() throws {
        // At scale 1 OpenTelemetry's buckets 0 to 4 end at 1.41, 2, 2.83, 4, 5.66.
        let point = ExponentialPoint(
            scale: 1, zeroCount: 3, sum: 31, positive: .init(offset: 0, counts: [1, 2, 0, 4, 8]),
            negative: .init(offset: -2, counts: [5]))
        let found = try #require(histograms([point])?.first)
        #expect(found.signed(5) == 1)
        #expect(found.number(7) == 3)
        #expect(found.number(1) == 23)
        #expect(found.double(2) == 31)
        #expect(buckets(found, spans: 12, deltas: 13) == [1: 1, 2: 2, 4: 4, 5: 8])
        #expect(buckets(found, spans: 9, deltas: 10) == [-1: 5])
    }

    @Test func `a short gap is counted as zeros, a long one begins a span`() throws {
        let point = ExponentialPoint(
            scale: 0, positive: .init(offset: 9, counts: [1, 0, 0, 2, 0, 0, 0, 4, 4]))
        let found = try #require(histograms([point])?.first)
        #expect(found.messages(12).map { [$0.signed(1), Int64($0.number(2))] } == [[10, 4], [3, 2]])
        #expect(found.packedSigned(13) == [1, -1, 0, 2, 2, 0])
    }

    @Test func `what is finer than schema 8 is made coarser`() throws {
        // At scale 10 four buckets make one of scale 8.
        let point = ExponentialPoint(
            scale: 10, positive: .init(offset: -3, counts: [1, 2, 4, 8, 16, 32, 64, 128]))
        let found = try #require(histograms([point])?.first)
        #expect(found.signed(5) == 8)
        // Indices -3...4 fall to -1, -1, -1, 0, 0, 0, 0, 1.
        #expect(buckets(found, spans: 12, deltas: 13) == [0: 7, 1: 120, 2: 128])
        #expect(found.number(1) == 255)
    }

    @Test func `a histogram without values is native all the same`() throws {
        let found = try #require(histograms([ExponentialPoint(scale: 20)])?.first)
        #expect(found.double(6) == Double(sign: .plus, exponent: -128, significand: 1))
        #expect(found.number(1) == 0)
        #expect(found.messages(3).map { $0.double(2) } == [.infinity])
    }

    @Test(arguments: [-4, -1, 0, 3, 8])
    func `values up to 2 to the -128 are in the zero bucket`(scale: Int32) throws {
        let edge = scale >= 0 ? Int32(-128) << scale : -128 >> -scale
        let counts: [UInt64] = [1, 2, 4]
        // The upper bounds of these buckets are one below, at and one above the edge.
        let point = ExponentialPoint(
            scale: scale, zeroCount: 8, positive: .init(offset: edge - 2, counts: counts),
            negative: .init(offset: edge - 2, counts: counts))
        let found = try #require(histograms([point])?.first)
        #expect(found.number(7) == 8 + 2 * (1 + 2))
        #expect(buckets(found, spans: 12, deltas: 13) == [Int64(edge) + 1: 4])
        #expect(buckets(found, spans: 9, deltas: 10) == [Int64(edge) + 1: 4])
        #expect(found.number(1) == 22)
    }

    @Test func `a family with a point that has no schema is a classic one, all of it`() throws {
        let points = [
            ExponentialPoint(scale: 0, positive: .init(offset: 0, counts: [1])),
            ExponentialPoint(scale: -5, positive: .init(offset: 0, counts: [1])),
        ]
        for found in try #require(histograms(points)) {
            #expect(found.double(6) == 0)
            #expect(found.messages(12).isEmpty)
            #expect(found.messages(3).last?.number(1) == 1)
        }
        #expect(histograms([points[0]])?.first?.double(6) != 0)
    }

    @Test func `exemplars stand in a list of their own and on the buckets that others read`() throws {
        let exemplars = [(1.2, 9), (2.5, 3), (1.7, 4)].map { value, second in
            Exemplar(
                series: 0, bucket: 0, value: value, time: UnixTime(seconds: second),
                traceID: TraceID(high: 1, low: 2), spanID: SpanID(3))
        }
        let point = ExponentialPoint(scale: 0, positive: .init(offset: 0, counts: [2, 1]))
        let found = try #require(histograms([point], exemplars: exemplars)?.first)
        // Of the bucket up to 2 the newest, in the order of time.
        #expect(found.messages(16).map { $0.double(2) } == [2.5, 1.2])
        #expect(found.messages(16).map { $0.message(3)?.number(1) } == [3, 9])
        #expect(found.messages(3).map { $0.message(3)?.double(2) } == [nil, 1.2, 2.5, nil])
    }

    @Test(arguments: [-4, -2, 0, 1, 5, 8, 9, 12, 20])
    func `each bucket counts the values between its bounds, and all of them are counted once`(scale: Int)
        throws
    {
        for seed in UInt64(1)...20 {
            var random = Draw(seed: seed)
            let offset = Int32(random.next(below: 4_000)) - 2_000
            func counts() -> [UInt64] {
                var counts = (0..<random.next(below: 160)).map { _ in
                    random.next(below: 4) == 0 ? random.next(below: 9) : 0
                }
                while counts.last == 0 { counts.removeLast() }
                while counts.first == 0 { counts.removeFirst() }
                return counts
            }
            let point = ExponentialPoint(
                scale: Int32(scale), zeroCount: random.next(below: 5),
                positive: .init(offset: offset, counts: counts()),
                negative: .init(offset: -offset, counts: counts()))
            let found = try #require(histograms([point])?.first)
            let schema = min(scale, 8)
            #expect(found.signed(5) == Int64(schema))
            var expected: [[Int64: Int64]] = [[:], [:]]
            var zeros = point.zeroCount
            for (sign, source) in [point.positive, point.negative].enumerated() {
                for (place, count) in source.counts.enumerated() where count > 0 {
                    // The upper bound of the bucket, as a power of two.
                    let upper = Double(Int(source.offset) + place + 1) * exp2(-Double(scale))
                    if upper <= -128 {
                        zeros += count
                    } else {
                        expected[sign][Int64((upper * exp2(Double(schema))).rounded(.up)), default: 0] +=
                            Int64(count)
                    }
                }
            }
            #expect(found.number(7) == zeros, "seed \(seed)")
            #expect(buckets(found, spans: 12, deltas: 13) == expected[0], "seed \(seed)")
            #expect(buckets(found, spans: 9, deltas: 10) == expected[1], "seed \(seed)")
            #expect(found.number(1) == point.count, "seed \(seed)")
            #expect(found.messages(3).last?.number(1) == point.count, "seed \(seed)")
        }
    }
}
