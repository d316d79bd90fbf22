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

    @Test(arguments: [
        ("http://host:43l8", "its port is not 1 to 65535"),
        ("http://host:99999/v1", "its port is not 1 to 65535"),
        ("http://host:0", "its port is not 1 to 65535"), ("http://host:+1", "its port is not 1 to 65535"),
        ("http://::1", "it names no host"), ("http://[::1", "its address has no closing bracket"),
        ("http://[::1]4318", "its port is not 1 to 65535"), ("http://user@:4318", "it names no host"),
    ])
    func `a port or host that cannot be is refused before anything is sent`(url: String, problem: String) {
        let error = #expect(throws: OTLPTargetError.self) { try OTLPTarget(.base(url)) }
        #expect(error?.problem == problem)
    }

    @Test(arguments: [
        "http://h:4318", "http://u:p@h:1/x", "http://[::1]:65535", "http://h:", "https://h?a=b:c",
    ])
    func `ports and users that can be are taken`(url: String) throws {
        _ = try OTLPTarget(.base(url))
    }

    @Test(arguments: [
        ("https://user:password@h/base?key=1", "https://***@h/base?***"),
        ("http://h:4318/v1", "http://h:4318/v1"),
        ("user:password@h:4318", "***@h:4318"), ("https://user:pass/word@h", "https://***@h"),
    ])
    func `what may be secret in a URL is not shown`(url: String, shown: String) {
        #expect(OTLPTarget.shown(url) == shown)
        #expect(!(OTLPTargetError(url: url, problem: "x").description.contains("pass")))
    }
}
