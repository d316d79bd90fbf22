import PostmeterModel
import PostmeterOTLP
import Testing

@Suite struct ExponentialEncodingTests {
    private let encoder = OTLPEncoder(resource: Resource([]))
    private let descriptor = InstrumentDescriptor(
        name: "d",
        kind: .histogram,
        unit: "s",
        labels: ["k"],
        scope: InstrumentationScope(name: "s"),
        exponential: ExponentialLimits()
    )

    /// The one metric of a family.
    private func metric(_ family: FamilySnapshot) -> WireMessage? {
        encoder.metrics(.make([family])).flatMap(WireMessage.init)?.messages(1).first?.messages(2).first?
            .messages(2).first
    }

    @Test func `a point has exactly these bytes`() {
        let point = ExponentialPoint(
            scale: -1,
            zeroCount: 2,
            sum: 5,
            positive: .init(offset: -3, counts: [1, 300])
        )
        let family = FamilySnapshot.make(
            descriptor,
            [[Attribute("k", "v")]],
            .exponentials([point]),
            start: UnixTime(nanoseconds: 1),
            extremes: [Extremes(minimum: 0, maximum: 4)]
        )
        let bytes = OTLPEncoder(resource: Resource([])).metrics(
            MetricsSnapshot(time: UnixTime(nanoseconds: 2), families: [family])
        )
        let point64: [UInt8] = [
            0x11, 1, 0, 0, 0, 0, 0, 0, 0,  // start
            0x19, 2, 0, 0, 0, 0, 0, 0, 0,  // time
            0x21, 0x2f, 1, 0, 0, 0, 0, 0, 0,  // count: 303
            0x29, 0, 0, 0, 0, 0, 0, 0x14, 0x40,  // sum: 5
            0x30, 0x01,  // scale: -1 as zigzag
            0x39, 2, 0, 0, 0, 0, 0, 0, 0,  // zero_count
            0x42, 0x07, 0x08, 0x05, 0x12, 0x03, 0x01, 0xac, 0x02,  // positive: offset -3, counts 1 and 300
            0x61, 0, 0, 0, 0, 0, 0, 0, 0,  // min: 0
            0x69, 0, 0, 0, 0, 0, 0, 0x10, 0x40,  // max: 4
            0x0a, 0x08, 0x0a, 0x01, 0x6b, 0x12, 0x03, 0x0a, 0x01, 0x76,  // attributes: k=v
        ]
        let length = UInt8(point64.count)
        #expect(
            bytes
                == [
                    0x0a, length + 21,  // resource_metrics
                    0x12, length + 19,  // scope_metrics
                    0x0a, 0x03, 0x0a, 0x01, 0x73,  // scope: s
                    0x12, length + 12,  // metrics
                    0x0a, 0x01, 0x64, 0x1a, 0x01, 0x73,  // name d, unit s
                    0x52, length + 4,  // exponential_histogram
                    0x0a, length,  // data_points
                ] + point64 + [0x10, 0x02]  // cumulative
        )
    }

    @Test func `a point with negative values has its buckets and extremes and no sum`() {
        let point = ExponentialPoint(
            scale: 20,
            sum: -5,
            positive: .init(offset: 7, counts: [1]),
            negative: .init(offset: -2_000_000, counts: [1, 0, 4])
        )
        let family = FamilySnapshot.make(
            descriptor,
            [[]],
            .exponentials([point]),
            extremes: [Extremes(minimum: -3, maximum: 1)]
        )
        let found = metric(family)?.messages(10).first?.messages(1).first
        #expect(found?.integer(4) == 6)
        #expect(found?.double(5) == nil)
        #expect(found?.signed(6) == 20)
        #expect(found?.messages(8).first?.signed(1) == 7)
        #expect(found?.messages(9).first?.signed(1) == -2_000_000)
        #expect(found?.messages(9).first?.packedVarints(2) == [1, 0, 4])
        #expect(found?.double(12) == -3)
        #expect(found?.double(13) == 1)
        #expect(found?.attributes(1) == [])
    }

    @Test func `a point without values has a count of 0 and a sum of 0 and neither buckets nor extremes`() {
        let family = FamilySnapshot.make(
            descriptor,
            [[]],
            .exponentials([ExponentialPoint(scale: 0)]),
            extremes: [Extremes()]
        )
        let found = metric(family)?.messages(10).first?.messages(1).first
        #expect(found?.numbers == [2, 3, 5])
        #expect(found?.double(5) == 0)
    }

    @Test func `each point has its own start and the metric its temporality`() {
        let family = FamilySnapshot.make(
            descriptor,
            [[Attribute("k", "a"), Attribute("l", "b")], [Attribute("k", "c")]],
            .exponentials([ExponentialPoint(scale: 1), ExponentialPoint(scale: 2)]),
            temporality: .delta,
            startTimes: [UnixTime(nanoseconds: 5), UnixTime(nanoseconds: 6)]
        )
        let histogram = metric(family)?.messages(10).first
        #expect(histogram?.integer(2) == 1)
        let points = histogram?.messages(1) ?? []
        #expect(points.map { $0.integer(2) } == [5, 6])
        #expect(points.map { $0.signed(6) } == [1, 2])
        #expect(points.map { $0.attributes(1) } == [["k=a", "l=b"], ["k=c"]])
    }
}
