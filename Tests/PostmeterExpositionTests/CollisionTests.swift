import PostmeterExposition
import PostmeterModel
import Testing

@Suite struct CollisionTests {
    private func family(
        _ name: String,
        _ kind: InstrumentKind,
        unit: String = "",
        _ values: [String: Int64],
        scope: String = "a"
    ) -> FamilySnapshot {
        let descriptor = InstrumentDescriptor(
            name: name,
            kind: kind,
            unit: unit,
            labels: ["k"],
            scope: InstrumentationScope(name: scope)
        )
        let sorted = values.sorted { $0.key < $1.key }
        return .make(
            descriptor,
            sorted.map { [Attribute("k", .string($0.key))] },
            .integers(sorted.map(\.value))
        )
    }

    @Test func `families of one name and type are merged under one TYPE line`() {
        let scrape = Scrape([
            family("jobs.done", .counter, ["x": 1]), family("other", .counter, ["x": 5]),
            family("jobs_done", .counter, ["y": 2]),
        ])
        #expect(
            scrape.text == """
                # TYPE jobs_done_total counter
                jobs_done_total{k="x"} 1
                jobs_done_total{k="y"} 2
                # TYPE other_total counter
                other_total{k="x"} 5

                """
        )
        #expect(scrape.warnings.isEmpty)
    }

    @Test func `a unit in words and the same words in a name are one family`() {
        let scrape = Scrape(
            [family("wait", .gauge, unit: "s", ["x": 1]), family("wait.seconds", .gauge, ["y": 2])],
            as: .openMetrics
        )
        #expect(
            scrape.text == """
                # TYPE wait_seconds gauge
                # UNIT wait_seconds seconds
                wait_seconds{k="x"} 1
                wait_seconds{k="y"} 2
                # EOF

                """
        )
        #expect(scrape.warnings.isEmpty)
    }

    @Test func `histograms of one name are merged, each with its own bounds`() {
        func histogram(_ name: String, _ value: String, _ bound: Double) -> FamilySnapshot {
            .make(
                InstrumentDescriptor(name: name, kind: .histogram, labels: ["k"], bounds: [bound]),
                [[Attribute("k", .string(value))]],
                .histograms(counts: [1, 2], sums: [5])
            )
        }
        let scrape = Scrape([histogram("h.x", "a", 1), histogram("h-x", "b", 2), histogram("h_x", "a", 3)])
        #expect(
            scrape.text == """
                # TYPE h_x histogram
                h_x_bucket{k="a",le="1"} 1
                h_x_bucket{k="a",le="+Inf"} 3
                h_x_sum{k="a"} 5
                h_x_count{k="a"} 3
                h_x_bucket{k="b",le="2"} 1
                h_x_bucket{k="b",le="+Inf"} 3
                h_x_sum{k="b"} 5
                h_x_count{k="b"} 3

                """
        )
        #expect(scrape.warnings.count == 1)
    }

    @Test func `a label set that is there already is shown once and reported`() {
        let scrape = Scrape([
            family("jobs", .counter, ["x": 1], scope: "a"),
            family("jobs", .counter, ["x": 2, "y": 3], scope: "b"),
        ])
        #expect(scrape.samples == [#"jobs_total{k="x"} 1"#, #"jobs_total{k="y"} 3"#])
        #expect(scrape.warnings.count == 1)
        #expect(scrape.warnings.first?.contains("'jobs'") == true)
    }

    @Test(
        arguments: [
            ("jobs", InstrumentKind.counter, "jobs", InstrumentKind.gauge),
            ("jobs", .counter, "jobs.total", .gauge), ("jobs", .gauge, "jobs", .counter),
            ("jobs", .histogram, "jobs.count", .gauge), ("jobs", .histogram, "jobs.sum", .upDownCounter),
            ("jobs.bucket", .gauge, "jobs", .histogram), ("jobs", .counter, "jobs.created", .gauge),
            ("jobs", .histogram, "jobs.created", .gauge),
        ])
    func `of two names that would clash the first is shown, in both formats`(
        first: String,
        kind: InstrumentKind,
        second: String,
        other: InstrumentKind
    ) {
        func make(_ name: String, _ kind: InstrumentKind, _ value: String) -> FamilySnapshot {
            kind == .histogram
                ? .make(
                    InstrumentDescriptor(name: name, kind: kind, bounds: [1]),
                    [[]],
                    .histograms(counts: [1, 1], sums: [3])
                )
                : family(name, kind, [value: 1])
        }
        for format in [ExpositionFormat.text, .openMetrics] {
            let alone = Scrape([make(first, kind, "x")], as: format)
            let both = Scrape([make(first, kind, "x"), make(second, other, "y")], as: format)
            #expect(both.text == alone.text)
            #expect(both.warnings.count == 1)
            #expect(both.warnings.first?.contains("'\(second)'") == true)
        }
    }

    @Test func `nothing but the resource is called target_info`() {
        let resource = Resource([Attribute("service.name", "s")])
        let scrape = Scrape([family("target.info", .gauge, ["x": 1])], resource: resource)
        #expect(scrape.samples == [#"target_info{service_name="s"} 1"#])
        #expect(scrape.warnings.count == 1)
    }

    @Test func `an instrument without a usable name is reported once for all scrapes`() {
        let log = Log()
        let encoder = ExpositionEncoder(resource: Resource([]), diagnostics: Diagnostics { log.add($0) })
        var bytes: [UInt8] = []
        for _ in 0..<3 { encoder.encode(.make([family("...", .gauge, ["x": 1])]), as: .text, into: &bytes) }
        #expect(bytes.isEmpty)
        #expect(log.lines.count == 1)
    }
}
