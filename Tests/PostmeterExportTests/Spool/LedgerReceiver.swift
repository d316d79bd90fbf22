import PostmeterTransport
import Synchronization
import Testing

@testable import PostmeterExport

/// A receiver that writes down which log records reached it, in their order, and answers as told.
///
/// It outlives the processes that send to it.
final class LedgerReceiver: Sendable {
    /// What becomes of requests.
    enum Mood: Sendable, Equatable {
        case accepts
        /// Takes a request but for one of its records.
        case rejectsOne
        /// Turns requests away for now.
        case busy(status: Int, retryAfter: String?)
        case nobodyThere
        /// The request is lost on its way there.
        case lostBefore
        /// It is taken, and the answer is lost on its way back.
        case lostAfter
        case refuses(status: Int)

        /// Whether requests are looked into.
        var isRead: Bool {
            switch self {
            case .accepts, .rejectsOne, .lostAfter, .refuses: true
            case .busy, .nobodyThere, .lostBefore: false
            }
        }
    }

    /// A request that was taken.
    struct Taken: Sendable {
        let records: [Int]
        let isAnswered: Bool
        let isCompressed: Bool
    }

    private struct State {
        var mood = Mood.accepts
        var taken: [Taken] = []
        var refused = 0
        var requests = 0
        var underWay = 0
        var mostUnderWay = 0
    }

    private let state = Mutex(State())

    var mood: Mood {
        get { state.withLock { $0.mood } }
        set { state.withLock { $0.mood = newValue } }
    }
    var taken: [Taken] { state.withLock { $0.taken } }
    /// The records that were taken, each as often as it was.
    var records: [Int] { taken.flatMap(\.records) }
    /// How many records were refused for good.
    var refused: Int { state.withLock { $0.refused } }
    var requests: Int { state.withLock { $0.requests } }
    var mostUnderWay: Int { state.withLock { $0.mostUnderWay } }

    /// One process's way to the receiver, which ends with that process.
    func line() -> Line { Line(self) }

    final class Line: ExportTransport {
        private let receiver: LedgerReceiver
        private let isCut = Atomic<Bool>(false)

        init(_ receiver: LedgerReceiver) {
            self.receiver = receiver
        }

        /// Ends the process that uses it: nothing more gets through.
        func cut() {
            isCut.store(true, ordering: .relaxed)
        }

        func send(_ request: HTTPClientRequest, retry: RetryPolicy) async -> HTTPClientResult {
            if isCut.load(ordering: .relaxed) { return .failure(.cancelled, attempts: 0) }
            receiver.state.withLock { state in
                state.underWay += 1
                state.mostUnderWay = max(state.mostUnderWay, state.underWay)
            }
            await Task.yield()
            defer { receiver.state.withLock { $0.underWay -= 1 } }
            return receiver.answer(request)
        }
    }

    private func answer(_ request: HTTPClientRequest) -> HTTPClientResult {
        var records: [Int] = []
        do {
            if mood.isRead { records = try Self.records(in: request) }
        } catch {
            Issue.record("\(error)")
            return .status(400)
        }
        return state.withLock { [records] state in
            state.requests += 1
            let isTaken = [.accepts, .rejectsOne, .lostAfter].contains(state.mood)
            if isTaken {
                state.taken.append(
                    Taken(
                        records: records,
                        isAnswered: state.mood != .lostAfter,
                        isCompressed: request.isCompressed
                    )
                )
            }
            switch state.mood {
            case .accepts: return .status(200)
            // partial_success { rejected_log_records: 1 }
            case .rejectsOne: return .status(200, [0x0a, 2, 0x08, 1])
            case .busy(let status, let retryAfter):
                let headers: HTTPHeaders = retryAfter.map { ["Retry-After": $0] } ?? [:]
                return HTTPClientResult(
                    outcome: .success(HTTPClientResponse(status: status, headers: headers)),
                    attempts: 1,
                    nanoseconds: 1
                )
            case .nobodyThere: return .failure(.connectionRefused)
            case .lostBefore: return .failure(.connectionLost)
            case .lostAfter: return .failure(.timeout)
            case .refuses(let status):
                state.refused += records.count
                return .status(status)
            }
        }
    }

    /// The numbers of the log records in a request, whose bodies are `record <number>`.
    private static func records(in request: HTTPClientRequest) throws -> [Int] {
        var body = request.body
        if request.isCompressed {
            body = try #require(Gzip.decompress(body, limit: 64 << 20))
        }
        return try Wire.texts(body, [1, 2, 2, 5, 1]).map { text in
            try #require(Int(text.split(separator: " ").last ?? ""))
        }
    }
}
