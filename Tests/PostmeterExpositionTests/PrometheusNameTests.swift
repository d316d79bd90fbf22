import PostmeterExposition
import PostmeterModel
import Testing

@Suite struct PrometheusNameTests {
    @Test(
        arguments: [
            ("email.events", "{event}", InstrumentKind.counter, "email_events_total"),
            ("email.delivery.duration", "s", .histogram, "email_delivery_duration_seconds"),
            ("email.agent.bounce.ratio", "1", .gauge, "email_agent_bounce_ratio"),
            ("email.agent.reputation", "{score}", .gauge, "email_agent_reputation"),
            ("cpu.usage", "1", .gauge, "cpu_usage_ratio"), ("items", "1", .counter, "items_total"),
            ("items", "1", .upDownCounter, "items"),
            ("email.llm.cost", "{USD}", .counter, "email_llm_cost_total"),
            ("http.server.request.duration", "s", .histogram, "http_server_request_duration_seconds"),
            ("spool.size", "By", .gauge, "spool_size_bytes"),
            ("disk.size", "KiBy", .gauge, "disk_size_kibibytes"),
            ("disk.size", "TiBy", .gauge, "disk_size_tibibytes"),
            ("disk.size", "TBy", .gauge, "disk_size_terabytes"),
            ("bytes.read", "By", .counter, "bytes_read_total"),
            ("throughput", "By/s", .gauge, "throughput_bytes_per_second"),
            ("requests", "1/s", .gauge, "requests_per_second"),
            ("requests_per_second", "1/s", .gauge, "requests_per_second"),
            ("speed", "m/s", .gauge, "speed_meters_per_second"),
            ("load", "{task}/min", .gauge, "load_per_min"),
            ("requests_total", "", .counter, "requests_total"),
            ("cpu_seconds_total", "s", .counter, "cpu_seconds_total"),
            ("wait", "ms", .gauge, "wait_milliseconds"), ("fill", "%", .gauge, "fill_percent"),
            ("a..b--c//d", "", .gauge, "a_b_c_d"), ("custom", "my unit", .gauge, "custom_my_unit"),
            ("1st", "", .gauge, "_1st"), ("größe", "", .gauge, "gr_e"), ("a:b", "", .gauge, "a:b"),
        ])
    func `a name is translated by the rules of OpenTelemetry`(
        name: String,
        unit: String,
        kind: InstrumentKind,
        expected: String
    ) {
        #expect(PrometheusName.metric(name: name, unit: unit, kind: kind)?.sample == expected)
    }

    @Test func `the family of a counter has no suffix and its unit is its end`() {
        let name = PrometheusName.metric(name: "bytes.sent", unit: "By", kind: .counter)
        #expect(name?.family == "bytes_sent")
        #expect(name?.unit == "")
        #expect(PrometheusName.metric(name: "sent", unit: "By", kind: .counter)?.unit == "bytes")
        #expect(PrometheusName.metric(name: "sent", unit: "By/s", kind: .gauge)?.unit == "bytes_per_second")
        #expect(PrometheusName.metric(name: "fill", unit: "1", kind: .gauge)?.unit == "ratio")
        #expect(PrometheusName.metric(name: "events", unit: "{event}", kind: .counter)?.unit == "")
    }

    @Test(arguments: ["", "...", "世界"])
    func `a name of which nothing is left has no translation`(name: String) {
        #expect(PrometheusName.metric(name: name, unit: "", kind: .gauge) == nil)
    }

    @Test(
        arguments: [
            ("email.agent", "email_agent"), ("error.type", "error_type"),
            ("LabelWithCapitals", "LabelWithCapitals"),
            ("label:with:colons", "label_with_colons"), ("a__b", "a_b"),
            ("label!with&special$chars)", "label_with_special_chars_"),
            ("123label", "key_123label"), (".foo", "key_foo"), ("__name__", "key_name_"), ("", "key"),
            ("世界", "key_"),
        ])
    func `a label is translated to letters, digits and single underscores`(key: String, expected: String) {
        #expect(PrometheusName.label(key) == expected)
    }
}
