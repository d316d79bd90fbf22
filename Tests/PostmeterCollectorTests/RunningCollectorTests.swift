import Crypto
import FoundationEssentials
import Logging
import PostmeterFleet
import PostmeterTransport
import PostmeterWebhooks
import Testing

@testable import PostmeterCollector

/// The whole collector in this process, over real sockets and a real disk.
@Suite struct RunningCollectorTests {
    static let key = Data("0123456789abcdef0123456789abcdef".utf8)

    func configuration(_ folder: String) -> CollectorConfiguration {
        let account = AccountPath(organization: "acme", account: "support")
        var configuration = CollectorConfiguration(
            data: folder + "/data",
            endpoints: [
                .init(
                    id: "acme-resend", provider: "resend", account: account,
                    secrets: ["whsec_" + Self.key.base64EncodedString()])
            ],
            fleet: FleetTree(organizations: [
                .init(id: "acme", accounts: [.init(id: "support", autoprovision: true)])
            ]), traceKey: "0123456789abcdef")
        configuration.listen.ingest = ListenAddress(host: "127.0.0.1", port: 0)
        configuration.listen.admin = ListenAddress(host: "127.0.0.1", port: 0)
        configuration.listen.scrape = ListenAddress(host: "127.0.0.1", port: 0)
        configuration.journal.segmentBytes = 4 << 20
        configuration.journal.byteLimit = 32 << 20
        configuration.journal.retainBytes = 8 << 20
        return configuration
    }

    /// Starts a collector, hands it to `body`, and stops it.
    func withCollector<T>(
        _ configuration: CollectorConfiguration, _ body: (RunningCollector, HTTPClient) async throws -> T
    ) async throws -> T {
        let targets = try CollectorExports.targets(configuration)
        let collector = try await RunningCollector.start(
            configuration, version: "test", log: CollectorLog(level: .critical, console: true, recorder: nil),
            recorder: nil, targets: targets)
        let client = HTTPClient()
        defer { client.shutdown() }
        do {
            let result = try await body(collector, client)
            await collector.stop()
            return result
        } catch {
            await collector.stop()
            throw error
        }
    }

    func post(
        _ body: String, id: String, to url: String, with client: HTTPClient, key: Data = Self.key,
        method: HTTPMethod = .post
    ) async -> HTTPClientResponse? {
        let seconds = String(Int(Date().timeIntervalSince1970))
        let signed = Data("\(id).\(seconds).\(body)".utf8)
        let code = HMAC<SHA256>.authenticationCode(for: signed, using: SymmetricKey(data: key))
        let headers = HTTPHeaders([
            ("svix-id", id), ("svix-timestamp", seconds),
            ("svix-signature", "v1,\(Data(code).base64EncodedString())"),
        ])
        let request = HTTPClientRequest(
            method: method, url: url, headers: headers, body: Array(body.utf8), gzip: false,
            timeout: .seconds(20))
        return await client.send(request).response
    }

    func get(_ url: String, with client: HTTPClient) async -> (status: Int, body: String)? {
        let request = HTTPClientRequest(
            method: .get, url: url, headers: [:], body: [], gzip: false, timeout: .seconds(20))
        return await client.send(request).response.map {
            (status: $0.status, body: String(decoding: $0.body, as: UTF8.self))
        }
    }

    /// The value of the first sample whose line begins so, with labels of its scope behind those that are named.
    func sample(_ start: String, in text: String) -> String? {
        text.split(separator: "\n").first { $0.hasPrefix(start) }?.split(separator: " ").last.map(String.init)
    }

    /// Asks until the fold has seen so many events.
    func scrape(until counted: Int, _ collector: RunningCollector, _ client: HTTPClient) async -> String {
        let line =
            "email_webhook_events_total{email_account=\"support\",email_provider=\"resend\",email_outcome=\"counted\","
        while true {
            let text =
                await get("http://\(collector.listeners.scrape.address)/metrics", with: client)?.body ?? ""
            if sample(line, in: text) == String(counted) { return text }
            await Task.yield()
        }
    }

