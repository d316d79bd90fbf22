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

    @Test(
        arguments: [
            // Prometheus 2.42.
            "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
                + "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
            // Prometheus 3.
            "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
                + "application/openmetrics-text;version=0.0.1;q=0.5,"
                + "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,"
                + "text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
        ])
    func `Prometheus gets OpenMetrics and is told how names are escaped`(accept: String) {
        let format = ExpositionFormat.negotiate(accept: accept)
        #expect(format == .openMetrics)
        let expected = "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores"
        #expect(format.contentType == expected)
    }

    @Test func `a header of any size is answered`() {
        #expect(ExpositionFormat.negotiate(accept: String(repeating: "a/b;c=\",", count: 10_000)) == .text)
        #expect(ExpositionFormat.negotiate(accept: String(repeating: ",;=", count: 10_000)) == .text)
    }
}
