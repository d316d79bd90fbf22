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
    init(data: String) throws {
        let log = data + ".log"
        process = try ChildProcess(arguments: ["collector", "--data", data], log: log)
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
        for _ in 0..<600 {
            let text = try await scrape()
            if Self.sum(of: "email_journal_depth", in: text) == 0 {
                return Int(Self.sum(of: "email_events_total", in: text))
            }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw BenchmarkError("the fold did not reach the end of the journal within a minute")
    }

    private func scrape() async throws -> [UInt8] {
        let result = await client.send(
            HTTPClientRequest(method: .get, url: metrics, timeout: .seconds(10)), retry: .none)
        guard let response = result.response, response.status == 200 else {
            throw BenchmarkError("\(metrics) cannot be read: \(result.outcome)")
        }
        return response.body
    }

    /// The sum of the samples of a metric in a scrape.
    private static func sum(of name: String, in text: [UInt8]) -> Double {
        var sum = 0.0
        for line in text.split(separator: 0x0a) where line.starts(with: name.utf8) {
            let next = line.dropFirst(name.utf8.count).first
            guard next == UInt8(ascii: "{") || next == UInt8(ascii: " ") else { continue }
            let value = line.suffix(while: { $0 != 0x20 })
            sum += Double(String(decoding: value, as: UTF8.self)) ?? 0
        }
        return sum
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
