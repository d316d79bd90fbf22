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

    /// Answers the request with a body that is written piece by piece.
    ///
    /// Status and fields go out with the first piece.
    ///
    /// - Parameters:
    ///   - status: The status code, 200 to 599.
    ///   - headers: The fields, as in `HTTPResponse`.
    ///   - contentLength: The bytes of the whole body, when they are known; without it the body goes out in
    ///     chunks, and to a peer of HTTP/1.0 until the connection closes.
    package func stream(
        status: Int = 200,
        headers: HTTPHeaders = [:],
        contentLength: Int? = nil
    ) -> HTTPBodyStream {
        exchange.stream(HTTPResponse(status: status, headers: headers), contentLength: contentLength)
    }
}