    @Test func `webhooks from many clients at once are counted once each, across a restart`() async throws {
        try await withTemporaryFolder { folder in
            let settings = configuration(folder)
            let events =
                "email_events_total{email_organization=\"acme\",email_account=\"support\",email_domain=\"acme.example\",email_agent=\"triage\",email_provider=\"resend\",email_event=\"sent\","
            try await withCollector(settings) { collector, client in
                let url = "http://\(collector.listeners.ingest.address)/hooks/acme-resend"
                let statuses = await withTaskGroup(of: [Int].self) { group in
                    for sender in 0..<8 {
                        group.addTask {
                            var statuses: [Int] = []
                            for number in 0..<25 {
                                // Every fifth id is sent by two senders.
                                let id =
                                    number % 5 == 0 ? "shared-\(sender / 2)-\(number)" : "\(sender)-\(number)"
                                let body = ResendBody.outbound("sent", message: id)
                                statuses.append(
                                    await post(body, id: id, to: url, with: client)?.status ?? 0)
                            }
                            return statuses
                        }
                    }
                    return await group.reduce(into: []) { $0 += $1 }
                }
                #expect(statuses == Array(repeating: 200, count: 200))
                let text = await scrape(until: 180, collector, client)
                #expect(sample(events, in: text) == "180")
                #expect(
                    sample(
                        "email_webhook_requests_total{email_account=\"support\",email_provider=\"resend\",email_outcome=\"accepted\",",
                        in: text) == "200")
            }
            try await withCollector(settings) { collector, client in
                let url = "http://\(collector.listeners.ingest.address)/hooks/acme-resend"
                #expect(
                    await post(ResendBody.outbound("sent", message: "1-1"), id: "1-1", to: url, with: client)?
                        .status
                        == 200)
                let new = ResendBody.outbound("sent", message: "new")
                #expect(await post(new, id: "new", to: url, with: client)?.status == 200)
                let text = await scrape(until: 181, collector, client)
                #expect(sample(events, in: text) == "181")
            }
        }
    }

    @Test func `each refusal is a problem that names what is wrong, and is counted`() async throws {
        try await withTemporaryFolder { folder in
            try await withCollector(configuration(folder)) { collector, client in
                let base = "http://\(collector.listeners.ingest.address)/hooks"
                let other = Data("another key, which nobody gave us".utf8)
                let large = String(repeating: "x", count: WebhookLimit.eventBody + 1)
                let answers = [
                    await post("{}", id: "1", to: base + "/nobody", with: client),
                    await post("{}", id: "2", to: base + "/acme-resend", with: client, key: other),
                    await post("{}", id: "3", to: base + "/acme-resend", with: client, method: .put),
                    await post(large, id: "4", to: base + "/acme-resend", with: client),
                    await post("{}", id: "5", to: base + "/acme-resend", with: client),
                ]
                #expect(answers.map { $0?.status } == [404, 401, 405, 413, 200])
                for answer in answers.dropLast() {
                    #expect(answer?.headers["Content-Type"] == "application/problem+json")
                }
                #expect(answers[2]?.headers["Allow"] == "POST")
                #expect(
                    answers.last??.body.elementsEqual(Array(#"{"status":"accepted"}"#.utf8)) == true)
                let text =
                    await get("http://\(collector.listeners.scrape.address)/metrics", with: client)?.body
                    ?? ""
                for (outcome, account) in [
                    ("unknown_endpoint", "_unknown"), ("unauthorized", "support"),
                    ("method_not_allowed", "support"), ("too_large", "support"), ("accepted", "support"),
                ] {
                    let provider = account == "support" ? "resend" : "_unknown"
                    let line =
                        "email_webhook_requests_total{email_account=\"\(account)\",email_provider=\"\(provider)\",email_outcome=\"\(outcome)\","
                    #expect(sample(line, in: text) == "1", "\(outcome)")
                }
            }
        }
    }

    @Test func `health says live and ready`() async throws {
        try await withTemporaryFolder { folder in
            try await withCollector(configuration(folder)) { collector, client in
                let base = "http://\(collector.listeners.admin.address)"
                #expect(await get(base + "/livez", with: client)?.body == #"{"status":"live"}"#)
                while await get(base + "/readyz", with: client)?.status != 200 { await Task.yield() }
                #expect(
                    await get(base + "/readyz", with: client)?.body == #"{"status":"ready","reasons":[]}"#)
                #expect(
                    Readiness(reasons: [.catchingUp, .journalRefusing]).json
                        == #"{"status":"not_ready","reasons":["catching_up","journal_refusing"]}"#)
            }
        }
    }

    @Test func `a second collector on the same data is refused with the reason`() async throws {
        try await withTemporaryFolder { folder in
            let settings = configuration(folder)
            _ = try await withCollector(settings) { _, _ in
                await #expect(throws: (any Error).self) {
                    try await withCollector(settings) { _, _ in }
                }
            }
        }
    }
}
