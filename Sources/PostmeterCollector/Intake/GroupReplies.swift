internal import NIOCore
internal import PostmeterTransport
internal import Synchronization

/// Answers that became due with one group of the journal, sent with one hop to each event loop.
///
/// The journal's writer thread adds them one by one and then flushes; without this each answer would wake its
/// loop by itself.
final class GroupReplies: Sendable {
    private let batch = Mutex(HTTPAnswerBatch())

    /// Adds an answer; on the loop that serves the request it is given at once.
    func add(_ response: HTTPResponse, to responder: HTTPResponder) {
        if responder.eventLoop.inEventLoop {
            responder.respond(response)
        } else {
            batch.withLock { $0.add(response, to: responder) }
        }
    }

    /// Sends what was added.
    func flush() {
        batch.withLock { $0.send() }
    }
}
