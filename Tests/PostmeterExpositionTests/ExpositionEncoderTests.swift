import PostmeterExposition
import PostmeterModel
import Testing

@Suite struct ExpositionEncoderTests {
    private let events = FamilySnapshot.make(
        InstrumentDescriptor(
            name: "email.events",
            kind: .counter,
            unit: "{event}",
            description: "Mail events.",
            labels: ["email.agent", "email.event"]
        ),
        [
            [Attribute("email.agent", "triage"), Attribute("email.event", "sent")],
            [Attribute("email.agent", "triage"), Attribute("email.event", "delivered")],
        ],
        .integers([12, 9_000_000_000])
    )
    private let age = FamilySnapshot.make(
        InstrumentDescriptor(
            name: "email.journal.age",
            kind: .gauge,
            number: .floating,
            unit: "s",
            description: "Age of the oldest."
        ),
        [[]],
        .doubles([0.25])
    )
    private let duration = FamilySnapshot.make(
        InstrumentDescriptor(
            name: "email.delivery.duration",
            kind: .histogram,
            unit: "s",
            description: "From sent to delivered.",
            labels: ["email.provider"],
            bounds: [0.005, 1, 86_400]
        ),
        [[Attribute("email.provider", "resend")]],
        .histograms(counts: [1, 2, 0, 3], sums: [90_000.5])
    )

    @Test func `text has HELP, TYPE and the samples of each family in one piece`() {
        let scrape = Scrape(
            [events, age, duration],
            resource: Resource([Attribute("service.name", "postmeter")])
        )
        #expect(
            scrape.text == """
                # HELP target_info Target metadata
                # TYPE target_info gauge
                target_info{service_name="postmeter"} 1
                # HELP email_events_total Mail events.
                # TYPE email_events_total counter
                email_events_total{email_agent="triage",email_event="sent"} 12
                email_events_total{email_agent="triage",email_event="delivered"} 9000000000
                # HELP email_journal_age_seconds Age of the oldest.
                # TYPE email_journal_age_seconds gauge
                email_journal_age_seconds 0.25
                # HELP email_delivery_duration_seconds From sent to delivered.
                # TYPE email_delivery_duration_seconds histogram
                email_delivery_duration_seconds_bucket{email_provider="resend",le="0.005"} 1
                email_delivery_duration_seconds_bucket{email_provider="resend",le="1"} 3
                email_delivery_duration_seconds_bucket{email_provider="resend",le="86400"} 3
                email_delivery_duration_seconds_bucket{email_provider="resend",le="+Inf"} 6
                email_delivery_duration_seconds_sum{email_provider="resend"} 90000.5
                email_delivery_duration_seconds_count{email_provider="resend"} 6

                """
        )
        #expect(scrape.warnings.isEmpty)
    }

    @Test func `OpenMetrics has TYPE, UNIT and HELP, floating bounds and an end`() {
        let scrape = Scrape(
            [events, age, duration],
            as: .openMetrics,
            resource: Resource([Attribute("service.name", "postmeter")])
        )
        #expect(
            scrape.text == """
                # TYPE target info
                # HELP target Target metadata
                target_info{service_name="postmeter"} 1
                # TYPE email_events counter
                # HELP email_events Mail events.
                email_events_total{email_agent="triage",email_event="sent"} 12
                email_events_total{email_agent="triage",email_event="delivered"} 9000000000
                # TYPE email_journal_age_seconds gauge
                # UNIT email_journal_age_seconds seconds
                # HELP email_journal_age_seconds Age of the oldest.
                email_journal_age_seconds 0.25
                # TYPE email_delivery_duration_seconds histogram
                # UNIT email_delivery_duration_seconds seconds
                # HELP email_delivery_duration_seconds From sent to delivered.
                email_delivery_duration_seconds_bucket{email_provider="resend",le="0.005"} 1
                email_delivery_duration_seconds_bucket{email_provider="resend",le="1.0"} 3
                email_delivery_duration_seconds_bucket{email_provider="resend",le="86400.0"} 3
                email_delivery_duration_seconds_bucket{email_provider="resend",le="+Inf"} 6
                email_delivery_duration_seconds_sum{email_provider="resend"} 90000.5
                email_delivery_duration_seconds_count{email_provider="resend"} 6
                # EOF

                """
        )
    }

    @Test func `families without series and an empty resource are left out`() {
        let empty = FamilySnapshot.make(
            InstrumentDescriptor(name: "a", kind: .counter, labels: ["x"]),
            [],
            .integers([])
        )
        #expect(Scrape([empty]).text.isEmpty)
        #expect(Scrape([empty], as: .openMetrics).text == "# EOF\n")
    }

    @Test func `what encode is given is kept and appended to`() {
        var bytes = Array("before\n".utf8)
        ExpositionEncoder(resource: Resource([])).encode(.make([age]), as: .openMetrics, into: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self).hasPrefix("before\n# TYPE email_journal_age_seconds"))
    }

    @Test func `an up-down counter is a gauge and keeps its sign`() {
        let family = FamilySnapshot.make(
            InstrumentDescriptor(name: "pool.size", kind: .upDownCounter, unit: "1"),
            [[]],
            .integers([-3])
        )
        #expect(Scrape([family]).text == "# TYPE pool_size gauge\npool_size -3\n")
    }

    @Test func `a description is escaped on its one line`() {
        let descriptor = InstrumentDescriptor(
            name: "a",
            kind: .gauge,
            number: .floating,
            description: "line \"one\"\nC:\\dir"
        )
        let family = FamilySnapshot.make(descriptor, [[]], .doubles([1]))
        #expect(Scrape([family]).text.hasPrefix(#"# HELP a line "one"\nC:\\dir"# + "\n"))
        #expect(Scrape([family], as: .openMetrics).text.contains(#"# HELP a line \"one\"\nC:\\dir"# + "\n"))
    }

    @Test func `OpenMetrics shows no sum for a histogram that may hold negative values`() {
        let descriptor = InstrumentDescriptor(name: "drift", kind: .histogram, bounds: [-1, 1])
        let family = FamilySnapshot.make(descriptor, [[]], .histograms(counts: [1, 1, 1], sums: [-4]))
        #expect(
            Scrape([family], as: .openMetrics).samples == [
                #"drift_bucket{le="-1.0"} 1"#, #"drift_bucket{le="1.0"} 2"#, #"drift_bucket{le="+Inf"} 3"#,
            ]
        )
        #expect(Scrape([family]).samples.suffix(2) == ["drift_sum -4", "drift_count 3"])
    }

    @Test func `the overflow series is spelled with its truth value`() {
        let family = FamilySnapshot.make(
            InstrumentDescriptor(name: "a", kind: .counter, labels: ["email.agent"]),
            [
                [Attribute("email.agent", "one")], [Attribute("otel.metric.overflow", true)],
                [Attribute("email.agent", "two")],
            ],
            .integers([1, 2, 3])
        )
        #expect(
            Scrape([family]).samples == [
                #"a_total{email_agent="one"} 1"#, #"a_total{otel_metric_overflow="true"} 2"#,
                #"a_total{email_agent="two"} 3"#,
            ]
        )
    }

    @Test func `values without a series are not read and series without a value are not shown`() {
        let descriptor = InstrumentDescriptor(name: "a", kind: .counter, labels: ["k"])
        let series = ["one", "two"].map { [Attribute("k", .string($0))] }
        #expect(Scrape([.make(descriptor, series, .integers([1]))]).samples == [#"a_total{k="one"} 1"#])
        #expect(Scrape([.make(descriptor, series, .integers([1, 2, 3]))]).samples.count == 2)
    }
}
