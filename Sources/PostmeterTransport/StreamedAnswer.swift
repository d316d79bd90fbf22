internal import NIOCore

/// An answer whose body is being written piece by piece.
struct StreamedAnswer {
    let status: Int
    let framing: HTTPResponse.BodyFraming

    /// Status and fields, until they are on their way.
    var head: HTTPResponse?

    /// When the whole must have been taken, in nanoseconds of the monotonic clock.
    let deadline: UInt64

    /// Whether the head has said that the connection ends.
    var closes = false

    /// Bytes of the body that have been written.
    var bytes = 0

    /// Since when the peer has been waited for; nil when it is not.
    var stalledSince: UInt64?

    /// Writes that wait for the peer.
    var waiters: [EventLoopPromise<Void>] = []

    /// Bytes that the body must still have; nil when it may have any number.
    var remaining: Int? {
        if case .length(let length) = framing { length - bytes } else { nil }
    }
}
