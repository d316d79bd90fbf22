import Logging
import Postmeter
import ServiceLifecycle

/// Records what Tests/Conformance/peers/differential.py records with another library of OpenTelemetry, so that both
/// can be compared field for field.
@main
struct Differential {
    static func main() async throws {
        let postmeter = try Postmeter(configuration: .fromEnvironment())
        let figures = Figures(postmeter.metrics)
        CurrentSpan.withValue(Records.here) { figures.recordInSpan() }
        figures.record()
        Records(postmeter).record()
        let group = ServiceGroup(
            services: [postmeter], gracefulShutdownSignals: [.sigterm, .sigint],
            logger: Logger(label: "differential"))
        try await group.run()
    }
}
