import PostmeterExposition
import PostmeterModel
import Testing

@Suite struct ExemplarTests {
    private let ids = #"{trace_id="0102030405060708090a0b0c0d0e0f10",span_id="00000000000000ff"}"#

    private func exemplar(
        _ value: Double,
        series: Int = 0,
        bucket: Int = 0,
        at time: UInt64 = 1_700_000_000_000_000_000
    ) -> Exemplar {
        Exemplar(
            series: series,
            bucket: bucket,
            value: value,
            time: UnixTime(nanoseconds: time),
            traceID: TraceID(high: 0x0102_0304_0506_0708, low: 0x090a_0b0c_0d0e_0f10),
            spanID: SpanID(255)
        )
    }

    private func counter(_ exemplars: [Exemplar]) -> FamilySnapshot {
        .make(
            InstrumentDescriptor(name: "c", kind: .counter, labels: ["k"]),
            ["a", "b", "c", "d"].map { [Attribute("k", .string($0))] },
            .integers([1, 2, 3, 4]),
            exemplars: exemplars
        )
    }

    private func histogram(_ bounds: [Double], _ exemplars: [Exemplar]) -> FamilySnapshot {
        .make(
            InstrumentDescriptor(name: "h", kind: .histogram, bounds: bounds),
            [[]],
            .histograms(counts: [UInt64](repeating: 1, count: bounds.count + 1), sums: [3]),
            exemplars: exemplars
        )
    }

    @Test func `a counter has its exemplar behind its value, in OpenMetrics only`() {
        let family = counter([
            exemplar(5, series: 1, at: 1_700_000_001_500_000_000), exemplar(0.25, series: 3),
            exemplar(1, series: 4),
        ])
        #expect(
            Scrape([family], as: .openMetrics).samples == [
                #"c_total{k="a"} 1"#, #"c_total{k="b"} 2 # \#(ids) 5 1700000001.5"#, #"c_total{k="c"} 3"#,
                #"c_total{k="d"} 4 # \#(ids) 0.25 1700000000"#,
            ]
        )
        #expect(!Scrape([family]).text.contains("trace_id"))
    }

    @Test func `of several exemplars the newest is shown`() {
        let family = counter([exemplar(5, at: 30), exemplar(6, at: 50), exemplar(7, at: 40)])
        #expect(
            Scrape([family], as: .openMetrics).samples.first == #"c_total{k="a"} 1 # \#(ids) 6 0.00000005"#
        )
    }

    @Test func `ids that are not valid are left out`() {
        var lone = exemplar(5)
        lone.traceID = TraceID(high: 0, low: 0)
        var half = exemplar(6, series: 1)
        half.spanID = SpanID(0)
        #expect(
            Scrape([counter([lone, half])], as: .openMetrics).samples.prefix(2) == [
                #"c_total{k="a"} 1 # {} 5 1700000000"#,
                #"c_total{k="b"} 2 # {trace_id="0102030405060708090a0b0c0d0e0f10"} 6 1700000000"#,
            ]
        )
    }

    @Test func `a bucket has the newest exemplar whose value is in it`() {
        let family = histogram(
            [0.5, 2],
            [
                exemplar(0.5, bucket: 0), exemplar(0.1, bucket: 0, at: 1), exemplar(9, bucket: 2, at: 7),
                exemplar(8, bucket: 2, at: 8), exemplar(.nan, bucket: 1),
            ]
        )
        #expect(
            Scrape([family], as: .openMetrics).samples == [
                #"h_bucket{le="0.5"} 1 # \#(ids) 0.5 1700000000"#, #"h_bucket{le="2.0"} 2"#,
                #"h_bucket{le="+Inf"} 3 # \#(ids) 8 0.000000008"#, "h_sum 3", "h_count 3",
            ]
        )
        #expect(!Scrape([family]).text.contains("#  "))
        #expect(!Scrape([family]).text.contains("trace_id"))
    }

    @Test func `an exemplar of a bucket that is not shown stands at the one that counts it`() {
        let family = histogram([1, .infinity], [exemplar(9, bucket: 1)])
        #expect(
            Scrape([family], as: .openMetrics).samples.prefix(2) == [
                #"h_bucket{le="1.0"} 1"#, #"h_bucket{le="+Inf"} 3 # \#(ids) 9 1700000000"#,
            ]
        )
    }

    @Test func `an exponential histogram has the newest exemplar of each power of two`() {
        let family = FamilySnapshot.make(
            InstrumentDescriptor(name: "e", kind: .histogram, exponential: ExponentialLimits()),
            [[]],
            .exponentials([
                ExponentialPoint(
                    scale: 1, zeroCount: 1, sum: 9, positive: .init(offset: 0, counts: [1, 1, 1]))
            ]),
            exemplars: [
                exemplar(1.2, at: 2_000_000_000), exemplar(2, at: 1_000_000_000),
                exemplar(2.5, at: 3_000_000_000),
                exemplar(0, at: 4_000_000_000),
            ]
        )
        #expect(
            Scrape([family], as: .openMetrics).samples == [
                #"e_bucket{le="0.0"} 1 # \#(ids) 0 4"#, #"e_bucket{le="1.0"} 1"#,
                #"e_bucket{le="2.0"} 3 # \#(ids) 1.2 2"#, #"e_bucket{le="4.0"} 4 # \#(ids) 2.5 3"#,
                #"e_bucket{le="+Inf"} 4"#, "e_sum 9", "e_count 4",
            ]
        )
    }

    @Test func `gauges and up-down counters have none`() {
        for kind in [InstrumentKind.gauge, .upDownCounter] {
            let family = FamilySnapshot.make(
                InstrumentDescriptor(name: "g", kind: kind),
                [[]],
                .integers([1]),
                exemplars: [exemplar(1)]
            )
            #expect(Scrape([family], as: .openMetrics).samples == ["g 1"])
        }
    }

    @Test func `an exemplar of a series that is not shown is not shown`() {
        let labels = ["k.a", "k_a"]
        let family = FamilySnapshot.make(
            InstrumentDescriptor(name: "c", kind: .counter, labels: labels),
            [[Attribute("k.a", "x")], [Attribute("k_a", "x")]],
            .integers([1, 2]),
            exemplars: [exemplar(5, series: 1)]
        )
        #expect(Scrape([family], as: .openMetrics).samples == [#"c_total{k_a="x"} 1"#])
    }
}
