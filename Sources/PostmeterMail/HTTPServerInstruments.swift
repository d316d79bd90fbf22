import PostmeterMetrics

/// `http.server.request.duration`, as OpenTelemetry has it.
///
/// Method, route and status come from closed sets: the router's templates, the methods it serves and
/// `_OTHER`. Any thread may record.
package struct HTTPServerInstruments: Sendable {
    private static let methods: Set<String> = [
        "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH",
    ]

    private let durations: Family<Histogram>

    init(_ durations: Family<Histogram>) {
        self.durations = durations
    }

    /// Records a request that was answered.
    ///
    /// - Parameters:
    ///   - method: The method; one that is not of HTTP is recorded as `_OTHER`.
    ///   - route: The template, for example `/hooks/{endpoint}`; empty when none matched.
    ///   - status: What was answered.
    ///   - scheme: `http`, or `https` over TLS.
    ///   - seconds: The time from the request's head to its answer.
    package func record(method: String, route: String, status: Int, scheme: String = "http", seconds: Double)
    {
        let known = Self.methods.contains(method) ? method : HookContext.other
        durations(known, route, Self.text(status), scheme).record(seconds)
    }

    /// The three digits of a status, without the price of printing a number.
    private static func text(_ status: Int) -> String {
        switch status {
        case 200: "200"
        case 401: "401"
        case 404: "404"
        case 405: "405"
        case 413: "413"
        case 503: "503"
        default: String(status)
        }
    }
}
