import Testing

@testable import PostmeterExport

@Suite struct OTLPTargetTests {
    @Test(arguments: [
        ("http://localhost:4318", "http://localhost:4318/v1/metrics"),
        ("http://localhost:4318/", "http://localhost:4318/v1/metrics"),
        ("https://host/otlp", "https://host/otlp/v1/metrics"),
        ("https://host/otlp//", "https://host/otlp/v1/metrics"),
        ("HTTP://host", "HTTP://host/v1/metrics"),
        ("http://host/a?key=b", "http://host/a/v1/metrics?key=b"),
        ("http://[::1]:4318", "http://[::1]:4318/v1/metrics"),
    ])
    func `the signal's path goes behind a base`(base: String, url: String) throws {
        #expect(try OTLPTarget(.base(base)).url(for: .metrics) == url)
    }

    @Test(arguments: [
        (ExportSignal.metrics, "http://host/v1/metrics"), (.traces, "http://host/v1/traces"),
        (.logs, "http://host/v1/logs"),
    ])
    func `every signal has its path`(signal: ExportSignal, url: String) throws {
        #expect(try OTLPTarget(.base("http://host")).url(for: signal) == url)
    }

    @Test(arguments: [
        ("http://other/x/", "http://other/x/"), ("http://other/v1/traces?a=b", "http://other/v1/traces?a=b"),
        ("http://other", "http://other/"), ("http://other:4318?a=/b", "http://other:4318/?a=/b"),
        ("https://[::1]:4318", "https://[::1]:4318/"), ("http://other/", "http://other/"),
    ])
    func `a URL for one signal is used as it is, and without a path it means the root`(
        exact: String,
        url: String
    ) throws {
        #expect(try OTLPTarget(.exact(exact)).url(for: .traces) == url)
    }

    @Test(arguments: ["", "host:4318", "ftp://host", "http://", "http:///path", "http://:4318", "http://a b"])
    func `a URL that names no receiver is refused by name`(url: String) throws {
        let error = #expect(throws: OTLPTargetError.self) { try OTLPTarget(.base(url)) }
        #expect(error?.description.contains("'\(url)'") == true)
        #expect(throws: OTLPTargetError.self) { try OTLPTarget(.exact(url)) }
    }
}
