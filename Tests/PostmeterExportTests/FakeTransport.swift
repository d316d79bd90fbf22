import PostmeterTransport
import Synchronization

@testable import PostmeterExport

/// A receiver that a test speaks for: it keeps what is sent, and answers as told.
final class FakeTransport: ExportTransport {
    typealias Answer = @Sendable (HTTPClientRequest, RetryPolicy) -> HTTPClientResult

    struct Sent: Sendable {
        let request: HTTPClientRequest
        let retry: RetryPolicy
    }

    private struct State {
        var sent: [Sent] = []
        var taken: [[UInt8]] = []
        var isHeld = false
        var held: [CheckedContinuation<Void, Never>] = []
        var underWay = 0
        var mostUnderWay = 0
        var watchers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())
    private let answer: Answer

    init(_ answer: @escaping Answer = { _, _ in .status(200) }) {
        self.answer = answer
    }

    var sent: [Sent] { state.withLock { $0.sent } }
    /// The bodies that were answered with 200, in their order.
    var taken: [[UInt8]] { state.withLock { $0.taken } }
    /// The most requests that were under way at a time.
    var mostUnderWay: Int { state.withLock { $0.mostUnderWay } }

    /// Lets requests wait until `release()`.
    func hold() {
        state.withLock { $0.isHeld = true }
    }

    func release() {
        let held = state.withLock { state in
            defer { state.held = [] }
            state.isHeld = false
            return state.held
        }
        held.forEach { $0.resume() }
    }

    /// Returns when so many requests have come.
    func reached(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.sent.count >= count { return true }
                state.watchers.append((count, continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
    }

    func send(_ request: HTTPClientRequest, retry: RetryPolicy) async -> HTTPClientResult {
        let (isHeld, reached) = state.withLock { state in
            state.sent.append(Sent(request: request, retry: retry))
            state.underWay += 1
            state.mostUnderWay = max(state.mostUnderWay, state.underWay)
            let count = state.sent.count
            let reached = state.watchers.filter { $0.count <= count }
            state.watchers.removeAll { $0.count <= count }
            return (state.isHeld, reached)
        }
        reached.forEach { $0.continuation.resume() }
        if isHeld {
            await withCheckedContinuation { continuation in
                let isReleased = state.withLock { state in
                    if !state.isHeld { return true }
                    state.held.append(continuation)
                    return false
                }
                if isReleased { continuation.resume() }
            }
        }
        // Whoever does not wait for the end of a request comes in between.
        for _ in 0..<3 { await Task.yield() }
        let answer = answer(request, retry)
        state.withLock { state in
            state.underWay -= 1
            if answer.response?.status == 200 { state.taken.append(request.body) }
        }
        return answer
    }
}

extension HTTPClientResult {
    static func status(_ status: Int, _ body: [UInt8] = [], attempts: Int = 1) -> HTTPClientResult {
        HTTPClientResult(
            outcome: .success(HTTPClientResponse(status: status, body: body)),
            attempts: attempts,
            nanoseconds: 1
        )
    }

    static func failure(_ kind: HTTPClientError.Kind, attempts: Int = 1) -> HTTPClientResult {
        HTTPClientResult(
            outcome: .failure(HTTPClientError(kind, "made up")),
            attempts: attempts,
            nanoseconds: 1
        )
    }
}
