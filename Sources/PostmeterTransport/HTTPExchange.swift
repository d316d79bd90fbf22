internal import NIOCore
internal import Synchronization

/// One request that waits for its answer, and the share of the listener's limits that it holds meanwhile.
final class HTTPExchange: Sendable {
    /// What the peer understands of a body that is streamed.
    enum Peer: Sendable {
        case takesNoBody
        case takesChunks
        case readsUntilClose
    }

    let eventLoop: any EventLoop
    private let connection: NIOLoopBound<HTTPConnection>
    private let number: UInt64
    private let load: ListenerLoad
    private let bodyBytes: Int
    private let longBodyBytes: Int
    private let peer: Peer
    private let isAnswered = Atomic(false)

    /// Creates the exchange `number` of a connection; it takes over a place in flight, `bodyBytes` and
    /// `longBodyBytes` of `load`.
    init(
        connection: HTTPConnection,
        eventLoop: any EventLoop,
        number: UInt64,
        peer: Peer,
        load: ListenerLoad,
        bodyBytes: Int,
        longBodyBytes: Int
    ) {
        self.eventLoop = eventLoop
        self.connection = NIOLoopBound(connection, eventLoop: eventLoop)
        self.number = number
        self.peer = peer
        self.load = load
        self.bodyBytes = bodyBytes
        self.longBodyBytes = longBodyBytes
    }

    deinit {
        guard close() else {
            return
        }
        // Not written from here, even on the loop: the connection may be in the middle of handing the
        // request over.
        eventLoop.execute { [connection, number] in
            connection.value.complete(number, with: .unanswered)
        }
    }

    /// Writes the answer, on the loop; ignored when there was one.
    func answer(_ response: HTTPResponse) {
        guard close() else {
            return
        }
        if eventLoop.inEventLoop {
            connection.value.complete(number, with: response)
        } else {
            eventLoop.execute { [connection, number] in
                connection.value.complete(number, with: response)
            }
        }
    }

    /// Ends the exchange; false when it had ended.
    private func close() -> Bool {
        guard begin() else {
            return false
        }
        leave()
        return true
    }

    /// Begins an answer; false when there is one.
    private func begin() -> Bool {
        !isAnswered.exchange(true, ordering: .relaxed)
    }

    /// Gives back what the request holds of the listener's limits.
    private func leave() {
        load.leave(bodyBytes: bodyBytes, longBodyBytes: longBodyBytes)
    }
}

// MARK: Streams

extension HTTPExchange {
    /// Begins a streamed answer, which holds the request's place in flight until it ends.
    func stream(_ head: HTTPResponse, contentLength: Int?) -> HTTPBodyStream {
        let hasBody = peer != .takesNoBody && !HTTPStatus.isBodiless(head.status)
        let framing: HTTPResponse.BodyFraming =
            if let contentLength {
                .length(max(0, contentLength))
            } else {
                peer == .takesChunks ? .chunked : .untilClose
            }
        let hasBegun = begin()
        if hasBegun {
            onLoop { $0.beginStream($1, head: head, framing: framing, hasBody: hasBody) }
        }
        return HTTPBodyStream(exchange: self, framing: framing, wantsBody: hasBody, hasBegun: hasBegun)
    }

    /// Writes a piece of the body, as it goes to the wire, of `count` bytes.
    func write(_ piece: ByteBuffer, count: Int) async throws {
        let written = eventLoop.flatSubmit { [connection, number] in
            connection.value.writePiece(number, piece, count: count)
        }
        do {
            try await written.get()
        } catch let error as HTTPStreamError {
            throw error
        } catch {
            // The loop itself has ended.
            throw HTTPStreamError.closed
        }
    }

    func finishStream() {
        leave()
        onLoop { $0.finishStream($1) }
    }

    func abortStream() {
        leave()
        // Not from here, even on the loop: the last reference may be let go of in the middle of anything.
        eventLoop.execute { [connection, number] in
            connection.value.abortStream(number)
        }
    }

    private func onLoop(_ body: @escaping @Sendable (HTTPConnection, UInt64) -> Void) {
        if eventLoop.inEventLoop {
            body(connection.value, number)
        } else {
            eventLoop.execute { [connection, number] in
                body(connection.value, number)
            }
        }
    }
}
