import PostmeterExposition
import PostmeterModel
import Testing

@Suite struct ScopeLabelTests {
    private let scope = InstrumentationScope(
        name: "mail", version: "1.2", schemaURL: "https://example.com/1",
        attributes: [Attribute("team.name", "a \"b\""), Attribute("shard", 7), Attribute("name", "other")])

    private func family(
        _ name: String = "jobs",
        _ kind: InstrumentKind = .gauge,
        labels: [String] = ["k"],
        scope: InstrumentationScope,
        _ series: [[Attribute]] = [[Attribute("k", "x")]]
    ) -> FamilySnapshot {
        .make(
            InstrumentDescriptor(name: name, kind: kind, labels: labels, scope: scope), series,
            .integers(series.indices.map { Int64($0 + 1) }))
    }

    private func samples(
        _ families: [FamilySnapshot],
        as format: ExpositionFormat = .text,
        _ translation: NameTranslation = .underscoreEscapingWithSuffixes
    ) -> [String] {
        Scrape(families, as: format, options: ExpositionOptions(translation: translation)).samples
    }

    @Test func `each sample says which scope recorded it, whatever labels it has`() {
        let text =
            #"otel_scope_name="mail",otel_scope_version="1.2""#
            + #",otel_scope_schema_url="https://example.com/1""#
            + #",otel_scope_team_name="a \"b\"",otel_scope_shard="7""#
        let series = [
            [Attribute("k", "x")], [Attribute("k", "say \"x\"")], [],
            [Attribute("otel.metric.overflow", true)],
        ]
        #expect(
            samples([family(scope: scope, series)]) == [
                #"jobs{k="x",\#(text)} 1"#, #"jobs{k="say \"x\"",\#(text)} 2"#, "jobs{\(text)} 3",
                #"jobs{otel_metric_overflow="true",\#(text)} 4"#,
            ])
        #expect(samples([family(labels: [], scope: scope, [[]])]) == ["jobs{\(text)} 1"])
    }

    @Test func `what a scope does not say is no label`() {
        #expect(
            samples([family(scope: InstrumentationScope(name: "m"))]) == [
                #"jobs{k="x",otel_scope_name="m"} 1"#
            ])
        #expect(samples([family(scope: InstrumentationScope(name: ""))]) == [#"jobs{k="x"} 1"#])
    }

    @Test func `a histogram has them before le`() {
        let histogram = FamilySnapshot.make(
            InstrumentDescriptor(
                name: "h", kind: .histogram, labels: ["k"], bounds: [1],
                scope: InstrumentationScope(name: "m")),
            [[Attribute("k", "x")], []], .histograms(counts: [1, 0, 2, 0], sums: [1, 2]))
        #expect(
            samples([histogram]) == [
                #"h_bucket{k="x",otel_scope_name="m",le="1"} 1"#,
                #"h_bucket{k="x",otel_scope_name="m",le="+Inf"} 1"#, #"h_sum{k="x",otel_scope_name="m"} 1"#,
                #"h_count{k="x",otel_scope_name="m"} 1"#, #"h_bucket{otel_scope_name="m",le="1"} 2"#,
                #"h_bucket{otel_scope_name="m",le="+Inf"} 2"#, #"h_sum{otel_scope_name="m"} 2"#,
                #"h_count{otel_scope_name="m"} 2"#,
            ])
    }

    @Test func `the same series of two scopes are two series`() {
        let families = ["a", "b"].map { family(scope: InstrumentationScope(name: $0)) }
        let scrape = Scrape(families, options: ExpositionOptions())
        #expect(
            scrape.text == """
                # TYPE jobs gauge
                jobs{k="x",otel_scope_name="a"} 1
                jobs{k="x",otel_scope_name="b"} 1

                """)
        #expect(scrape.warnings.isEmpty)
        #expect(Scrape(families).samples.count == 1)
    }

    @Test func `the same series of one scope is still there once`() {
        let one = family(scope: InstrumentationScope(name: "a"))
        let other = FamilySnapshot.make(
            InstrumentDescriptor(
                name: "jobs", kind: .gauge, description: "Jobs.", labels: ["k"],
                scope: InstrumentationScope(name: "a")),
            [[Attribute("k", "x")], [Attribute("k", "y")]], .integers([5, 6]))
        let scrape = Scrape([one, other], options: ExpositionOptions())
        #expect(
            scrape.samples == [#"jobs{k="x",otel_scope_name="a"} 1"#, #"jobs{k="y",otel_scope_name="a"} 6"#])
        #expect(scrape.warnings.count == 1)
    }

    @Test func `an attribute that is called as they are moves`() {
        let labels = ["otel.scope.name", "otel_scope_version"]
        let series = [labels.map { Attribute($0, "own") }]
        #expect(
            samples([family(labels: labels, scope: InstrumentationScope(name: "m"), series)]) == [
                #"jobs{exported_otel_scope_name="own",otel_scope_version="own",otel_scope_name="m"} 1"#
            ])
    }

    @Test func `names that are kept keep those of the scope's attributes`() {
        let format = ExpositionFormat(.text100, escaping: .allowUTF8)
        #expect(
            samples([family(scope: scope)], as: format, .noTranslation) == [
                #"jobs{k="x",otel_scope_name="mail",otel_scope_version="1.2""#
                    + #",otel_scope_schema_url="https://example.com/1""#
                    + #","otel_scope_team.name"="a \"b\"",otel_scope_shard="7"} 1"#
            ])
    }

    @Test func `the resource has none`() {
        let scrape = Scrape(
            [], resource: Resource([Attribute("service.name", "s")]), options: ExpositionOptions())
        #expect(scrape.samples == [#"target_info{service_name="s"} 1"#])
    }
}
