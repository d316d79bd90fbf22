import Foundation
import Hummingbird
import Logging
import Metrics
import Postmeter
import Tracing

/// A web server with Hummingbird's own middleware for metrics, traces and logs, which Postmeter is the backend of.
///
/// Libraries that record through swift-metrics, swift-distributed-tracing and swift-log, as Hummingbird does, find
/// their backend in these packages' global systems. One call sets all three.
@main
struct WebService {
    static func main() async throws {
        let postmeter = try Postmeter.bootstrap(.fromEnvironment(), systems: .all)

        let router = Router()
        router.addMiddleware {
            TracingMiddleware()
            MetricsMiddleware()
            LogRequestsMiddleware(.info)
        }
        router.get("/greetings/{name}") { _, context in
            "Hello, \(try context.parameters.require("name"))!"
        }
        router.get("/orders/{number}") { _, context in
            let number = try context.parameters.require("number", as: Int.self)
            return try await withSpan("find order") { span in
                span.attributes["order.number"] = number
                Counter(label: "orders.read").increment()
                try await Task.sleep(for: .milliseconds(2))  // a database, say
                guard number < 1_000 else { throw HTTPError(.notFound) }
                context.logger.info("order found", metadata: ["order.number": "\(number)"])
                return "order \(number)"
            }
        }
        router.get("/broken") { _, _ -> String in
            throw HTTPError(.internalServerError)
        }

        let port = ProcessInfo.processInfo.environment["PORT"].flatMap { Int($0) } ?? 8_080
        // The application runs Postmeter as one of its services, and ends it after the server.
        let app = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: port)),
            services: [postmeter], logger: Logger(label: "web-service"))
        try await app.runService()
    }
}
