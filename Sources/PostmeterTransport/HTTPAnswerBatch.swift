internal import NIOCore

/// Answers that one thread gives together, with one wake-up for each event loop.
///
/// Not for use by two threads at once. What has been added and not sent stays unanswered.
package struct HTTPAnswerBatch {
    private struct Lane {
        let eventLoop: any EventLoop
        var answers: [(HTTPExchange, HTTPResponse)] = []
    }

    // There are as many lanes as loops, a few, so that searching them takes less time than hashing.
    private var lanes: [Lane] = []

    package init() {}

    /// Whether nothing waits to be sent.
    package var isEmpty: Bool {
        lanes.allSatisfy(\.answers.isEmpty)
    }

    /// Keeps an answer for the next `send()`.
    package mutating func add(_ response: HTTPResponse, to responder: HTTPResponder) {
        let exchange = responder.exchange
        if let index = lanes.firstIndex(where: { $0.eventLoop === exchange.eventLoop }) {
            lanes[index].answers.append((exchange, response))
        } else {
            lanes.append(Lane(eventLoop: exchange.eventLoop, answers: [(exchange, response)]))
        }
    }

    /// Hands the answers to their loops.
    package mutating func send() {
        for index in lanes.indices where !lanes[index].answers.isEmpty {
            let answers = lanes[index].answers
            lanes[index].answers = []
            lanes[index].answers.reserveCapacity(answers.count)
            lanes[index].eventLoop.execute {
                for (exchange, response) in answers {
                    exchange.answer(response)
                }
            }
        }
    }
}
