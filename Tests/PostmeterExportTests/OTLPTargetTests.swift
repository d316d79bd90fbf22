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

    @Test func `a URL for one signal is used as it is`() throws {
        var target = try OTLPTarget(.base("http://host"))
        try target.setEndpoint(.exact("http://other/x/"), for: .traces)
        #expect(target.url(for: .traces) == "http://other/x/")
        #expect(target.url(for: .metrics) == "http://host/v1/metrics")
    }

    @Test(arguments: ["", "host:4318", "ftp://host", "http://", "http:///path", "http://:4318", "http://a b"])
    func `a URL that names no receiver is refused by name`(url: String) throws {
        let error = #expect(throws: OTLPTargetError.self) { try OTLPTarget(.base(url)) }
        #expect(error?.description.contains("'\(url)'") == true)
        #expect(throws: OTLPTargetError.self) { try OTLPTarget(.exact(url)) }
    }
}
