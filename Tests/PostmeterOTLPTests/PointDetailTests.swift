import PostmeterModel
import PostmeterOTLP
import Testing

/// What a point has besides its value: its span of time, extremes and exemplars.
@Suite struct PointDetailTests {
    private let trace = TraceID(high: 0x0102_0304_0506_0708, low: 0x090a_0b0c_0d0e_0f10)
    private let span = SpanID(0x1112_1314_1516_1718)

    /// The metrics of the one scope of a request.
    private func metrics(_ families: [FamilySnapshot]) -> [WireMessage] {
        let bytes = OTLPEncoder(resource: Resource([])).metrics(.make(families))
        return bytes.flatMap(WireMessage.init)?.messages(1).first?.messages(2).first?.messages(2) ?? []
    }

    private func exemplar(_ series: Int, _ value: Double, bucket: Int = 0, time: UInt64 = 9) -> Exemplar {
        Exemplar(
            series: series,
            bucket: bucket,
            value: value,
            time: UnixTime(nanoseconds: time),
            traceID: trace,
            spanID: span
        )
    }

    private let series = ["a", "b", "c"].map { [Attribute("k", .string($0))] }

    @Test func `sums and histograms say which span of time they cover`() {
        let times = [5, 6, 7].map { UnixTime(nanoseconds: $0) }
        let counter = InstrumentDescriptor(name: "c", kind: .counter, labels: ["k"])
        let histogram = InstrumentDescriptor(name: "h", kind: .histogram, labels: ["k"], bounds: [1])
        let counts: [UInt64] = [1, 0, 1, 0, 1, 0]
        let list = metrics([
            .make(counter, series, .integers([1, 2, 3]), temporality: .delta, startTimes: times),
            .make(
                histogram,
                series,
                .histograms(counts: counts, sums: [1, 1, 1]),
                temporality: .delta,
                startTimes: times
            ),
        ])
        let data = [list.first?.messages(7).first, list.last?.messages(9).first]
        #expect(data.map { $0?.integer(2) } == [1, 1])
        #expect(data.map { $0?.messages(1).map { $0.integer(2) } } == [[5, 6, 7], [5, 6, 7]])
    }

