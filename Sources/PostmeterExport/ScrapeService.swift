package import PostmeterExposition
package import PostmeterMetrics
import PostmeterModel
package import PostmeterTransport
import Synchronization

/// Answers scrapes: one snapshot each, in the format and compression that the scraper asks for.
package final class ScrapeService: Sendable {
    /// The most scrapes under way or waiting; one more is answered 503.
    package static let limit = 16

    private let registry: MetricsRegistry
    private let encoder: ExpositionEncoder
    private let health: ExportHealth
    private let clock: ExportClock
    private let includesDurable: @Sendable () -> Bool
    private let underWay = Atomic<Int>(0)
    /// The bytes of the last answer before compression, to size the next one by.
    private let lastSize = Atomic<Int>(0)
    private let worker = Worker()

    /// Writes one answer at a time, away from the event loops.
    private actor Worker {
        func run<T: Sendable>(_ body: @Sendable () -> T) -> T {
            body()
        }
    }

    /// Creates a service.
    ///
    /// - Parameters:
    ///   - registry: What is scraped.
    ///   - encoder: Knows the resource.
    ///   - health: Takes the durations.
    ///   - includesDurable: Whether durable families are in an answer; false while they are being restored.
    package init(
        registry: MetricsRegistry,
        encoder: ExpositionEncoder,
        health: ExportHealth,
        clock: ExportClock = .system,
        includesDurable: @escaping @Sendable () -> Bool = { true }
    ) {
        self.registry = registry
        self.encoder = encoder
        self.health = health
        self.clock = clock
        self.includesDurable = includesDurable
    }

    /// Adds the route, which HEAD is served on as well.
    package func register(in router: inout HTTPRouter, at path: String = "/metrics") {
        router.on(.get, path) { [self] request, responder in
            respond(to: request.headers) { responder.respond($0) }
        }
    }

    /// Writes the answer to a scrape with these header fields and hands it to `completion`.
    ///
    /// `completion` runs on another thread, or before this returns when too many scrapes are under way.
    package func respond(
        to headers: HTTPHeaders,
        _ completion: @escaping @Sendable (HTTPResponse) -> Void
    ) {
        guard underWay.add(1, ordering: .relaxed).newValue <= Self.limit else {
            underWay.subtract(1, ordering: .relaxed)
            health.countRefusedScrape()
            completion(
                .problem(
                    status: 503,
                    detail: "\(Self.limit) scrapes are under way; scrape less often",
                    headers: ["Retry-After": "1"]
                )
            )
            return
        }
        Task {
            let response = await worker.run { self.response(to: headers) }
            underWay.subtract(1, ordering: .relaxed)
            completion(response)
        }
    }

    /// The answer to a scrape with these header fields, written on the calling thread.
    package func response(to headers: HTTPHeaders) -> HTTPResponse {
        let start = clock.now()
        let format = ExpositionFormat.negotiate(accept: Self.joined(headers, "Accept"))
        let size = lastSize.load(ordering: .relaxed)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(size + size / 8)
        let snapshot = registry.snapshot(includingDurable: includesDurable(), audience: .scrapes)
        encoder.encode(snapshot, as: format, into: &bytes)
        lastSize.store(bytes.count, ordering: .relaxed)
        var response = HTTPResponse(
            status: 200,
            headers: ["Content-Type": format.contentType, "Vary": "Accept, Accept-Encoding"]
        )
        if AcceptEncoding.allowsGzip(Self.joined(headers, "Accept-Encoding")),
            let compressed = Gzip.compress(bytes)
        {
            response.headers.add("Content-Encoding", "gzip")
            bytes = compressed
        }
        response = HTTPResponse(status: 200, headers: response.headers, bytes: bytes)
        health.scrapeDuration(format == .openMetrics ? "openmetrics" : "text").record(
            clock.seconds(since: start)
        )
        return response
    }

    /// The values of all fields of a name as one list, as RFC 9110 section 5.3 allows; nil when there is none.
    private static func joined(_ headers: HTTPHeaders, _ name: String) -> String? {
        let values = headers.values(name)
        return values.isEmpty ? nil : values.joined(separator: ", ")
    }
}
