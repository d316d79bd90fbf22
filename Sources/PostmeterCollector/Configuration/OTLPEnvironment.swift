/// OpenTelemetry's environment variables, where the file says nothing of a push.
///
/// Source: OpenTelemetry specification, "OTLP Exporter Configuration": an empty variable counts as unset.
struct OTLPEnvironment {
    private let environment: [String: String]

    init(_ environment: [String: String]) {
        self.environment = environment
    }

    /// The target that the variables name; nil when no endpoint is set or the SDK is disabled.
    func configuration() throws(ConfigurationError) -> CollectorConfiguration.OTLP? {
        guard value("OTEL_SDK_DISABLED")?.lowercased() != "true",
            let endpoint = value("OTEL_EXPORTER_OTLP_ENDPOINT")
        else { return nil }
        try Self.check(endpoint: endpoint, at: "OTEL_EXPORTER_OTLP_ENDPOINT")
        var otlp = CollectorConfiguration.OTLP(endpoint: endpoint)
        otlp.compresses = value("OTEL_EXPORTER_OTLP_COMPRESSION")?.lowercased() == "gzip"
        if let interval = milliseconds("OTEL_METRIC_EXPORT_INTERVAL") { otlp.interval = interval }
        if let interval = milliseconds("OTEL_BSP_SCHEDULE_DELAY") { otlp.spanInterval = interval }
        if let timeout = milliseconds("OTEL_EXPORTER_OTLP_TIMEOUT") { otlp.timeout = timeout }
        for pair in (value("OTEL_EXPORTER_OTLP_HEADERS") ?? "").split(separator: ",") {
            let parts = pair.split(separator: "=", maxSplits: 1).map { Self.trimmed($0) }
            guard parts.count == 2 else { continue }
            otlp.headers[parts[0]] = Self.percentDecoded(parts[1])
        }
        return otlp
    }

    /// Throws when a URL is not `http://` or `https://` with a host.
    static func check(endpoint: String, at path: String) throws(ConfigurationError) {
        let lowered = endpoint.lowercased()
        let host = ["http://", "https://"].first(where: lowered.hasPrefix).map {
            endpoint.dropFirst($0.count)
        }
        guard let host, let first = host.first, first != "/", first != ":", !endpoint.contains(" ") else {
            throw ConfigurationError(
                path: path, problem: "'\(endpoint)' is not a URL such as http://127.0.0.1:4318")
        }
    }

    private func value(_ name: String) -> String? {
        environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// A positive whole number of milliseconds; anything else counts as unset, as the specification says.
    private func milliseconds(_ name: String) -> TimeSpan? {
        value(name).flatMap(UInt64.init).flatMap { (1...86_400_000).contains($0) ? $0 : nil }
            .map { TimeSpan(nanoseconds: $0 * 1_000_000) }
    }

    private static func trimmed(_ text: Substring) -> String {
        let start = text.drop { $0 == " " || $0 == "\t" }
        return String(start.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }

    private static func percentDecoded(_ text: String) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == 0x25, rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
