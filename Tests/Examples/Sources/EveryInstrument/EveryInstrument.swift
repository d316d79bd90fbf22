import Foundation
import Logging
import Postmeter
import ServiceLifecycle

/// Records the same known numbers with every instrument, round after round, so that receivers can be asked whether
/// all of it came through.
@main
struct EveryInstrument {
    static func main() async throws {
        var configuration = PostmeterConfiguration.fromEnvironment()
        configuration.views = [
            MetricView("every.latency", exponential: ExponentialLimits(maxSize: 20)),
            MetricView("every.detail", droppedLabels: ["user"]),
            MetricView("every.secret", isDropped: true),
        ]
        let postmeter = try Postmeter(configuration: configuration)
        let rounds = ProcessInfo.processInfo.environment["ROUNDS"].flatMap { Int($0) } ?? 1
        let group = ServiceGroup(
            services: [Recorder(postmeter, rounds: rounds), postmeter],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: Logger(label: "every-instrument"))
        try await group.run()
    }
}

/// Records, and then waits for the end.
struct Recorder: Service {
    let postmeter: Postmeter
    let rounds: Int
    let instruments: Instruments

    init(_ postmeter: Postmeter, rounds: Int) {
        self.postmeter = postmeter
        self.rounds = rounds
        instruments = Instruments(postmeter.metrics)
    }

    func run() async throws {
        for round in 1...rounds {
            let span = postmeter.tracer.startSpan("round")
            CurrentSpan.withValue(span.context) { instruments.record(round: round) }
            span.end()
            try await Task.sleep(for: .milliseconds(400))
        }
        try? await gracefulShutdown()
    }
}
