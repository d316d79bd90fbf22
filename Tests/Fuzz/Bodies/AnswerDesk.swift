import PostmeterTransport
import Synchronization

/// The handlers of a listener under test, and what they saw.
final class AnswerDesk: Sendable {
    private struct State {
        var served: [ListenerTalk.Served] = []
        var waiting: [(number: Int, responder: HTTPResponder)] = []
        var observed: [HTTPObservation] = []
    }

    private let plan: ListenerPlan
    private let state = Mutex(State())

    /// Makes handlers that answer by a plan.
    init(_ plan: ListenerPlan) {
        self.plan = plan
    }

    /// What is served: a path with a placeholder that takes a body, and one that takes none.
    var router: HTTPRouter {
        var router = HTTPRouter()
        router.on(.post, "/hooks/{endpoint}", bodyLimit: plan.bodyLimit) { self.take($0, $1) }
        router.on(.get, "/metrics") { self.take($0, $1) }
        return router
    }

    /// The requests that handlers saw.
    var served: [ListenerTalk.Served] { state.withLock(\.served) }

    /// The answers that the listener counted.
    var observed: [HTTPObservation] { state.withLock(\.observed) }

    /// Hears of an answer.
    func observe(_ observation: HTTPObservation) {
        state.withLock { $0.observed.append(observation) }
    }

    private func take(_ request: HTTPRequest, _ responder: HTTPResponder) {
        let number = state.withLock { state in
            let served = ListenerTalk.Served(
                method: request.method, path: request.path, fields: request.headers.count,
                body: request.withBodyBytes(Array.init))
            state.served.append(served)
            return state.served.count - 1
        }
        switch plan.answering {
        case .atOnce: answer(number, responder)
        case .never: break
        default: state.withLock { $0.waiting.append((number, responder)) }
        }
    }

    /// Answers all that wait, the last one twice.
    func answerAll() {
        let waiting = state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
        for (number, responder) in waiting { answer(number, responder) }
        if let last = waiting.last { answer(last.number, last.responder) }
    }

    /// Lets go of all that wait without an answer.
    func letGo() {
        state.withLock { $0.waiting = [] }
    }

    private func answer(_ number: Int, _ responder: HTTPResponder) {
        var response = HTTPResponse.text("served", status: 200)
        response.headers.add("X-Number", String(number))
        response.closesConnection = plan.closes
        responder.respond(response)
    }
}
