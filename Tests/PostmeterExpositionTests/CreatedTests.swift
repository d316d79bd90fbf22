import PostmeterExposition
import PostmeterModel
import Testing

@Suite struct CreatedTests {
    private let counter = FamilySnapshot.make(
        InstrumentDescriptor(name: "c", kind: .counter, labels: ["k"]),
        [[Attribute("k", "a")], [Attribute("k", "b")], [Attribute("k", "c")]],
        .integers([1, 2, 3]),
        start: UnixTime(nanoseconds: 1_700_000_000_250_000_000),
        exemplars: [
            Exemplar(
                series: 1, bucket: 0, value: 5, time: UnixTime(seconds: 9), traceID: TraceID(high: 0, low: 0),
                spanID: SpanID(0))
        ]
    )

    private func scrape(
        _ families: [FamilySnapshot],
        as format: ExpositionFormat = .openMetrics,
        _ translation: NameTranslation = .underscoreEscapingWithSuffixes
    ) -> Scrape {
        Scrape(
            families, as: format,
            options: ExpositionOptions(translation: translation, includesCreated: true, scopeLabels: false))
    }

    @Test func `each counter says when it began, behind its total`() {
        #expect(
            scrape([counter]).text == """
                # TYPE c counter
                c_total{k="a"} 1
                c_created{k="a"} 1700000000.25
                c_total{k="b"} 2 # {} 5 9
                c_created{k="b"} 1700000000.25
                c_total{k="c"} 3
                c_created{k="c"} 1700000000.25
                # EOF

                """)
    }

    @Test func `series that began at different times say so`() {
        let family = FamilySnapshot.make(
            InstrumentDescriptor(name: "c", kind: .counter, labels: ["k"]),
            [[Attribute("k", "a")], [Attribute("k", "b")]], .integers([1, 2]),
            startTimes: [UnixTime(seconds: 7), UnixTime(nanoseconds: 0)])
        #expect(
            scrape([family]).samples == [#"c_total{k="a"} 1"#, #"c_created{k="a"} 7"#, #"c_total{k="b"} 2"#])
    }

    @Test func `a histogram says it behind its count`() {
        let explicit = FamilySnapshot.make(
            InstrumentDescriptor(name: "h", kind: .histogram, bounds: [1]), [[]],
            .histograms(counts: [1, 0], sums: [1]))
        let exponential = FamilySnapshot.make(
            InstrumentDescriptor(name: "e", kind: .histogram, exponential: ExponentialLimits()), [[]],
            .exponentials([ExponentialPoint(scale: 0)]))
        #expect(
            scrape([explicit, exponential]).samples.filter { $0.contains("_created") } == [
                "h_created 1700000000", "e_created 1700000000",
            ])
    }

    @Test func `nobody else does`() {
        let gauge = FamilySnapshot.make(
            InstrumentDescriptor(name: "g", kind: .gauge), [[]], .integers([1]))
        #expect(scrape([gauge]).samples == ["g 1"])
        #expect(!scrape([counter], as: .text).text.contains("created"))
        #expect(!Scrape([counter], as: .openMetrics).text.contains("created"))
        // A counter without its suffix is of unknown type in OpenMetrics, which has no time of creation.
        #expect(
            scrape([counter], .openMetrics, .underscoreEscapingWithoutSuffixes).text.hasPrefix(
                "# TYPE c unknown\nc{k=\"a\"} 1\nc{k=\"b\"} 2\nc{k=\"c\"} 3\n"))
    }

    private func scrape(
        _ families: [FamilySnapshot],
        _ format: ExpositionFormat,
        _ translation: NameTranslation
    ) -> Scrape {
        scrape(families, as: format, translation)
    }
}
