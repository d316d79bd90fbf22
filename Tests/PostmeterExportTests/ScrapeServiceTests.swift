import NIOCore
import PostmeterExposition
import PostmeterMetrics
import PostmeterModel
import PostmeterTransport
import Synchronization
import Testing

@testable import PostmeterExport

@Suite struct ScrapeServiceTests {
    private let bench = TestBench()

    private func service(includesDurable: @escaping @Sendable () -> Bool = { true }) -> ScrapeService {
        bench.registry.family(
            InstrumentDescriptor(name: "things", kind: .counter, isDurable: true),
            of: Counter.self
        ).bind().add(3)
        return ScrapeService(
            registry: bench.registry,
            encoder: ExpositionEncoder(
                resource: Resource([Attribute("service.name", "test")]),
                options: ExpositionOptions(scopeLabels: false)),
            health: bench.health,
            clock: bench.clock.clock,
            includesDurable: includesDurable
        )
    }

    private func bytes(_ response: HTTPResponse) -> [UInt8] { Array(response.body.readableBytesView) }
    private func text(_ response: HTTPResponse) -> String { String(decoding: bytes(response), as: UTF8.self) }

    @Test func `a scraper that asks for nothing gets text`() {
        let response = service().response(to: [:])
        #expect(response.status == 200)
        #expect(response.headers["Content-Type"] == ExpositionFormat.text.contentType)
        #expect(response.headers["Content-Encoding"] == nil)
        #expect(response.headers["Vary"] == "Accept, Accept-Encoding")
        #expect(text(response).contains("\nthings_total 3\n"))
        #expect(bench.value("postmeter.scrape.duration", ["format": "text"]) == 1)
    }

    @Test func `the format goes by Accept, of several fields too`() {
        let response = service().response(
            to: ["Accept": "text/plain;q=0.5", "Accept": "application/openmetrics-text;version=1.0.0"])
        #expect(response.headers["Content-Type"] == ExpositionFormat.openMetrics.contentType)
        #expect(text(response).hasSuffix("# EOF\n"))
        #expect(bench.value("postmeter.scrape.duration", ["format": "openmetrics"]) == 1)
    }

    @Test func `the body is compressed for who can read it`() throws {
        let service = service()
        let response = service.response(to: ["accept-encoding": "br, gzip"])
        #expect(response.headers["Content-Encoding"] == "gzip")
        let body = try #require(Gzip.decompress(bytes(response), limit: 1 << 20))
        #expect(String(decoding: body, as: UTF8.self).contains("\nthings_total 3\n"))
    }

    @Test(arguments: [
        (nil, false), ("", false), ("gzip", true), ("GZip", true), ("x-gzip", true), ("deflate", false),
        ("gzip;q=0", false), ("gzip;q=0.000", false), ("gzip;q=0.1", true), ("*", true), ("*;q=0", false),
        ("*;q=0, gzip", true), ("gzip;q=0, *", false), ("deflate , gzip ; q=1.0", true), ("gzip;q=x", false),
        (";gzip", false),
        (",,", false),
    ])
    func `Accept-Encoding decides about compression`(header: String?, isAllowed: Bool) {
        #expect(AcceptEncoding.allowsGzip(header) == isAllowed)
    }

    @Test func `durable families wait for the gate`() {
        let isOpen = Mutex(false)
        let service = service { isOpen.withLock { $0 } }
        #expect(!text(service.response(to: [:])).contains("things_total"))
        isOpen.withLock { $0 = true }
        #expect(text(service.response(to: [:])).contains("things_total 3"))
    }

    @Test func `a scrape says which version it comes from`() {
        let body = text(service().response(to: [:]))
        #expect(body.contains("postmeter_build_info{version=\"1.2.3\"} 1\n"))
        #expect(body.contains("postmeter_spans_ended_total 0\n"))
        #expect(body.contains("target_info{service_name=\"test\"} 1\n"))
    }

