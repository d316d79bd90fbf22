import FoundationEssentials
import PostmeterModel

/// What a process can say of itself without being told.
enum ProcessResource {
    /// The resource of a service: what was configured, over what is detected.
    ///
    /// Source: OpenTelemetry semantic conventions, "Resource: service", "telemetry", "host", "process".
    static func resource(for configuration: PostmeterConfiguration) -> Resource {
        let process = ProcessInfo.processInfo
        let detected = Resource([
            Attribute("service.name", .string("unknown_service:\(process.processName)")),
            Attribute("service.instance.id", .string(UUID().uuidString.lowercased())),
            Attribute("telemetry.sdk.name", "postmeter"),
            Attribute("telemetry.sdk.language", "swift"),
            Attribute("telemetry.sdk.version", .string(Postmeter.version)),
            Attribute("host.name", .string(process.hostName)),
            Attribute("process.pid", .int(Int64(process.processIdentifier))),
        ])
        let named = configuration.serviceName.map { Resource([Attribute("service.name", .string($0))]) }
        let merged = detected.merging(configuration.resource)
        return named.map(merged.merging) ?? merged
    }
}
