internal import NIOCore
internal import Synchronization

/// One request that waits for its answer, and the share of the listener's limits that it holds meanwhile.
final class HTTPExchange: Sendable {
    let eventLoop: any EventLoop
    private let connection: NIOLoopBound<HTTPConnection>
    private let number: UInt64
    private let load: ListenerLoad
    private let bodyBytes: Int
    private let isAnswered = Atomic(false)

    /// Creates the exchange `number` of a connection; it takes over a place in flight and `bodyBytes` of `load`.
    init(
        connection: HTTPConnection,
        eventLoop: any EventLoop,
        number: UInt64,
        load: ListenerLoad,
        bodyBytes: Int
    ) {
        self.eventLoop = eventLoop
        self.connection = NIOLoopBound(connection, eventLoop: eventLoop)
        self.number = number
        self.load = load
        self.bodyBytes = bodyBytes
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
    func close() -> Bool {
        guard !isAnswered.exchange(true, ordering: .relaxed) else {
            return false
        }
        load.leave(bodyBytes: bodyBytes)
        return true
    }
}
