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
            encoder: ExpositionEncoder(resource: Resource([Attribute("service.name", "test")])),
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

    @Test func `too many scrapes at a time are refused and counted`() async {
        let gate = Gate()
        bench.registry.onCollect { gate.wait() }
        let service = service()
        let statuses = Mutex<[Int]>([])
        await withCheckedContinuation { continuation in
            for index in 0..<(ScrapeService.limit + 1) {
                service.respond(to: [:]) { response in
                    let count = statuses.withLock { statuses in
                        statuses.append(response.status)
                        return statuses.count
                    }
                    if count == ScrapeService.limit + 1 { continuation.resume() }
                }
                if index == ScrapeService.limit { gate.open() }
            }
        }
        #expect(statuses.withLock { $0 } == [503] + Array(repeating: 200, count: ScrapeService.limit))
        #expect(bench.value("postmeter.scrape.refused") == 1)
    }
}
