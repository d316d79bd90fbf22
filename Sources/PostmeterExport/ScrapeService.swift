package import PostmeterExposition
package import PostmeterMetrics
import PostmeterModel
package import PostmeterTransport
import Synchronization

/// Answers scrapes: one snapshot each, in the format and compression that the scraper asks for.
///
/// An answer is written as its peer takes it, 64 KiB at a time, so it needs no memory of its size. What several
/// scrapes have in common does not change while they are answered.
package final class ScrapeService: Sendable {
    /// The most scrapes that are being written or wait for it; one more is answered 503.
    ///
    /// Those that wait for their peer do not count: how long and how many may is the listener's to say.
    package static let limit = 16

    private let registry: MetricsRegistry
    private let encoder: ExpositionEncoder
    private let health: ExportHealth
    private let clock: ExportClock
    private let compresses: Bool
    private let includesDurable: @Sendable () -> Bool
    private let underWay = Atomic<Int>(0)
    private let worker = Worker()

    /// Creates a service.
    ///
    /// - Parameters:
    ///   - registry: What is scraped.
    ///   - encoder: Knows the resource and the options.
    ///   - health: Takes the durations.
    ///   - compresses: Whether an answer is compressed for those who can read it.
    ///   - includesDurable: Whether durable families are in an answer; false while they are being restored.
    package init(
        registry: MetricsRegistry,
        encoder: ExpositionEncoder,
        health: ExportHealth,
        clock: ExportClock = .system,
        compresses: Bool = true,
        includesDurable: @escaping @Sendable () -> Bool = { true }
    ) {
        self.registry = registry
        self.encoder = encoder
        self.health = health
        self.clock = clock
        self.compresses = compresses
        self.includesDurable = includesDurable
    }

    /// Adds the route, which HEAD is served on as well.
    package func register(in router: inout HTTPRouter, at path: String = "/metrics") {
        router.on(.get, path) { [self] request, responder in
            guard begin() else {
                health.countRefusedScrape()
                responder.respond(
                    .problem(
                        status: 503,
                        detail: "\(Self.limit) scrapes are being written; scrape less often",
                        headers: ["Retry-After": "1"]
                    )
                )
                return
            }
            Task { await worker.respond(to: request.headers, of: self, responder) }
        }
    }

    /// The whole answer to a scrape with these header fields, written on the calling thread.
    package func response(to headers: HTTPHeaders) -> HTTPResponse {
        let start = clock.now()
        var answer = answer(to: headers)
        var bytes: [UInt8] = []
        var piece: [UInt8] = []
        var hasMore = true
        while hasMore {
            guard let more = answer.next(into: &piece) else { return Self.failure }
            bytes += piece
            hasMore = more
        }
        health.scrapeDuration(answer.format.name).record(clock.seconds(since: start))
        return HTTPResponse(status: 200, headers: answer.headers, bytes: bytes)
    }

    /// Takes a snapshot for an answer to a scrape with these header fields.
    private func answer(to headers: HTTPHeaders) -> ScrapeAnswer {
        let format = ExpositionFormat.negotiate(accept: Self.joined(headers, "Accept"))
        let snapshot = registry.snapshot(includingDurable: includesDurable(), audience: .scrapes)
        let isCompressed = compresses && AcceptEncoding.allowsGzip(Self.joined(headers, "Accept-Encoding"))
        return ScrapeAnswer(encoder.body(of: snapshot, as: format), format, isCompressed: isCompressed)
    }

    /// Takes a place among those that are being written; false when there is none.
    private func begin() -> Bool {
        guard underWay.add(1, ordering: .relaxed).newValue <= Self.limit else {
            underWay.subtract(1, ordering: .relaxed)
            return false
        }
        return true
    }

    private func end() {
        underWay.subtract(1, ordering: .relaxed)
    }

    /// Takes the place of an answer whose peer has taken the last piece, whether there is one or not.
    private func resume() {
        underWay.add(1, ordering: .relaxed)
    }

    private static let failure = HTTPResponse.problem(
        status: 500,
        detail: "the answer could not be compressed: memory is short"
    )

    /// The values of all fields of a name as one list, as RFC 9110 section 5.3 allows; nil when there is none.
    private static func joined(_ headers: HTTPHeaders, _ name: String) -> String? {
        let values = headers.values(name)
        return values.isEmpty ? nil : values.joined(separator: ", ")
    }
}

extension ScrapeService {
    /// Writes one piece at a time, away from the event loops, and takes turns when several peers are waiting.
    private actor Worker {
        /// Answers a scrape, which has a place among those that are being written.
        ///
        /// A short answer goes out whole, with its length.
        func respond(to headers: HTTPHeaders, of service: ScrapeService, _ responder: HTTPResponder) async {
            let start = service.clock.now()
            var answer = service.answer(to: headers)
            var piece: [UInt8] = []
            let first = answer.next(into: &piece)
            var seconds = service.clock.seconds(since: start)
            guard var hasMore = first, hasMore else {
                service.end()
                service.health.scrapeDuration(answer.format.name).record(seconds)
                responder.respond(
                    first == nil
                        ? ScrapeService.failure
                        : HTTPResponse(status: 200, headers: answer.headers, bytes: piece)
                )
                return
            }
            let stream = responder.stream(headers: answer.headers)
            while stream.wantsBody {
                service.end()
                // A peer that is gone needs no more; the stream is cut short when it is let go of.
                guard await Self.write(piece, to: stream) else { return }
                service.resume()
                guard hasMore else { break }
                let start = service.clock.now()
                guard let more = answer.next(into: &piece) else {
                    service.end()
                    return
                }
                seconds += service.clock.seconds(since: start)
                hasMore = more
            }
            service.end()
            service.health.scrapeDuration(answer.format.name).record(seconds)
            stream.finish()
        }

        private static func write(_ piece: [UInt8], to stream: HTTPBodyStream) async -> Bool {
            do {
                try await stream.write(piece)
                return true
            } catch {
                return false
            }
        }
    }
}
