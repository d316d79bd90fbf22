import PostmeterModel
import Synchronization

@testable import PostmeterSimulator

/// A clock that waits by going forward.
final class FakeClock: Sendable {
    private let time = Mutex<Int64>(0)

    var nanoseconds: Int64 { time.withLock { $0 } }

    func clock() -> SimulatorClock {
        SimulatorClock(
            now: { UnixTime(nanoseconds: UInt64(1_760_000_000_000_000_000 + self.nanoseconds)) },
            monotonic: { self.nanoseconds },
            sleep: { pause in
                self.time.withLock { $0 += pause }
                await Task.yield()
            }
        )
    }
}

/// A collector that answers what it is told to, and remembers what it got.
final class FakeCollector: WebhookSender {
    struct Request: Sendable {
        let id: String
        let timestamp: String
        let authorization: String
        let body: [UInt8]
        let answer: WebhookAnswer
    }

    private let requests = Mutex<(all: [Request], tries: [String: Int])>(([], [:]))
    private let answer: @Sendable (_ place: Int, _ tries: Int) -> WebhookAnswer

    /// - Parameter answer: the answer to a request, by its place among all and its place among those of its id.
    init(answer: @escaping @Sendable (Int, Int) -> WebhookAnswer = { _, _ in .status(200) }) {
        self.answer = answer
    }

    var all: [Request] { requests.withLock { $0.all } }

    func post(_ body: [UInt8], headers: [(name: String, value: String)]) async -> WebhookAnswer {
        let id = headers.first { $0.name == "svix-id" }?.value ?? ""
        let timestamp = headers.first { $0.name == "svix-timestamp" }?.value ?? ""
        let authorization = headers.first { $0.name == "Authorization" }?.value ?? ""
        return requests.withLock { requests in
            let tries = requests.tries[id, default: 0]
            requests.tries[id] = tries + 1
            let answer = answer(requests.all.count, tries)
            requests.all.append(
                Request(
                    id: id,
                    timestamp: timestamp,
                    authorization: authorization,
                    body: body,
                    answer: answer
                )
            )
            return answer
        }
    }

    func close() async {}
}
