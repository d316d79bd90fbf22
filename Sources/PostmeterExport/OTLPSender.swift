import PostmeterMetrics
import PostmeterModel
import PostmeterOTLP
import PostmeterTransport
import Synchronization

/// Posts encoded bodies of one signal to one target, understands the answers, and counts them.
///
/// What becomes of items that were not taken is the lane's to count.
final class OTLPSender: Sendable {
    /// How a request ended.
    struct Answer: Sendable {
        let result: ExportResult
        /// How long the receiver asked to be left alone, in nanoseconds.
        var retryAfter: UInt64?
    }

    let health: LaneHealth
    let clock: ExportClock
    private let target: OTLPTarget
    private let url: String
    /// The URL as messages name it.
    private let shownURL: String
    private let transport: any ExportTransport
    private let diagnostics: Diagnostics
    /// What was last reported; the same is not reported again before an export without a complaint.
    private let complaint = Mutex<String?>(nil)

    var signal: ExportSignal { health.signal }
    /// Whether bodies go out compressed.
    var compresses: Bool { target.compression == .gzip }

    init(
        to target: OTLPTarget,
        by transport: any ExportTransport,
        health: LaneHealth,
        clock: ExportClock,
        diagnostics: Diagnostics
    ) {
        self.target = target
        url = target.url(for: health.signal)
        shownURL = OTLPTarget.shown(url)
        self.transport = transport
        self.health = health
        self.clock = clock
        self.diagnostics = diagnostics
    }

    /// Posts a body with `items` points, spans or log records.
    ///
    /// - Parameters:
    ///   - isCompressed: Whether the body is gzip already.
    ///   - retry: How often and for how long it is tried; its deadline bounds each try as well.
    func send(_ body: [UInt8], items: Int, isCompressed: Bool = false, retry: RetryPolicy) async -> Answer {
        guard body.count <= OTLPTarget.bodyLimit else {
            let result = ExportResult.failed(reason: ExportResult.tooLarge, .refused)
            count(result, items: items)
            report(
                "a body of \(body.count) bytes is over the limit of \(OTLPTarget.bodyLimit); it was not sent"
            )
            return Answer(result: result)
        }
        var headers = target.headers
        headers.replace("Content-Type", with: "application/x-protobuf")
        var request = HTTPClientRequest(
            method: .post,
            url: url,
            headers: headers,
            body: body,
            gzip: compresses,
            timeout: min(target.timeout, retry.deadline ?? target.timeout)
        )
        request.isCompressed = isCompressed
        request.tls = target.tls
        let start = clock.now()
        let answer = await transport.send(request, retry: retry)
        let result = read(answer)
        health.record(duration: clock.seconds(since: start))
        health.countRetries(tries: answer.attempts)
        count(result, items: items)
        let retryAfter = answer.response.flatMap {
            RetryAfter.wait(in: $0.headers, now: Int64(clock.unix() / 1_000_000_000))
        }
        return Answer(result: result, retryAfter: retryAfter)
    }

    private func count(_ result: ExportResult, items: Int) {
        health.countRequest(result)
        switch result {
        case .accepted:
            health.countItems(accepted: items, rejected: 0)
        case .partial(let rejected):
            let refused = Int(min(rejected, Int64(items)))
            health.countItems(accepted: items - refused, rejected: refused)
        case .failed:
            return
        }
        health.showAccepted(at: clock.unix())
    }

    private func read(_ answer: HTTPClientResult) -> ExportResult {
        switch answer.outcome {
        case .failure(let error):
            report("\(error)")
            return ExportResult(failedBy: error, attempts: answer.attempts)
        case .success(let response) where (200..<300).contains(response.status):
            return readAccepted(response)
        case .success(let response):
            let message = OTLPReply.message(of: response.body)
            report("it answered \(response.status)" + (message.isEmpty ? "" : ": \(message)"))
            return ExportResult(failedWith: response.status, attempts: answer.attempts)
        }
    }

    private func readAccepted(_ response: HTTPClientResponse) -> ExportResult {
        let body = response.body
        let reply =
            switch signal {
            case .metrics: OTLPReply.metrics(body)
            case .traces: OTLPReply.traces(body)
            case .logs: OTLPReply.logs(body)
            }
        guard let reply else {
            if !body.isEmpty, let type = response.headers["Content-Type"], !Self.isReply(type) {
                // By the protocol it is a success; more likely the URL is that of something else.
                report("it answered \(response.status) with '\(type)', which is no reply of OTLP")
                return .accepted
            }
            if complaint.withLock({ $0.take() }) != nil {
                diagnostics.warn("push of \(signal) to \(shownURL) works again")
            }
            return .accepted
        }
        let refusal = reply.rejected > 0 ? "it refused \(reply.rejected) of them" : "it warns"
        report(reply.message.isEmpty ? refusal : "\(refusal): \(reply.message)")
        return reply.rejected > 0 ? .partial(rejected: reply.rejected) : .accepted
    }

    private static func isReply(_ contentType: String) -> Bool {
        let type = contentType.lowercased()
        return type.contains("protobuf") || type.contains("json") || type.contains("octet-stream")
    }

    /// Reports a complaint, unless it is the one that was reported last.
    private func report(_ message: String) {
        let isNew = complaint.withLock { last in
            defer { last = message }
            return last != message
        }
        if isNew {
            diagnostics.warn("push of \(signal) to \(shownURL): \(message)")
        }
    }
}
