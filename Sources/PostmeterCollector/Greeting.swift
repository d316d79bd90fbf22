internal import Postmeter
internal import PostmeterTransport

/// What `postmeter serve` prints when it listens.
struct Greeting {
    let configuration: CollectorConfiguration
    let listeners: RunningCollector.Listeners
    let guards: ListenerGuards
    let folder: DataFolder

    /// The lines: where it listens, and without a file one to try it with.
    var text: String {
        var lines = [
            "postmeter is listening",
            "  webhooks  \(Self.scheme(guards.ingest))://\(listeners.ingest.address)/hooks/{endpoint}",
            "  metrics   \(Self.scheme(guards.scrape))://\(listeners.scrape.address)/metrics",
            "  health    \(Self.scheme(guards.admin))://\(listeners.admin.address)/readyz",
            "  data      \(folder.path)",
        ]
        let pushes = configuration.pushes
        lines +=
            pushes.isEmpty
            ? [
                configuration.telemetry.isDisabled
                    ? "  push      off (OTEL_SDK_DISABLED is true)"
                    : "  push      off (set otlp.endpoint or OTEL_EXPORTER_OTLP_ENDPOINT)"
            ]
            : pushes.map { "  push      \($0.summary)" }
        if configuration.isDemonstration, let endpoint = configuration.endpoints.first {
            lines += [
                "", "try it:",
                "  postmeter simulate --provider \(endpoint.provider) --target "
                    + "http://\(listeners.ingest.address)/hooks/\(endpoint.id) "
                    + "--secret-file \(folder.demonstrationSecret)",
            ]
        }
        return lines.joined(separator: "\n")
    }

    private static func scheme(_ guarding: WebConfigurationSource?) -> String {
        guarding?.security.present.tls == nil ? "http" : "https"
    }
}
