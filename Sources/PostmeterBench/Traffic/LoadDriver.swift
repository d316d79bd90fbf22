internal import NIOCore

/// Decides when the connections of a load generator send, and takes down what they hear; on its event loop.
protocol LoadDriver: AnyObject, SendableMetatype {
    /// Makes requests ready for a run.
    func sign(_ count: Int)

    /// How many connections there are.
    var openConnections: Int { get }

    /// Takes a connection in.
    func add(_ connection: LoadConnection)

    /// The next request for a connection, and the time that its latency counts from; nil when none is due.
    func take(into buffer: inout ByteBuffer, now: UInt64) -> UInt64?

    /// Notes an answer, after which the connection may send again.
    func note(_ answer: LoadAnswer, on connection: LoadConnection)

    /// Notes an answer to nothing: a connection that is turned away before it asks.
    func noteUnasked(saysWhenToRetry: Bool)

    /// Takes a connection out that was lost, and with it the answer to the request that was due at a time.
    func lose(_ connection: LoadConnection, due: UInt64?)
}
