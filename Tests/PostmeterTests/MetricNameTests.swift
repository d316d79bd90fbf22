import Testing

@testable import Postmeter

@Suite struct MetricNameTests {
    @Test(arguments: [
        ("http.server_requests-total/v1", "http.server_requests-total/v1"),
        ("http requests", "http_requests"),
        ("größe", "gr__e"), ("2xx", "n2xx"), ("_private", "n_private"), ("", "n"), ("a:b{c}", "a_b_c_"),
        ("π", "n_"), ("👩‍👩‍👧", "n_____"), ("\r\n", "n__"),
    ])
    func `a name that is not allowed becomes one that is`(label: String, name: String) {
        #expect(MetricName.mangled(label) == name)
    }

    @Test func `a long name is cut`() {
        #expect(MetricName.mangled(String(repeating: "a", count: 255)).utf8.count == 255)
        #expect(MetricName.mangled(String(repeating: "a", count: 256)).utf8.count == 255)
        #expect(
            MetricName.mangled(String(repeating: "1", count: 300)) == "n" + String(repeating: "1", count: 254)
        )
    }
}
