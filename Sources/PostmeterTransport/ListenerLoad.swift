internal import Synchronization

/// What a listener's requests hold at this moment, and the limits of it.
///
/// Safe on any thread.
final class ListenerLoad: Sendable {
    private let requests = Atomic(0)
    private let bytes = Atomic(0)
    private let longBytes = Atomic(0)
    private let connections = Atomic(0)
    private let requestLimit: Int
    private let byteLimit: Int
    private let longByteLimit: Int
    private let connectionLimit: Int

    /// Requests that may wait however few connections there can be.
    private static let leastRequests = 64

    init(_ limits: HTTPLimits, connectionLimit: Int) {
        requestLimit = min(limits.requestsInFlight, max(connectionLimit / 2, Self.leastRequests))
        byteLimit = limits.bodyBytesInFlight
        longByteLimit = limits.longBodyBytesInFlight
        self.connectionLimit = connectionLimit
    }

    /// Whether there is no place in flight at this moment.
    var isFull: Bool { requests.load(ordering: .relaxed) >= requestLimit }

    /// Takes a place in flight; false when there is none.
    func enter() -> Bool {
        Self.take(1, of: requests, limit: requestLimit)
    }

    /// Gives a place in flight back, and the bytes of the request's body.
    func leave(bodyBytes: Int, longBodyBytes: Int) {
        requests.subtract(1, ordering: .relaxed)
        release(bodyBytes: bodyBytes, longBodyBytes: longBodyBytes)
    }

    /// Takes room for bytes of a body; false when there is none.
    func reserve(bodyBytes: Int) -> Bool {
        Self.take(bodyBytes, of: bytes, limit: byteLimit)
    }

    /// Takes room for bytes of a long body; false when there is none.
    func reserve(longBodyBytes: Int) -> Bool {
        Self.take(longBodyBytes, of: longBytes, limit: longByteLimit)
    }

    /// Gives room for bytes of a body back.
    func release(bodyBytes: Int, longBodyBytes: Int) {
        if bodyBytes > 0 {
            bytes.subtract(bodyBytes, ordering: .relaxed)
        }
        if longBodyBytes > 0 {
            longBytes.subtract(longBodyBytes, ordering: .relaxed)
        }
    }

    /// Counts a connection; false, and counted all the same, when there are too many.
    func open() -> Bool {
        connections.add(1, ordering: .relaxed).newValue <= connectionLimit
    }

    func closed() {
        connections.subtract(1, ordering: .relaxed)
    }

    /// Requests that wait for an answer, bytes of their bodies and of those the room for long ones, open
    /// connections.
    var present: (requests: Int, bytes: Int, longBytes: Int, connections: Int) {
        (
            requests.load(ordering: .relaxed), bytes.load(ordering: .relaxed),
            longBytes.load(ordering: .relaxed), connections.load(ordering: .relaxed)
        )
    }

    private static func take(_ amount: Int, of counter: borrowing Atomic<Int>, limit: Int) -> Bool {
        if counter.add(amount, ordering: .relaxed).newValue <= limit {
            return true
        }
        counter.subtract(amount, ordering: .relaxed)
        return false
    }
}
