internal import Postmeter
internal import PostmeterModel
internal import Synchronization

extension CollectorConfiguration {
    /// Bytes that the secret of trace ids has at least.
    static let leastTraceKey = 16

    /// What was warned of while the variables were read.
    private final class Heard: Sendable {
        let warnings = Mutex<[String]>([])
    }

    /// Takes what OpenTelemetry's environment variables say.
    ///
    /// It comes before the file, which has the last word. A value that cannot be used is warned of and ignored,
    /// as the specification has it.
    mutating func apply(environment: [String: String]) {
        let heard = Heard()
        telemetry.diagnostics = Diagnostics { warning in
            heard.warnings.withLock { $0.append(warning) }
        }
        telemetry.apply(environment)
        telemetry.diagnostics = .silent
        if telemetry.isDisabled {
            heard.warnings.withLock { $0.append("OTEL_SDK_DISABLED is true: nothing is pushed") }
        }
        if let key = telemetry.traceKey {
            if key.utf8.count >= Self.leastTraceKey {
                traceKey = key
            } else {
                heard.warnings.withLock {
                    $0.append(
                        "POSTMETER_TRACE_KEY is ignored: it is shorter than \(Self.leastTraceKey) bytes; "
                            + "make one with: openssl rand -hex 32")
                }
            }
        }
        warnings += heard.warnings.withLock { $0 }
        if let address = telemetry.scrape {
            listen.scrape = ListenAddress(host: address.host, port: address.port)
        }
    }

    /// Attributes laid over the collector's own, from `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES`.
    var resource: Resource {
        guard let name = telemetry.serviceName else { return telemetry.resource }
        return telemetry.resource.merging(Resource([Attribute("service.name", .string(name))]))
    }
}
