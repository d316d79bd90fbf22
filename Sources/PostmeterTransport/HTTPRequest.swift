package import NIOCore

/// A request that has arrived whole, or as far as it came when it was refused.
package struct HTTPRequest: Sendable {
    /// The method as sent: a HEAD that a GET route serves says HEAD.
    package let method: HTTPMethod

    /// The path of the target, as sent.
    package let path: String

    /// What follows the target's first question mark, as sent.
    package let query: String?

    /// The template of the route, or an empty text when no route matched.
    package let template: String

    /// What the template's placeholders stood for.
    package let parameters: HTTPParameters

    package let headers: HTTPHeaders

    /// The body; empty when the request is refused.
    package let body: ByteBuffer

    /// The peer's IP address, or an empty text when there is none.
    package let remoteAddress: String

    /// Whether it came over TLS.
    package let isSecured: Bool

    /// The loop that serves the connection, on which handlers run.
    package let eventLoop: any EventLoop

    /// When the head was complete, in nanoseconds of the monotonic clock.
    package let received: UInt64

    /// Calls `body` with the bytes of the request's body, valid during the call.
    package func withBodyBytes<T>(_ body: (UnsafeRawBufferPointer) throws -> T) rethrows -> T {
        try self.body.withUnsafeReadableBytes(body)
    }

    /// Calls `body` with the bytes of the request's body, and with what makes an owner of them: as long as it
    /// lives, they stay where they are and as they are, also after the call.
    package func withBodyBytesAndOwner<T>(
        _ body: (UnsafeRawBufferPointer, _ owner: () -> HTTPBodyOwner) throws -> T
    ) rethrows -> T {
        try self.body.withUnsafeReadableBytesWithStorageManagement { bytes, storage in
            try body(bytes) { HTTPBodyOwner(storage.takeUnretainedValue()) }
        }
    }
}
