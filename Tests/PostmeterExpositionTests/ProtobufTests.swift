import PostmeterExposition
import PostmeterModel
import Testing

@Suite struct ProtobufTests {
    private let ids = (TraceID(high: 0x0102_0304_0506_0708, low: 0x090a_0b0c_0d0e_0f10), SpanID(255))

    private func exemplar(_ value: Double, series: Int = 0, at seconds: UInt64 = 20) -> Exemplar {
        Exemplar(
            series: series, bucket: 0, value: value, time: UnixTime(nanoseconds: seconds * 1_000_000_000 + 5),
            traceID: ids.0, spanID: ids.1)
    }

    @Test func `a counter has its name, help, unit, labels, value, exemplar and when it began`() throws {
        let family = FamilySnapshot.make(
            InstrumentDescriptor(
                name: "bytes.sent", kind: .counter, unit: "By", description: "Bytes \"sent\".\n",
                labels: ["to.whom", "code"], integerLabels: ["code"]),
            [
                [Attribute("to.whom", "a \"b\"\n"), Attribute("code", 200)], [Attribute("code", -5)],
                [Attribute("otel.metric.overflow", true)], [],
            ],
            .integers([7, 0, 9, 1]), start: UnixTime(nanoseconds: 1_700_000_000_000_000_009),
            exemplars: [exemplar(3, at: 20), exemplar(4, at: 30)])
        let found = try #require(ProtobufScrape([family])?.families.first)
        #expect(found.name == "bytes_sent_total" && found.type == 0 && found.unit == "")
        #expect(found.help == "Bytes \"sent\".\n")
        #expect(
            found.metrics.map(\.labels) == [
                [["to_whom", "a \"b\"\n"], ["code", "200"]], [["code", "-5"]],
                [["otel_metric_overflow", "true"]], [],
            ])
        #expect(found.metrics.map { $0.counter?.double(1) } == [7, 0, 9, 1])
        #expect(found.metrics.allSatisfy { $0.counter?.message(3)?.number(1) == 1_700_000_000 })
        #expect(found.metrics.allSatisfy { $0.counter?.message(3)?.number(2) == 9 })
        let shown = try #require(found.metrics[0].counter?.message(2))
        #expect(shown.double(2) == 4)
        #expect(
            shown.messages(1).map { [$0.text(1), $0.text(2)] } == [
                ["trace_id", "0102030405060708090a0b0c0d0e0f10"], ["span_id", "00000000000000ff"],
            ])
        #expect(shown.message(3)?.number(1) == 30 && shown.message(3)?.number(2) == 5)
        #expect(found.metrics.dropFirst().allSatisfy { $0.counter?.message(2) == nil })
    }

    @Test func `gauges and up-down counters are gauges, and have no exemplars`() throws {
        let gauge = FamilySnapshot.make(
            InstrumentDescriptor(name: "age", kind: .gauge, number: .floating, unit: "s"), [[]],
            .doubles([-2.5]),
            exemplars: [exemplar(1)])
        let pool = FamilySnapshot.make(
            InstrumentDescriptor(name: "pool", kind: .upDownCounter), [[]], .integers([-3]))
        let found = try #require(ProtobufScrape([gauge, pool])?.families)
        #expect(found.map(\.name) == ["age_seconds", "pool"])
        #expect(found.map(\.unit) == ["seconds", ""])
        #expect(found.map(\.type) == [1, 1])
        #expect(found.map { $0.metrics[0].gauge?.double(1) } == [-2.5, -3])
        #expect(found[0].metrics[0].gauge?.fields.count == 1)
    }

    @Test func `a histogram has cumulative buckets that end with all, and their exemplars`() throws {
        let family = FamilySnapshot.make(
            InstrumentDescriptor(name: "h", kind: .histogram, labels: ["le"], bounds: [0.5, 2, .infinity]),
            [[Attribute("le", "x")]], .histograms(counts: [1, 0, 4, 2], sums: [9.5]),
            exemplars: [exemplar(0.25), exemplar(3)])
        let metric = try #require(ProtobufScrape([family])?.families.first?.metrics.first)
        let histogram = try #require(metric.histogram)
        #expect(metric.labels == [["exported_le", "x"]])
        #expect(histogram.number(1) == 7 && histogram.double(2) == 9.5)
        let buckets = histogram.messages(3)
        #expect(buckets.map { $0.number(1) } == [1, 1, 7])
        #expect(buckets.map { $0.double(2) } == [0.5, 2, .infinity])
        #expect(buckets.map { $0.message(3)?.double(2) } == [0.25, nil, 3])
        // What makes a native histogram is not there.
        #expect(
            histogram.double(6) == 0 && histogram.packedSigned(13) == [] && histogram.messages(12).isEmpty)
    }

    @Test func `the resource and the scope are as in text`() throws {
        let family = FamilySnapshot.make(
            InstrumentDescriptor(
                name: "g", kind: .gauge, labels: ["k"], scope: InstrumentationScope(name: "m", version: "1")),
            [[Attribute("k", "x")], []], .integers([1, 2]))
        let found = try #require(
            ProtobufScrape(
                [family], resource: Resource([Attribute("service.name", "s"), Attribute("n", 5)]),
                options: ExpositionOptions())?.families)
        #expect(found.map(\.name) == ["target_info", "g"])
        #expect(found[0].type == 1 && found[0].help == "Target metadata")
        #expect(found[0].metrics.map(\.labels) == [[["service_name", "s"], ["n", "5"]]])
        #expect(found[0].metrics[0].gauge?.double(1) == 1)
        let scope = [["otel_scope_name", "m"], ["otel_scope_version", "1"]]
        #expect(found[1].metrics.map(\.labels) == [[["k", "x"]] + scope, scope])
    }

    @Test func `names that are allowed are kept`() throws {
        let family = FamilySnapshot.make(
            InstrumentDescriptor(name: "a.b", kind: .gauge, labels: ["c.d"]), [[Attribute("c.d", "x")]],
            .integers([1]))
        let format = ExpositionFormat(.protobuf, escaping: .allowUTF8)
        let options = ExpositionOptions(translation: .noTranslation, scopeLabels: false)
        let found = try #require(
            ProtobufScrape(Scrape([family], as: format, options: options).bytes)?.families)
        #expect(found.map(\.name) == ["a.b"])
        #expect(found[0].metrics[0].labels == [["c.d", "x"]])
    }

    @Test func `families of one name are one message, without the series that are there already`() throws {
        func family(_ name: String, _ values: [String]) -> FamilySnapshot {
            .make(
                InstrumentDescriptor(name: name, kind: .gauge, labels: ["k"]),
                values.map { [Attribute("k", .string($0))] }, .integers(values.indices.map(Int64.init)))
        }
        let found = try #require(
            ProtobufScrape([family("a.b", ["x", "y"]), family("a_b", ["y", "z"])])?.families)
        #expect(found.count == 1)
        #expect(found[0].metrics.map { $0.labels[0][1] } == ["x", "y", "z"])
    }

    @Test func `texts of every length are whole`() throws {
        for length in [0, 1, 100, 118, 119, 120, 121, 122, 123, 127, 128, 129, 300, 16_384, 20_000] {
            let value = String(repeating: "v", count: length)
            let key = String(repeating: "k", count: max(1, length % 200))
            let family = FamilySnapshot.make(
                InstrumentDescriptor(name: "g", kind: .gauge, description: value, labels: [key]),
                [[Attribute(key, .string(value))]], .integers([Int64(length)]))
            let found = try #require(ProtobufScrape([family])?.families.first)
            #expect(found.help == value)
            #expect(found.metrics.map(\.labels) == [[[key, value]]])
            #expect(found.metrics.first?.gauge?.double(1) == Double(length))
        }
    }
}
