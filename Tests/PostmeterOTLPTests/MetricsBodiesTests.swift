import PostmeterModel
import PostmeterOTLP
import Testing

@Suite struct MetricsBodiesTests {
    private let encoder = OTLPEncoder(resource: Resource([Attribute("r", "x")]))

    private func counter(_ name: String, _ labels: [String], _ values: [String]) -> FamilySnapshot {
        .make(
            InstrumentDescriptor(
                name: name, kind: .counter, labels: labels, scope: InstrumentationScope(name: "s")),
            values.map { value in labels.map { Attribute($0, .string(value)) } },
            .integers(values.indices.map { Int64($0) + 1 }), start: UnixTime(nanoseconds: 1))
    }

    /// The values of the attribute `k` in each body.
    private func values(_ bodies: some Sequence<OTLPBody>) -> [[[String]]] {
        bodies.map { body in
            let scope = WireMessage(body.bytes)?.messages(1).first?.messages(2).first
            return (scope?.messages(2) ?? []).map { metric in
                metric.messages(7).first?.messages(1).map { $0.attributes(7).joined(separator: " ") } ?? []
            }
        }
    }

    @Test func `a limit of one byte less than two points take makes two bodies with all that is around them`()
    {
        let both = encoder.metrics(.make([counter("n", ["k"], ["a", "b"])]))
        let limit = both?.count ?? 0
        #expect(limit == 2 * 39 + 32)
        let whole = encoder.metricsBodies(.make([counter("n", ["k"], ["a", "b"])]), bodyLimit: limit)
        #expect(values(whole) == [[["k=a", "k=b"]]])
        let halves = Array(
            encoder.metricsBodies(.make([counter("n", ["k"], ["a", "b"])]), bodyLimit: limit - 1))
        #expect(values(halves) == [[["k=a"]], [["k=b"]]])
        #expect(halves.map(\.items) == [1, 1])
        for half in halves {
            let resource = WireMessage(half.bytes)?.messages(1).first
            #expect(resource?.messages(1).first?.attributes(1) == ["r=x"])
            let scope = resource?.messages(2).first
            #expect(scope?.messages(1).first?.text(1) == "s")
            #expect(scope?.messages(2).first?.text(1) == "n")
            #expect(scope?.messages(2).first?.messages(7).first?.integer(2) == 2)
            #expect(scope?.messages(2).first?.messages(7).first?.integer(3) == 1)
        }
    }

    @Test func `families that are one metric are one in each body`() {
        let snapshot = MetricsSnapshot.make([
            counter("n", ["k"], ["a", "b"]), counter("m", ["k"], ["x"]),
            counter("n", ["k", "l"], ["c", "d"]),
        ])
        #expect(
            values(encoder.metricsBodies(snapshot, bodyLimit: 10_000)) == [
                [["k=a", "k=b", "k=c l=c", "k=d l=d"], ["k=x"]]
            ])
        #expect(
            values(encoder.metricsBodies(snapshot, bodyLimit: 180)) == [
                [["k=a", "k=b", "k=c l=c"]], [["k=d l=d"], ["k=x"]],
            ])
    }

    @Test func `a point that is larger than the limit goes alone`() {
        let long = String(repeating: "v", count: 500)
        let snapshot = MetricsSnapshot.make([counter("n", ["k"], ["a", "b", long, "c", "d"])])
        let bodies = Array(encoder.metricsBodies(snapshot, bodyLimit: 300))
        #expect(values(bodies) == [[["k=a", "k=b"]], [["k=\(long)"]], [["k=c", "k=d"]]])
        #expect(bodies.map { $0.bytes.count > 300 } == [false, true, false])
    }

    @Test(arguments: [Int.min, -1, 0, 1])
    func `a limit that nothing goes into makes a body of each point`(limit: Int) {
        let snapshot = MetricsSnapshot.make([counter("n", ["k"], ["a", "b"]), counter("m", ["k"], ["c"])])
        #expect(
            values(encoder.metricsBodies(snapshot, bodyLimit: limit)) == [[["k=a"]], [["k=b"]], [["k=c"]]])
    }

    @Test func `a snapshot without points has no body`() {
        #expect(Array(encoder.metricsBodies(.make([]), bodyLimit: 100)).isEmpty)
        #expect(Array(encoder.metricsBodies(.make([counter("n", ["k"], [])]), bodyLimit: 100)).isEmpty)
    }

    @Test func `exemplars stay with their points wherever a body begins`() {
        let exemplars = [0, 1, 1, 3, 3, 3, 4].enumerated().map { place, series in
            Exemplar(
                series: series, bucket: 0, value: Double(place), time: UnixTime(nanoseconds: 9),
                traceID: TraceID(high: 1, low: 2), spanID: SpanID(3))
        }
        let family = FamilySnapshot.make(
            InstrumentDescriptor(name: "n", kind: .counter, labels: ["k"]),
            (0..<5).map { [Attribute("k", .string("\($0)"))] }, .integers([1, 2, 3, 4, 5]),
            exemplars: exemplars)
        let bodies = encoder.metricsBodies(.make([family]), bodyLimit: 1)
        let found = bodies.map { body in
            let metric = WireMessage(body.bytes)?.messages(1).first?.messages(2).first?.messages(2).first
            let point = metric?.messages(7).first?.messages(1).first
            return point?.messages(5).map { $0.integer(6) ?? 0 } ?? []
        }
        #expect(found == [[0], [1, 2], [], [3, 4, 5], [6]])
    }
}
