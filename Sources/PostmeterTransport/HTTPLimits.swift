/// What a listener lets a peer use up.
package struct HTTPLimits: Sendable {
    /// Bytes of one header field, name and value.
    package var headerFieldBytes = 8_192

    /// Bytes of the target and all header fields; on the wire 1 KiB more, for separators.
    package var headerBytes = 16_384

    /// Number of header fields, trailers included.
    package var headerFields = 64

    /// From the first byte of a head, or the start of the connection, to the head's end.
    package var headTimeout: Duration = .seconds(5)

    /// From the head's end to the body's; a long body has longer, see `longBodyBytesPerSecond`.
    package var bodyTimeout: Duration = .seconds(10)

    /// Without a request on an open connection.
    package var idleTimeout: Duration = .seconds(30)

    /// From the whole request to its handler's answer; then the listener answers 503.
    package var answerTimeout: Duration = .seconds(30)

    /// For the peer to take a response.
    package var writeTimeout: Duration = .seconds(30)

    /// For a peer to take the whole of an answer that is streamed.
    package var streamTimeout: Duration = .seconds(120)

    /// Answers that are streamed at the same time, divided among the event loops, at least one each.
    ///
    /// One more takes the place of that whose peer has been waited for longest; when none waits, it is
    /// answered 503.
    package var streams = 128

    /// After the last response, to let a peer that still sends read it.
    package var lingerTimeout: Duration = .seconds(2)

    /// Bytes that are read and thrown away meanwhile.
    package var lingerBytes = 8 << 20

    /// Open connections; one more takes the place of one whose peer is waited for.
    ///
    /// First of those that wait for a head, then for a peer to take a refusal or a response, then for a body; of
    /// several of that which has waited longest. When there is none, it is answered 503.
    package var connections = 8_192

    /// For a peer to do what it is waited for, before one connection too many may take its place first; of a peer
    /// that got an answer before, none takes it within this time.
    package var headStart: Duration = .seconds(1)

    /// Requests that wait for their handler's answer; one more is answered 503, from its head on.
    ///
    /// Not more than half of the connections, or 64 when those are fewer, so that whoever overloads the listener
    /// hears that it is to come later, as long as it can be told.
    package var requestsInFlight = 8_192

    /// Bytes of bodies that have arrived and are not answered; one more is answered 503.
    package var bodyBytesInFlight = 256 << 20

    /// Bytes of the longest body that is not a long one.
    package var shortBodyBytes = 1 << 20

    /// Bytes of long bodies that are on their way or not answered; one more is answered 503.
    ///
    /// A body of known length counts whole from its head on. Less than `bodyBytesInFlight`, so that short ones
    /// have the rest for themselves.
    package var longBodyBytesInFlight = 160 << 20

    /// For each second that a long body takes beyond `bodyTimeout`, so many bytes of it must have arrived.
    package var longBodyBytesPerSecond = 1 << 20

    package init() {}
}
