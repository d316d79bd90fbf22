import PostmeterMetrics
import PostmeterModel
import PostmeterOTLP
import PostmeterTransport
import Synchronization

/// Posts encoded bodies of one signal, understands the answers, and counts them.
final class OTLPSender: Sendable {
    let signal: ExportSignal
    let health: ExportHealth
    let clock: ExportClock
    private let target: OTLPTarget
    private let url: String
    private let transport: any ExportTransport
    private let diagnostics: Diagnostics
    /// What was last reported; the same is not reported again before an export without a complaint.
    private let complaint = Mutex<String?>(nil)

    init(
        _ signal: ExportSignal,
        to target: OTLPTarget,
        by transport: any ExportTransport,
        health: ExportHealth,
        clock: ExportClock,
        diagnostics: Diagnostics
    ) {
        self.signal = signal
        self.target = target
        url = target.url(for: signal)
        self.transport = transport
        self.health = health
        self.clock = clock
        self.diagnostics = diagnostics
    }

    /// Posts a body with `items` points, spans or log records.
    ///
    /// - Parameters:
    ///   - deadline: The time for all tries together.
    ///   - isLost: Whether the items are gone when the receiver does not take them; of metrics the next push
    ///     carries the sums again.
    func send(_ body: [UInt8], items: Int, deadline: Duration, isLost: Bool) async -> ExportResult {
        guard body.count <= OTLPTarget.bodyLimit else {
            let result = ExportResult.failed(reason: ExportResult.tooLarge, .refused)
            count(result, items: items, isLost: isLost)
            report(
                "a body of \(body.count) bytes is over the limit of \(OTLPTarget.bodyLimit); it was not sent"
            )
            return result
        }
        var headers = target.headers
        headers.replace("Content-Type", with: "application/x-protobuf")
        let request = HTTPClientRequest(
            method: .post,
            url: url,
            headers: headers,
            body: body,
            gzip: target.compression == .gzip,
            timeout: min(target.timeout, deadline)
        )
        let start = clock.now()
        let answer = await transport.send(request, retry: RetryPolicy(deadline: deadline))
        let result = read(answer)
        health.duration(signal).record(clock.seconds(since: start))
        health.countRetries(signal, tries: answer.attempts)
        count(result, items: items, isLost: isLost)
        return result
    }

    private func count(_ result: ExportResult, items: Int, isLost: Bool) {
        health.countRequest(signal, result)
        switch result {
        case .accepted:
            health.countItems(signal, accepted: items, rejected: 0)
        case .partial(let rejected):
            let refused = Int(min(rejected, Int64(items)))
            health.countItems(signal, accepted: items - refused, rejected: refused)
        case .failed(let reason, _):
            if isLost { health.countLost(signal, items, reason: reason) }
        }
    }

    private func read(_ answer: HTTPClientResult) -> ExportResult {
        switch answer.outcome {
        case .failure(let error):
            report("\(error)")
            return ExportResult(failedBy: error, attempts: answer.attempts)
        case .success(let response) where (200..<300).contains(response.status):
            return readAccepted(response.body)
        case .success(let response):
            let message = OTLPReply.message(of: response.body)
            report("it answered \(response.status)" + (message.isEmpty ? "" : ": \(message)"))
            return ExportResult(failedWith: response.status, attempts: answer.attempts)
        }
    }

    private func readAccepted(_ body: [UInt8]) -> ExportResult {
        let reply =
            switch signal {
            case .metrics: OTLPReply.metrics(body)
            case .traces: OTLPReply.traces(body)
            case .logs: OTLPReply.logs(body)
            }
        guard let reply else {
            if complaint.withLock({ $0.take() }) != nil {
                diagnostics.warn("push of \(signal) to \(url) works again")
            }
            return .accepted
        }
        let refusal = reply.rejected > 0 ? "it refused \(reply.rejected) of them" : "it warns"
        report(reply.message.isEmpty ? refusal : "\(refusal): \(reply.message)")
        return reply.rejected > 0 ? .partial(rejected: reply.rejected) : .accepted
    }

    /// Reports a complaint, unless it is the one that was reported last.
    private func report(_ message: String) {
        let isNew = complaint.withLock { last in
            defer { last = message }
            return last != message
        }
        if isNew {
            diagnostics.warn("push of \(signal) to \(url): \(message)")
        }
    }
}
