/// What the listener tells its owner about a request that it has answered.
package struct HTTPObservation: Sendable {
    /// The template of the route; nil when none matched or the head was not understood.
    package let template: String?

    package let method: HTTPMethod

    /// Whether the request came over TLS.
    package let isSecured: Bool

    /// The status code of the answer.
    package let status: Int

    /// From the complete head to the answer, or to the end of one that is streamed, in nanoseconds.
    package let nanoseconds: UInt64

    /// Bytes of the request's body that arrived.
    package let requestBytes: Int

    /// Bytes of the answer's body.
    package let responseBytes: Int

    /// Whether the answer was not cut short.
    package let isWhole: Bool
}
