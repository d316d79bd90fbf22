import PostmeterExposition
import PostmeterModel
import Testing

/// The cases follow the tables of prometheus/otlptranslator, which Prometheus itself translates by.
@Suite struct NameTranslationTests {
    private static func name(_ one: (String, String, InstrumentKind), _ by: NameTranslation) -> String? {
        PrometheusName.metric(name: one.0, unit: one.1, kind: one.2, translation: by)?.sample
    }

    @Test(
        arguments: [
            ("simple_metric", "", InstrumentKind.gauge, "simple_metric"),
            ("requests", "", .counter, "requests_total"), ("cpu_usage", "1", .gauge, "cpu_usage_ratio"),
            ("items", "1", .counter, "items_total"),
            ("response_time", "ms", .gauge, "response_time_milliseconds"),
            ("memory_usage", "By", .gauge, "memory_usage_bytes"),
            ("requests", "1/s", .gauge, "requests_per_second"),
            ("requests", "1/s", .counter, "requests_per_second_total"),
            ("throughput", "By/s", .gauge, "throughput_bytes_per_second"),
            ("custom_metric", "custom_unit", .gauge, "custom_metric_custom_unit"),
            ("custom_metric", "{custom}", .gauge, "custom_metric"),
            ("custom_metric", "By/{custom}", .gauge, "custom_metric_bytes"),
            ("requests_total", "", .counter, "requests_total"),
            ("cpu_usage_ratio", "1", .gauge, "cpu_usage_ratio"),
            ("response_time_seconds", "s", .gauge, "response_time_seconds"),
            ("123_requests", "", .counter, "_123_requests_total"),
            ("metric__with__runs", "unit__with__runs", .gauge, "metric_with_runs_unit_with_runs"),
            ("custom_metric", "unit@with#special/chars", .gauge, "custom_metric_unit_with_special_per_chars"),
            ("metric@with#special$chars", "", .gauge, "metric_with_special_chars"),
            ("a:b.c", "", .gauge, "a:b_c"),
        ])
    func `with underscores and suffixes`(name: String, unit: String, kind: InstrumentKind, expected: String) {
        #expect(Self.name((name, unit, kind), .underscoreEscapingWithSuffixes) == expected)
    }

    @Test(
        arguments: [
            ("simple_metric", "", InstrumentKind.gauge, "simple_metric"),
            ("metric@with#special$chars", "", .gauge, "metric_with_special_chars"),
            ("123metric", "By", .gauge, "_123metric"), ("metric@@##$$name", "", .gauge, "metric_name"),
            (".dots.around.", "", .gauge, "dots_around"),
            ("kept__as__they_are", "s", .gauge, "kept__as__they_are"),
            ("___", "", .gauge, "___"), ("requests", "1/s", .counter, "requests"),
            ("email.events", "{event}", .counter, "email_events"), ("share", "1", .gauge, "share"),
        ])
    func `with underscores and no suffix`(name: String, unit: String, kind: InstrumentKind, expected: String)
    {
        #expect(Self.name((name, unit, kind), .underscoreEscapingWithoutSuffixes) == expected)
    }

    @Test(
        arguments: [
            ("requests_total", "", InstrumentKind.counter, "requests_total"),
            ("cpu_usage_ratio", "1", .gauge, "cpu_usage_ratio"),
            ("response_time_seconds", "s", .gauge, "response_time_seconds"),
            ("cpu_seconds_total", "s", .counter, "cpu_seconds_total"),
            ("otelcol_process_cpu_seconds", "s", .counter, "otelcol_process_cpu_seconds_total"),
            ("requêsts", "", .counter, "requêsts_total"), ("cpu_usagé", "1", .gauge, "cpu_usagé_ratio"),
            ("respønse_time", "ms", .gauge, "respønse_time_milliseconds"),
            ("requêsts", "1/s", .gauge, "requêsts_per_second"), ("@#$%", "", .counter, "@#$%_total"),
            ("email.events", "{event}", .counter, "email.events_total"),
            ("email.events.total", "", .counter, "email.events_total"),
            ("sent", "By/s", .counter, "sent_bytes_per_second_total"),
            ("custom.metric", "my unit", .gauge, "custom.metric_my unit"),
            ("subtotal", "", .counter, "subtotal_total"), ("total", "", .counter, "total_total"),
        ])
    func `as they are, with suffixes`(name: String, unit: String, kind: InstrumentKind, expected: String) {
        #expect(Self.name((name, unit, kind), .noUTF8EscapingWithSuffixes) == expected)
    }

    @Test(arguments: ["email.events", "métric_with_ñ", "@#$%", "a b\"c", "___", "1st"])
    func `as they are`(name: String) {
        for kind in [InstrumentKind.counter, .gauge, .histogram] {
            #expect(Self.name((name, "By/s", kind), .noTranslation) == name)
        }
    }

    @Test(arguments: ["", "@#$%", "...", "@_#_$_%", "世界"])
    func `a name of which nothing is left has no translation where characters are escaped`(name: String) {
        #expect(Self.name((name, "", .gauge), .underscoreEscapingWithoutSuffixes) == nil)
        #expect(Self.name((name, "", .gauge), .underscoreEscapingWithSuffixes) == nil)
    }

    @Test(arguments: NameTranslation.allCases)
    func `the empty name has no translation`(translation: NameTranslation) {
        #expect(Self.name(("", "s", .counter), translation) == nil)
    }

    @Test func `the unit is that of the name's end, in every translation`() {
        func unit(_ name: String, _ unit: String, _ by: NameTranslation) -> String? {
            PrometheusName.metric(name: name, unit: unit, kind: .counter, translation: by)?.unit
        }
        #expect(unit("sent", "By/s", .underscoreEscapingWithSuffixes) == "bytes_per_second")
        #expect(unit("sent", "By", .noUTF8EscapingWithSuffixes) == "bytes")
        #expect(unit("sent", "By", .underscoreEscapingWithoutSuffixes) == "")
        #expect(unit("sent_bytes", "By", .underscoreEscapingWithoutSuffixes) == "bytes")
        #expect(unit("sent_bytes_total", "By", .noTranslation) == "bytes")
        #expect(unit("sent.bytes", "By", .noTranslation) == "")
    }

    @Test func `a strategy is known by its name in any case`() {
        #expect(NameTranslation(name: "NoTranslation") == .noTranslation)
        #expect(NameTranslation(name: "noutf8escapingwithsuffixes") == .noUTF8EscapingWithSuffixes)
        #expect(
            NameTranslation(name: "UNDERSCOREESCAPINGWITHOUTSUFFIXES") == .underscoreEscapingWithoutSuffixes)
        #expect(NameTranslation(name: "UnderscoreEscapingWithSuffixes") == .underscoreEscapingWithSuffixes)
        #expect(NameTranslation(name: "underscores") == nil)
        #expect(NameTranslation(name: "") == nil)
    }
}