    @Test func `a gauge has no start even when its series have`() {
        let gauge = InstrumentDescriptor(name: "g", kind: .gauge, labels: ["k"])
        let times = [5, 6, 7].map { UnixTime(nanoseconds: $0) }
        let list = metrics([.make(gauge, series, .integers([1, 2, 3]), startTimes: times)])
        #expect(
            list.first?.messages(5).first?.messages(1).map { $0.numbers } == [
                [3, 6, 7], [3, 6, 7], [3, 6, 7],
            ])
    }

    @Test func `a histogram has extremes where they are known and no sum of negative values`() {
        let histogram = InstrumentDescriptor(name: "h", kind: .histogram, labels: ["k"], bounds: [0, 1])
        let list = metrics([
            .make(
                histogram,
                series,
                .histograms(counts: [0, 1, 1, 0, 0, 0, 1, 0, 0], sums: [3.5, 0, -2]),
                extremes: [
                    Extremes(minimum: 0.5, maximum: 3), Extremes(), Extremes(minimum: -2, maximum: -2),
                ]
            )
        ])
        let points = list.first?.messages(9).first?.messages(1) ?? []
        #expect(points.map { $0.double(11) } == [0.5, nil, -2])
        #expect(points.map { $0.double(12) } == [3, nil, -2])
        #expect(points.map { $0.double(5) } == [3.5, 0, nil])
    }

    @Test func `a difference of a series that was ever given a negative value has no sum`() {
        let histogram = InstrumentDescriptor(name: "h", kind: .histogram, labels: ["k"], bounds: [0, 1])
        let list = metrics([
            .make(
                histogram,
                series,
                .histograms(counts: [1, 1, 0, 0, 1, 0, 1, 0, 0], sums: [-2, 1, 0]),
                temporality: .delta,
                negatives: [true, false, false]
            )
        ])
        let points = list.first?.messages(9).first?.messages(1) ?? []
        #expect(points.map { $0.double(5) } == [nil, 1, 0])
        #expect(points.map { $0.double(11) } == [nil, nil, nil])
    }

    @Test func `buckets below 0 tell of negative values where extremes are not kept`() {
        let histogram = InstrumentDescriptor(name: "h", kind: .histogram, labels: ["k"], bounds: [-1, 0, 1])
        let list = metrics([
            .make(
                histogram,
                Array(series.prefix(2)),
                .histograms(counts: [1, 0, 0, 1, 0, 1, 0, 1], sums: [5, 6])
            )
        ])
        #expect(list.first?.messages(9).first?.messages(1).map { $0.double(5) } == [nil, 6])
    }

    @Test func `exemplars stand at their points, with the span they were made in`() {
        let counter = InstrumentDescriptor(name: "c", kind: .counter, labels: ["k"])
        let list = metrics([
            .make(
                counter,
                series,
                .integers([1, 2, 3]),
                exemplars: [exemplar(0, 4), exemplar(2, 7, time: 10), exemplar(3, 1)]
            )
        ])
        let points = list.first?.messages(7).first?.messages(1) ?? []
        #expect(points.map { $0.messages(5).count } == [1, 0, 1])
        let first = points.first?.messages(5).first
        #expect(first?.numbers == [2, 4, 5, 6])
        #expect(first?.integer(2) == 9)
        #expect(first?.integer(6) == 4)
        #expect(first?.blobs(4) == [[0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18]])
        #expect(first?.blobs(5) == [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]])
        #expect(points.last?.messages(5).first?.integer(6) == 7)
    }

    @Test func `exemplars of distributions are doubles in both kinds`() {
        let explicit = InstrumentDescriptor(name: "h", kind: .histogram, bounds: [1])
        let exponential = InstrumentDescriptor(name: "e", kind: .histogram, exponential: ExponentialLimits())
        let exemplars = [exemplar(0, 0.5), exemplar(0, 3, bucket: 1)]
        let list = metrics([
            .make(explicit, [[]], .histograms(counts: [1, 1], sums: [3.5]), exemplars: exemplars),
            .make(exponential, [[]], .exponentials([ExponentialPoint(scale: 0)]), exemplars: exemplars),
        ])
        #expect(
            list.first?.messages(9).first?.messages(1).first?.messages(8).map { $0.double(3) } == [0.5, 3])
        #expect(
            list.last?.messages(10).first?.messages(1).first?.messages(11).map { $0.double(3) } == [0.5, 3])
    }

    @Test(arguments: [1, 200, 5_000])
    func `a point has all its exemplars, whatever their number`(count: Int) {
        let counter = InstrumentDescriptor(name: "c", kind: .counter)
        let exemplars = (0..<count).map { exemplar(0, Double($0) + 0.5, time: .max) }
        let list = metrics([.make(counter, [[]], .integers([1]), exemplars: exemplars)])
        let found = list.first?.messages(7).first?.messages(1).first?.messages(5) ?? []
        #expect(found.map { $0.double(3) } == exemplars.map(\.value))
    }

    @Test func `an exemplar made outside of a span has no ids, a floating one is a double`() {
        var lone = exemplar(0, 2)
        lone.traceID = TraceID(high: 0, low: 0)
        var half = exemplar(0, 2)
        half.spanID = SpanID(0)
        let counter = InstrumentDescriptor(name: "c", kind: .counter, number: .floating)
        let list = metrics([.make(counter, [[]], .doubles([4]), exemplars: [lone, half])])
        let found = list.first?.messages(7).first?.messages(1).first?.messages(5) ?? []
        #expect(found.map { $0.numbers } == [[2, 3], [2, 3, 5]])
    }

    @Test func `families that differ in labels only are one metric`() {
        func family(_ labels: [String], _ value: Int64, kind: InstrumentKind = .counter) -> FamilySnapshot {
            .make(
                InstrumentDescriptor(
                    name: "jobs",
                    kind: kind,
                    labels: labels,
                    integerLabels: labels.filter { $0 == "n" }
                ),
                [labels.map { Attribute($0, "v") }],
                .integers([value]),
                exemplars: [exemplar(0, Double(value))]
            )
        }
        let other = FamilySnapshot.make(
            InstrumentDescriptor(name: "other", kind: .counter),
            [[]],
            .integers([5])
        )
        let list = metrics([
            family(["a"], 1), other, family(["a", "n"], 2), family(["b"], 3, kind: .upDownCounter),
            family([], 4),
        ])
        #expect(list.map { $0.text(1) } == ["jobs", "other", "jobs"])
        let points = list.first?.messages(7).first?.messages(1) ?? []
        #expect(points.map { $0.integer(6) } == [1, 2, 4])
        #expect(points.map { $0.attributes(7) } == [["a=v"], ["a=v", "n=v"], []])
        #expect(points.map { $0.messages(5).first?.integer(6) } == [1, 2, 4])
        #expect(list.last?.messages(7).first?.integer(3) == nil)
    }

    @Test func `families of one name in two scopes, or with other bounds, are two metrics`() {
        func family(_ scope: String, _ bound: Double, temporality: AggregationTemporality) -> FamilySnapshot {
            .make(
                InstrumentDescriptor(
                    name: "h",
                    kind: .histogram,
                    bounds: [bound],
                    scope: InstrumentationScope(name: scope)
                ),
                [[]],
                .histograms(counts: [1, 1], sums: [3]),
                temporality: temporality
            )
        }
        let bytes = OTLPEncoder(resource: Resource([])).metrics(
            .make([
                family("a", 1, temporality: .cumulative), family("b", 1, temporality: .cumulative),
                family("a", 2, temporality: .cumulative), family("a", 1, temporality: .delta),
                family("a", 1, temporality: .cumulative),
            ])
        )
        let scopes = bytes.flatMap(WireMessage.init)?.messages(1).first?.messages(2) ?? []
        let counts = scopes.map { $0.messages(2).map { $0.messages(9).first?.messages(1).count } }
        #expect(counts == [[2, 1, 1], [1]])
    }
}
