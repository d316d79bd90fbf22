import PostmeterExposition
import Testing

@Suite struct NegotiationTests {
    @Test(
        arguments: [
            (nil, ExpositionFormat.text), ("", .text), ("*/*", .text), ("text/html", .text),
            ("garbage", .text),
            ("text/plain", .text), ("application/openmetrics-text", .openMetrics),
            ("application/openmetrics-text;version=1.0.0", .openMetrics),
            ("APPLICATION/OpenMetrics-Text; Version=\"1.0.0\"; charset=utf-8", .openMetrics),
            ("application/openmetrics-text;version=0.0.1", ExpositionFormat(.openMetrics001)),
            ("application/openmetrics-text;version=2.0.0", .text),
            ("text/plain;version=0.0.4;q=0.5,application/openmetrics-text;version=1.0.0;q=0.4", .text),
            ("text/plain;version=0.0.4;q=0.3,application/openmetrics-text;version=1.0.0;q=0.4", .openMetrics),
            ("application/openmetrics-text;version=1.0.0;q=0,*/*", .text),
            ("application/openmetrics-text;q=2,text/plain;q=0.1", .text),
            ("text/plain;q=0, application/openmetrics-text;q=0.1", .openMetrics),
            ("text/plain, application/openmetrics-text", .text),
            ("application/openmetrics-text, text/plain", .openMetrics),
            ("application/*;q=0.9, text/*;q=0.8", .openMetrics), ("text/plain;q=0", .text),
            ("text/plain;q=0,application/openmetrics-text;q=0", .text),
        ] as [(String?, ExpositionFormat)]
    )
    func `the format with the highest weight is chosen, else text`(
        accept: String?,
        expected: ExpositionFormat
    ) {
        #expect(ExpositionFormat.negotiate(accept: accept) == expected)
    }

    private let protobuf =
        "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited"

    @Test(
        arguments: [
            // Prometheus 2.42.
            (
                "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
                    + "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
                "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores"
            ),
            // Prometheus 2.42 with native histograms.
            (
                "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited,"
                    + "application/openmetrics-text;version=1.0.0;q=0.8,"
                    + "application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
                "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited; "
                    + "escaping=underscores"
            ),
            // Prometheus 3.
            (
                "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,"
                    + "application/openmetrics-text;version=0.0.1;q=0.4,"
                    + "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
                "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=allow-utf-8"
            ),
            // Prometheus 3 with native histograms, and names escaped.
            (
                "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;"
                    + "escaping=underscores;q=0.6,application/openmetrics-text;version=1.0.0;escaping=underscores;"
                    + "q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,"
                    + "text/plain;version=1.0.0;escaping=underscores;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
                "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited; "
                    + "escaping=underscores"
            ),
            // A scraper that reads text alone.
            (
                "text/plain;version=1.0.0;escaping=values;q=0.5,text/plain;version=0.0.4;q=0.4",
                "text/plain; version=1.0.0; charset=utf-8; escaping=values"
            ),
        ])
    func `each Prometheus gets the form that it wants and is told how names are escaped`(
        accept: String,
        expected: String
    ) {
        #expect(ExpositionFormat.negotiate(accept: accept).contentType == expected)
    }

    @Test(
        arguments: [
            ("text/plain;version=1.0.0;escaping=allow-utf-8", NameEscaping.allowUTF8),
            ("text/plain;version=1.0.0;escaping=\"DOTS\"", .dots), ("text/plain;version=1.0.0", .underscores),
            ("text/plain;version=1.0.0;escaping=nothing", .underscores),
            ("text/plain;version=1.0.0;escaping=", .underscores),
            ("text/plain;version=1.0.0;escaping=underscores", .underscores),
            ("text/plain;version=1.0.0;escaping=values", .values),
            // These forms have no place for names in quotes.
            ("text/plain;version=0.0.4;escaping=allow-utf-8", .underscores),
            ("application/openmetrics-text;version=0.0.1;escaping=allow-utf-8", .underscores),
            ("text/plain;version=0.0.4;escaping=dots", .dots),
        ])
    func `the escaping is the one of the range that is chosen, else by underscores`(
        accept: String,
        expected: NameEscaping
    ) {
        #expect(ExpositionFormat.negotiate(accept: accept).escaping == expected)
    }

    @Test(
        arguments: [
            "application/vnd.google.protobuf", "application/vnd.google.protobuf;encoding=delimited",
            "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily",
            "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=text",
            "application/vnd.google.protobuf;proto=other;encoding=delimited",
        ])
    func `protocol buffers are for those who name the message and its encoding`(accept: String) {
        #expect(ExpositionFormat.negotiate(accept: accept) == .text)
        #expect(ExpositionFormat.negotiate(accept: accept + "," + protobuf + ";q=0.1") == .protobuf)
    }

    @Test func `of the versions of a form that a range does not tell apart the proven one is chosen`() {
        #expect(ExpositionFormat.negotiate(accept: "text/*").syntax == .text004)
        #expect(ExpositionFormat.negotiate(accept: "application/*").syntax == .openMetrics100)
        #expect(ExpositionFormat.negotiate(accept: "application/openmetrics-text").syntax == .openMetrics100)
        #expect(ExpositionFormat.negotiate(accept: "text/plain").syntax == .text004)
    }

    @Test func `a header of any size is answered`() {
        #expect(ExpositionFormat.negotiate(accept: String(repeating: "a/b;c=\",", count: 10_000)) == .text)
        #expect(ExpositionFormat.negotiate(accept: String(repeating: ",;=", count: 10_000)) == .text)
    }
}
