internal import NIOCore
internal import Synchronization

/// The body of an answer, written piece by piece.
///
/// When the last reference is let go of before `finish()`, the body is cut short as by `abort()`. Safe on any
/// thread; pieces of one task follow each other, those of several come in any order.
package final class HTTPBodyStream: Sendable {
    /// Bytes that are handed on at once; a longer piece is cut.
    private static let pieceLimit = 65_536

    private let exchange: HTTPExchange
    private let framing: HTTPResponse.BodyFraming

    // A stream that was never begun has ended from the start.
    private let hasEnded: Atomic<Bool>

    /// Whether the peer takes a body: not after HEAD, and not with a status that has none.
    ///
    /// When false, the answer is complete, and what is written is thrown away.
    package let wantsBody: Bool

    /// Creates the stream of an exchange that `begin` was true of, or one that has ended.
    init(exchange: HTTPExchange, framing: HTTPResponse.BodyFraming, wantsBody: Bool, hasBegun: Bool) {
        self.exchange = exchange
        self.framing = framing
        self.wantsBody = wantsBody && hasBegun
        hasEnded = Atomic(!hasBegun)
    }

    deinit {
        abort()
    }

    /// Writes bytes, and returns when the peer has taken enough for the next ones.
    ///
    /// At most 64 KiB of a piece wait in the listener for the peer, and 64 KiB of what came before it. An empty
    /// piece writes nothing.
    ///
    /// - Throws: `HTTPStreamError`; what follows would not reach the peer either.
    package func write(_ bytes: [UInt8]) async throws {
        guard !hasEnded.load(ordering: .acquiring) else {
            throw HTTPStreamError.ended
        }
        guard wantsBody else {
            return
        }
        var start = 0
        while start < bytes.count {
            let end = min(start + Self.pieceLimit, bytes.count)
            try await exchange.write(framed(bytes[start..<end]), count: end - start)
            start = end
        }
    }

    /// Ends the body; without effect when it has ended.
    ///
    /// A body that is shorter than its length said is cut off.
    package func finish() {
        if end() {
            exchange.finishStream()
        }
    }

    /// Cuts the body short so that the peer sees it: the connection is reset.
    ///
    /// When nothing has been written yet, the request is answered 500.
    package func abort() {
        if end() {
            exchange.abortStream()
        }
    }

    private func end() -> Bool {
        !hasEnded.exchange(true, ordering: .acquiringAndReleasing)
    }

    /// The bytes as they go to the wire.
    private func framed(_ bytes: ArraySlice<UInt8>) -> ByteBuffer {
        guard framing == .chunked else {
            return ByteBuffer(bytes: bytes)
        }
        var buffer = ByteBufferAllocator().buffer(capacity: bytes.count + 12)
        buffer.writeString(String(bytes.count, radix: 16))
        buffer.writeStaticString("\r\n")
        buffer.writeBytes(bytes)
        buffer.writeStaticString("\r\n")
        return buffer
    }
}
