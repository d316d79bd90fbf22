package import NIOCore

/// The way to answer one request, from any thread, once; later answers are ignored.
///
/// When the last copy is let go of without an answer, the listener answers 500.
package struct HTTPResponder: Sendable {
    let exchange: HTTPExchange

    /// The loop that serves the connection.
    ///
    /// An answer given on it is written at once.
    package var eventLoop: any EventLoop { exchange.eventLoop }

    /// Answers the request.
    ///
    /// From a foreign thread this costs a wake-up of the loop: see `HTTPAnswerBatch`.
    package func respond(_ response: HTTPResponse) {
        exchange.answer(response)
    }
}
