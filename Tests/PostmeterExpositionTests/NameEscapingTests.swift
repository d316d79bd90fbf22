import PostmeterExposition
import PostmeterModel
import Testing

@Suite struct NameEscapingTests {
    /// Metric and label as they are exposed when nothing is translated beforehand.
    private func sample(
        _ name: String,
        label: String = "k",
        _ format: ExpositionFormat,
        _ translation: NameTranslation = .noTranslation
    ) -> String? {
        let descriptor = InstrumentDescriptor(name: name, kind: .gauge, labels: [label])
        let family = FamilySnapshot.make(descriptor, [[Attribute(label, "v")]], .integers([1]))
        let options = ExpositionOptions(translation: translation, scopeLabels: false)
        return Scrape([family], as: format, options: options).samples.first
    }

    @Test(
        arguments: [
            ("http.server/x", NameEscaping.underscores, "http_server_x"), ("a..b", .underscores, "a__b"),
            ("1st", .underscores, "_st"), ("größe", .underscores, "gr__e"), ("a:b", .underscores, "a:b"),
            ("plain_name", .underscores, "plain_name"), ("plain_name", .dots, "plain_name"),
            ("plain_name", .values, "plain_name"),
            ("http.status_code", .dots, "http_dot_status__code"), ("a.b-c", .dots, "a_dot_b_c"),
            ("metric.name.with.dots", .dots, "metric_dot_name_dot_with_dot_dots"),
            ("metric.name", .values, "U__metric_2e_name"), ("a_b.c", .values, "U__a__b_2e_c"),
            ("1st", .values, "U___31_st"), ("ö", .values, "U___f6_"), ("世.", .values, "U___4e16__2e_"),
        ])
    func `a name is escaped by the scheme that is asked for`(
        name: String,
        scheme: NameEscaping,
        expected: String
    ) {
        for syntax in [ExpositionFormat.Syntax.text004, .text100, .openMetrics100, .openMetrics001] {
            #expect(
                sample(name, ExpositionFormat(syntax, escaping: scheme)) == expected + #"{k="v"} 1"#,
                "\(syntax)")
        }
    }

    @Test func `a label is escaped too, and a colon in it`() {
        #expect(sample("m", label: "a.b:c", ExpositionFormat(.text100)) == #"m{a_b_c="v"} 1"#)
        #expect(
            sample("m", label: "a.b:c", ExpositionFormat(.text100, escaping: .values))
                == #"m{U__a_2e_b_3a_c="v"} 1"#)
        #expect(
            sample("m", label: "a.b_c", ExpositionFormat(.text100, escaping: .dots))
                == #"m{a_dot_b__c="v"} 1"#)
    }

    @Test func `names that are allowed stand in quotes within the braces`() {
        for syntax in [ExpositionFormat.Syntax.text100, .openMetrics100] {
            let format = ExpositionFormat(syntax, escaping: .allowUTF8)
            #expect(sample("http.x", label: "a.b", format) == #"{"http.x","a.b"="v"} 1"#)
            #expect(sample("plain", label: "a.b", format) == #"plain{"a.b"="v"} 1"#)
            #expect(sample("http.x", label: "plain", format) == #"{"http.x",plain="v"} 1"#)
            #expect(sample("a\"b\\c\nd", label: "x:y", format) == #"{"a\"b\\c\nd","x:y"="v"} 1"#)
        }
    }

    @Test(arguments: [ExpositionFormat.Syntax.text100, .openMetrics100, .protobuf])
    func `where the translation makes names of underscores, allowing others changes nothing`(
        syntax: ExpositionFormat.Syntax
    ) {
        let descriptor = InstrumentDescriptor(
            name: "email.events", kind: .counter, unit: "{event}", labels: ["email.agent"])
        let family = FamilySnapshot.make(
            descriptor, [[Attribute("email.agent", "x")], [Attribute("otel.metric.overflow", true)]],
            .integers([1, 2]))
        for translation in [
            NameTranslation.underscoreEscapingWithSuffixes, .underscoreEscapingWithoutSuffixes,
        ] {
            let options = ExpositionOptions(translation: translation)
            let resource = Resource([Attribute("service.name", "s")])
            let escaped = NameEscaping.allCases.map {
                Scrape(
                    [family], as: ExpositionFormat(syntax, escaping: $0), resource: resource, options: options
                )
                .bytes
            }
            #expect(escaped.allSatisfy { $0 == escaped[0] })
        }
    }

    @Test func `metadata, histograms and the resource have their names in quotes as well`() {
        let histogram = FamilySnapshot.make(
            InstrumentDescriptor(
                name: "wait.time", kind: .histogram, unit: "s", description: "Waiting.", labels: ["to.whom"],
                bounds: [1]),
            [[Attribute("to.whom", "x")], []],
            .histograms(counts: [1, 2, 0, 1], sums: [5, 9]))
        let scrape = Scrape(
            [histogram], as: ExpositionFormat(.openMetrics100, escaping: .allowUTF8),
            resource: Resource([Attribute("service.name", "s")]),
            options: ExpositionOptions(
                translation: .noUTF8EscapingWithSuffixes, includesCreated: true, scopeLabels: false))
        #expect(
            scrape.text == """
                # TYPE target info
                # HELP target Target metadata
                target_info{"service.name"="s"} 1
                # TYPE "wait.time_seconds" histogram
                # UNIT "wait.time_seconds" seconds
                # HELP "wait.time_seconds" Waiting.
                {"wait.time_seconds_bucket","to.whom"="x",le="1.0"} 1
                {"wait.time_seconds_bucket","to.whom"="x",le="+Inf"} 3
                {"wait.time_seconds_sum","to.whom"="x"} 5
                {"wait.time_seconds_count","to.whom"="x"} 3
                {"wait.time_seconds_created","to.whom"="x"} 1700000000
                {"wait.time_seconds_bucket",le="1.0"} 0
                {"wait.time_seconds_bucket",le="+Inf"} 1
                {"wait.time_seconds_sum"} 9
                {"wait.time_seconds_count"} 1
                {"wait.time_seconds_created"} 1700000000
                # EOF

                """
        )
    }

    @Test func `a counter is escaped with its suffix and OpenMetrics takes that off again`() {
        let family = FamilySnapshot.make(
            InstrumentDescriptor(name: "a.b", kind: .counter), [[]], .integers([1]))
        let options = ExpositionOptions(translation: .noUTF8EscapingWithSuffixes, scopeLabels: false)
        let format = ExpositionFormat(.openMetrics100, escaping: .values)
        #expect(
            Scrape([family], as: format, options: options).text
                == "# TYPE U__a_2e_b_ counter\nU__a_2e_b__total 1\n# EOF\n")
    }

    @Test func `names that become one by escaping are one family`() {
        func family(_ name: String, _ value: String) -> FamilySnapshot {
            .make(
                InstrumentDescriptor(name: name, kind: .gauge, labels: ["k"]),
                [[Attribute("k", .string(value))]], .integers([1]))
        }
        let options = ExpositionOptions(translation: .noTranslation, scopeLabels: false)
        let families = [family("a.b", "x"), family("a_b", "y"), family("a-b", "x")]
        let merged = Scrape(families, as: ExpositionFormat(.text100), options: options)
        #expect(merged.samples == [#"a_b{k="x"} 1"#, #"a_b{k="y"} 1"#])
        #expect(merged.warnings.count == 1)
        let apart = Scrape(families, as: ExpositionFormat(.text100, escaping: .allowUTF8), options: options)
        #expect(apart.samples == [#"{"a.b",k="x"} 1"#, #"a_b{k="y"} 1"#, #"{"a-b",k="x"} 1"#])
        #expect(apart.warnings.isEmpty)
    }

    @Test func `a label that Prometheus has for itself is not made`() {
        #expect(sample("m", label: "__name__", ExpositionFormat(.text100)) == #"m{key__name__="v"} 1"#)
        #expect(sample("m", label: "", ExpositionFormat(.text100)) == #"m{key="v"} 1"#)
    }
}