    @Test func `instruments for pushes only are not scraped, and the other way round`() async throws {
        for (name, audience) in [("scraped", Audience.scrapes), ("pushed", .pushes), ("shown", .everyone)] {
            bench.registry.family(
                InstrumentDescriptor(name: name, kind: .counter, audience: audience),
                of: Counter.self
            ).bind().add()
        }
        let body = text(service().response(to: [:]))
        #expect(body.contains("\nscraped_total 1\n"))
        #expect(body.contains("\nshown_total 1\n"))
        #expect(!body.contains("pushed"))

        let transport = FakeTransport()
        try await bench.metricsPusher(transport).push()
        let names = try Wire.metricNames(try #require(transport.sent.first).request.body)
        #expect(names.contains("pushed") && names.contains("shown"))
        #expect(!names.contains("scraped"))
    }

    @Test func `one snapshot is made for each scrape`() {
        let count = Mutex(0)
        bench.registry.onCollect { count.withLock { $0 += 1 } }
        let service = service()
        for _ in 0..<3 { _ = service.response(to: [:]) }
        #expect(count.withLock { $0 } == 3)
    }

    /// Runs `body` with the port of a listener that serves the scrapes of a service.
    private func withListener(_ service: ScrapeService, _ body: (Int) async throws -> Void) async throws {
        var router = HTTPRouter()
        service.register(in: &router)
        let group = HTTPListener.makeEventLoops(1)
        var limits = HTTPLimits()
        // A machine that does much else takes its time.
        limits.answerTimeout = .seconds(300)
        let listener = try await HTTPListener.bind(
            HTTPListener.Configuration(limits: limits), router: router, group: group)
        let result: Result<Void, any Error>
        do {
            try await body(listener.port)
            result = .success(())
        } catch {
            result = .failure(error)
        }
        await listener.close(within: .milliseconds(100))
        try await group.shutdownGracefully()
        try result.get()
    }

    private func get(
        _ client: HTTPClient,
        _ port: Int,
        method: HTTPMethod = .get,
        headers: HTTPHeaders = [:]
    ) async throws -> HTTPClientResponse {
        let request = HTTPClientRequest(
            method: method, url: "http://127.0.0.1:\(port)/metrics", headers: headers, timeout: .seconds(300))
        return try await client.send(request).outcome.get()
    }

    /// Adds series of about 100 bytes of text each.
    private func addSeries(_ count: Int) {
        let family: Family<Counter> = bench.registry.family(
            InstrumentDescriptor(name: "many", kind: .counter, labels: ["k"], seriesLimit: count))
        for one in 0..<count { family("value with the number \(one)").add(UInt64(one)) }
    }

    @Test(arguments: [0, 20_000])
    func `what a listener serves is the whole answer, short or in many pieces`(count: Int) async throws {
        let service = service()
        addSeries(count)
        let client = HTTPClient()
        defer { client.shutdown() }
        try await withListener(service) { port in
            for accept in ["text/plain", "application/openmetrics-text"] {
                let plain = try await get(client, port, headers: ["Accept": accept])
                #expect(plain.status == 200)
                let lines = String(decoding: plain.body, as: UTF8.self).split(separator: "\n")
                #expect(lines.count { $0.hasPrefix("many_total{") } == count)
                #expect(lines.contains { $0.hasPrefix("things_total") })
                // A short answer has a length, so that it can be kept.
                #expect((plain.headers["Content-Length"] != nil) == (count == 0))
                let head = try await get(client, port, method: .head, headers: ["Accept": accept])
                #expect(head.status == 200 && head.body.isEmpty)
                #expect(head.headers["Content-Type"] == plain.headers["Content-Type"])
            }
        }
        #expect(bench.value("postmeter.scrape.duration", ["format": "text"]) == 2)
    }

    @Test func `pieces that are compressed one by one are one body`() throws {
        addSeries(30_000)
        let service = service()
        let response = service.response(to: ["Accept-Encoding": "gzip"])
        let body = try #require(Gzip.decompress(bytes(response), limit: 1 << 24))
        #expect(body.count > 20 * bytes(response).count / 10)
        let plain = bytes(service.response(to: [:]))
        // Nothing but the health of scrapes has changed in between, and with it the number of series.
        let changed = Set(body.split(separator: 0x0a)).symmetricDifference(plain.split(separator: 0x0a))
            .map { String(decoding: $0, as: UTF8.self) }
            .filter {
                !$0.contains("postmeter_scrape_duration_seconds") && !$0.hasPrefix("postmeter_series ")
            }
        #expect(changed == [])
    }

    @Test func `an answer is not compressed where that is switched off`() {
        let service = ScrapeService(
            registry: bench.registry, encoder: ExpositionEncoder(resource: Resource([])),
            health: bench.health,
            clock: bench.clock.clock, compresses: false)
        let response = service.response(to: ["Accept-Encoding": "gzip"])
        #expect(response.headers["Content-Encoding"] == nil)
        #expect(text(response).contains("postmeter_build_info"))
    }

    @Test func `too many scrapes at a time are refused and counted`() async throws {
        let gate = Gate()
        bench.registry.onCollect { gate.wait() }
        let service = service()
        var configuration = HTTPClient.Configuration()
        configuration.concurrency = 2 * ScrapeService.limit
        let client = HTTPClient(configuration)
        defer { client.shutdown() }
        try await withListener(service) { port in
            let statuses = await withTaskGroup(of: Int.self) { group in
                for _ in 0...ScrapeService.limit {
                    group.addTask { (try? await get(client, port).status) ?? 0 }
                }
                // The one that is refused is answered while the others wait.
                var statuses: [Int] = []
                for await status in group {
                    statuses.append(status)
                    gate.open()
                }
                return statuses
            }
            #expect(statuses == [503] + Array(repeating: 200, count: ScrapeService.limit))
        }
        #expect(bench.value("postmeter.scrape.refused") == 1)
    }
}
