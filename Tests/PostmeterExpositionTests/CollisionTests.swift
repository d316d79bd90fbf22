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

    @Test func `families of one name with other labels are shown whole`() {
        func family(_ labels: [String], _ count: Int) -> FamilySnapshot {
            .make(
                InstrumentDescriptor(name: "jobs", kind: .counter, labels: labels),
                (0..<count).map { number in labels.map { Attribute($0, .string("v\(number)")) } },
                .integers((0..<count).map(Int64.init))
            )
        }
        let scrape = Scrape([family(["a"], 3), family(["a", "b"], 2), family([], 1), family(["c"], 1)])
        #expect(
            scrape.text == """
                # TYPE jobs_total counter
                jobs_total{a="v0"} 0
                jobs_total{a="v1"} 1
                jobs_total{a="v2"} 2
                jobs_total{a="v0",b="v0"} 0
                jobs_total{a="v1",b="v1"} 1
                jobs_total 0
                jobs_total{c="v0"} 0

                """
        )
        #expect(scrape.warnings.isEmpty)
    }

    @Test
    func `partial series of one family that are those of another are shown once, whichever comes first`() {
        let one = FamilySnapshot.make(
            InstrumentDescriptor(name: "jobs", kind: .counter, labels: ["a"]),
            [[Attribute("a", "x")], [Attribute("a", "y")]],
            .integers([1, 2])
        )
        let two = FamilySnapshot.make(
            InstrumentDescriptor(name: "jobs", kind: .counter, labels: ["b", "a"]),
            [[Attribute("a", "x")], [Attribute("b", "z"), Attribute("a", "x")], [Attribute("b", "y")]],
            .integers([3, 4, 5])
        )
        let forward = Scrape([one, two])
        #expect(
            forward.samples == [
                #"jobs_total{a="x"} 1"#, #"jobs_total{a="y"} 2"#, #"jobs_total{b="z",a="x"} 4"#,
                #"jobs_total{b="y"} 5"#,
            ]
        )
        #expect(forward.warnings.count == 1)
        let backward = Scrape([two, one])
        #expect(
            backward.samples == [
                #"jobs_total{a="x"} 3"#, #"jobs_total{b="z",a="x"} 4"#, #"jobs_total{b="y"} 5"#,
                #"jobs_total{a="y"} 2"#,
            ]
        )
        #expect(backward.warnings.count == 1)
    }

    @Test func `no label set is there twice and none is lost, whatever the families of a group`() {
        for seed in UInt64(1)...200 {
            var random = Draw(seed: seed)
            let keys = ["a", "b", "c", "d"]
            var expected: Set<[String]> = []
            let families = (0..<(2 + random.next(below: 4))).map { _ -> FamilySnapshot in
                let labels = keys.filter { _ in random.next(below: 2) == 0 }
                var own: Set<[Attribute]> = []
                for _ in 0..<random.next(below: 12) {
                    own.insert(
                        labels.compactMap { key in
                            random.next(below: 5) == 0
                                ? nil : Attribute(key, .string("\(random.next(below: 3))"))
                        }
                    )
                }
                for series in own { expected.insert(series.map { "\($0.key)=\($0.value)" }) }
                return .make(
                    InstrumentDescriptor(name: "n", kind: .gauge, labels: labels),
                    Array(own),
                    .integers(own.map { _ in 1 })
                )
            }
            let samples = Scrape(families).samples
            #expect(Set(samples).count == samples.count, "seed \(seed)")
            #expect(samples.count == expected.count, "seed \(seed)")
        }
    }

    @Test func `what was read as differences is not shown and reported`() {
        let family = FamilySnapshot.make(
            InstrumentDescriptor(name: "jobs", kind: .counter),
            [[]],
            .integers([1]),
            temporality: .delta
        )
        let scrape = Scrape([family])
        #expect(scrape.text.isEmpty)
        #expect(scrape.warnings.count == 1)
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

    @Test(arguments: NameTranslation.allCases)
    func `a counter takes the names that its samples have and no others`(translation: NameTranslation) {
        let options = ExpositionOptions(translation: translation, includesCreated: true, scopeLabels: false)
        let hasSuffixes =
            translation == .underscoreEscapingWithSuffixes || translation == .noUTF8EscapingWithSuffixes
        for (name, format) in [
            ("requests_total", ExpositionFormat.text), ("requests_created", .text),
            ("requests_total", .openMetrics), ("requests_created", .openMetrics),
        ] {
            let scrape = Scrape(
                [family("requests", .counter, ["x": 1]), family(name, .gauge, ["x": 2])], as: format,
                options: options)
            #expect(scrape.samples.contains("\(name){k=\"x\"} 2") == !hasSuffixes, "\(name)")
            #expect(scrape.warnings.count == (hasSuffixes ? 1 : 0))
        }
        // The name that the counter has is taken under every strategy.
        let scrape = Scrape(
            [family("requests", .counter, ["x": 1]), family("requests", .gauge, ["x": 2])], options: options)
        #expect(scrape.samples == [hasSuffixes ? #"requests_total{k="x"} 1"# : #"requests{k="x"} 1"#])
        #expect(scrape.warnings.count == 1)
    }

    @Test func `of two descriptions and of two units of one name the first is shown`() {
        func wait(_ name: String, unit: String, _ help: String, _ value: String) -> FamilySnapshot {
            .make(
                InstrumentDescriptor(name: name, kind: .gauge, unit: unit, description: help, labels: ["k"]),
                [[Attribute("k", .string(value))]], .integers([1]))
        }
        let families = [
            wait("wait", unit: "s", "How long.", "a"), wait("wait.seconds", unit: "", "", "b"),
            wait("wait_seconds", unit: "seconds", "How late.", "c"),
        ]
        let scrape = Scrape(families, as: .openMetrics)
        #expect(
            scrape.text == """
                # TYPE wait_seconds gauge
                # UNIT wait_seconds seconds
                # HELP wait_seconds How long.
                wait_seconds{k="a"} 1
                wait_seconds{k="b"} 1
                wait_seconds{k="c"} 1
                # EOF

                """
        )
        #expect(
            scrape.warnings == [
                "the description of 'wait_seconds' is not exposed: 'wait_seconds' has another one already; "
                    + "describe them alike or rename one of them",
                "the unit 'seconds' of 'wait_seconds' is not exposed: 'wait_seconds' is in 's' already; "
                    + "rename one of them",
            ])
        let text = Scrape(families).text.split(separator: "\n").filter { $0.hasPrefix("#") }
        #expect(text == ["# HELP wait_seconds How long.", "# TYPE wait_seconds gauge"])
        // Of a family without a description the next one's is shown.
        let late = Scrape([families[1], families[0]], as: .openMetrics)
        #expect(late.text.contains("# HELP wait_seconds How long.\n"))
        #expect(late.warnings.isEmpty)
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
