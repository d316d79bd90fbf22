import Logging
import Postmeter
import ServiceLifecycle

/// A service whose agent answers the mail of a shop, with its telemetry.
///
/// Nothing is global here: Postmeter is a value that is handed on. Where the telemetry goes is in OpenTelemetry's
/// variables, for example:
///
///     OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318 OTEL_METRICS_EXPORTER=otlp,prometheus AgentService
@main
struct AgentService {
    static func main() async throws {
        let postmeter = try Postmeter(configuration: .fromEnvironment())
        let logger = Logger(label: "agent-service") { postmeter.logHandler(label: $0) }
        // All hooks of one agent. Kept, since asking for it looks it up.
        let agent = postmeter.agent(
            organization: "acme", account: "shop", domain: "shop.example", agent: "helpdesk",
            provider: .agentmail)
        let desk = HelpDesk(agent: agent, platform: Platform(), model: Model(), logger: logger)
        // Services end in the order opposite to this one, so what the desk did last is exported too.
        let group = ServiceGroup(
            services: [postmeter, desk], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        try await group.run()
    }
}
