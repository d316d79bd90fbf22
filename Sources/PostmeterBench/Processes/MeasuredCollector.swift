internal import Glibc
internal import PostmeterTransport

/// A collector under load: its process, where it listens, and what it says of itself.
struct MeasuredCollector: Sendable {
    let process: ChildProcess
    /// The port that webhooks are posted to.
    let port: Int
    private let metrics: String
    private let client = HTTPClient(.init(userAgent: "postmeter-bench"))

    /// Starts a collector on a data folder and waits until it listens.
    ///
    /// - Parameter batchKey: The verification key of SendGrid's batches; nil takes none of them.
    init(data: String, batchKey: String? = nil) throws {
        let log = data + ".log"
        process = try ChildProcess(
            arguments: ["collector", "--data", data] + (batchKey.map { ["--batch-key", $0] } ?? []), log: log)
        let lines = process.lines { $0.contains("/metrics") }
        guard let port = Self.url("webhooks", in: lines).flatMap(Self.port),
            let url = Self.url("metrics", in: lines)
        else {
            process.stop()
            throw BenchmarkError("the collector did not start; it said:\n\(ProcFile(log).text)")
        }
        self.port = port
        metrics = url
    }

    /// Ends it.
    func stop() {
        client.shutdown()
        process.stop()
    }

    /// Its resident memory, in bytes.
    var residentBytes: Int { ProcFile.residentBytes(of: process.identifier) }

    /// Waits until all that it accepted is folded, and returns the sum of `email_events_total`.
    func foldedEvents() async throws -> Int {
        Int(Self.samples(of: "email_events_total", in: try await foldedScrape()).reduce(0) { $0 + $1.value })
    }

    /// Waits until all that it accepted is folded, and returns `email_events_total` by agent and event.
    func foldedEventsByAgent() async throws -> [String: [String: Int]] {
        var events: [String: [String: Int]] = [:]
        for sample in Self.samples(of: "email_events_total", in: try await foldedScrape())
        where sample.value > 0 {
            let agent = Self.label("email_agent", of: sample.labels)
            let event = Self.label("email_event", of: sample.labels)
            events[agent, default: [:]][event, default: 0] += Int(sample.value)
        }
        return events
    }

    /// The metrics once all that was accepted is folded.
    private func foldedScrape() async throws -> [UInt8] {
        for _ in 0..<6_000 {
            let text = try await scrape()
            if Self.samples(of: "email_journal_depth", in: text).allSatisfy({ $0.value == 0 }) { return text }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw BenchmarkError("the fold did not reach the end of the journal within ten minutes")
    }

    private func scrape() async throws -> [UInt8] {
        let result = await client.send(
            HTTPClientRequest(method: .get, url: metrics, timeout: .seconds(10)), retry: .none)
        guard let response = result.response, response.status == 200 else {
            throw BenchmarkError("\(metrics) cannot be read: \(result.outcome)")
        }
        return response.body
    }

    /// The samples of a metric in a scrape.
    private static func samples(of name: String, in text: [UInt8]) -> [(labels: String, value: Double)] {
        text.split(separator: 0x0a).compactMap { line in
            guard line.starts(with: name.utf8) else { return nil }
            let rest = line.dropFirst(name.utf8.count)
            guard rest.first == UInt8(ascii: "{") || rest.first == UInt8(ascii: " ") else { return nil }
            let value = rest.suffix(while: { $0 != 0x20 })
            return (
                String(decoding: rest.dropLast(value.count), as: UTF8.self),
                Double(String(decoding: value, as: UTF8.self)) ?? 0
            )
        }
    }

    /// The value of a label, which holds nothing that is escaped.
    private static func label(_ name: String, of labels: String) -> String {
        guard let start = labels.firstRange(of: "\(name)=\"") else { return "" }
        return String(labels[start.upperBound...].prefix { $0 != "\"" })
    }

    private static func url(_ what: String, in lines: [Substring]) -> String? {
        lines.first { $0.contains(what) }?.split(separator: " ").last.map(String.init)
    }

    private static func port(of url: String) -> Int? {
        url.split(separator: "/").dropFirst().first?.split(separator: ":").last.flatMap { Int($0) }
    }
}

extension BidirectionalCollection {
    /// The longest end of which all elements satisfy `isPart`.
    fileprivate func suffix(while isPart: (Element) -> Bool) -> SubSequence {
        var start = endIndex
        while start > startIndex, isPart(self[index(before: start)]) { start = index(before: start) }
        return self[start...]
    }
}
