internal import NIOCore

extension HTTPResponse {
    /// How a peer learns where a body ends.
    enum BodyFraming: Sendable, Equatable {
        /// The body is in the response.
        case whole
        /// It follows, and has this many bytes.
        case length(Int)
        /// It follows in chunks.
        case chunked
        /// It follows, and ends with the connection; after HEAD, nothing says how long it would have been.
        case untilClose
    }

    /// What a connection adds to a response.
    struct Frame {
        var closes: Bool
        var confirmsKeepAlive: Bool
        var omitsBody: Bool
        var date: String
        var framing = BodyFraming.whole
    }

    /// Bodies up to this size are copied behind the head, which costs less than a second buffer to write.
    private static let copyLimit = 32_768

    /// The message as it goes to the wire, the body apart when it is large.
    func encode(
        _ frame: Frame,
        allocator: ByteBufferAllocator,
        warn: (String) -> Void
    ) -> (head: ByteBuffer, body: ByteBuffer?) {
        let hasBody = !HTTPStatus.isBodiless(status)
        let sendsBody = hasBody && !frame.omitsBody && body.readableBytes > 0
        let copies = sendsBody && body.readableBytes <= Self.copyLimit
        var bytes = allocator.buffer(capacity: 256 + 64 * headers.count + (copies ? body.readableBytes : 0))
        if status == 200 {
            bytes.writeStaticString("HTTP/1.1 200 OK\r\n")
        } else {
            bytes.writeString("HTTP/1.1 \(status) \(HTTPStatus.phrase(of: status))\r\n")
        }
        headers.forEach { name, value in
            if Self.isOwn(name) {
                return
            }
            guard HTTPHeaders.isValid(name: name, value: value) else {
                warn(
                    "The response field \(name.debugDescription) was left out: it would break the message apart."
                )
                return
            }
            bytes.writeString(name)
            bytes.writeStaticString(": ")
            bytes.writeString(value)
            bytes.writeStaticString("\r\n")
        }
        bytes.writeStaticString("Date: ")
        bytes.writeString(frame.date)
        if hasBody {
            frame.framing.write(bodyBytes: body.readableBytes, to: &bytes)
        }
        if frame.closes {
            bytes.writeStaticString("\r\nConnection: close\r\n\r\n")
        } else if frame.confirmsKeepAlive {
            bytes.writeStaticString("\r\nConnection: keep-alive\r\n\r\n")
        } else {
            bytes.writeStaticString("\r\n\r\n")
        }
        if copies {
            bytes.writeImmutableBuffer(body)
        }
        return (bytes, sendsBody && !copies ? body : nil)
    }

    /// Whether a field is the listener's own to set.
    private static func isOwn(_ name: String) -> Bool {
        switch name.utf8.count {
        case 4: HTTPHeaders.isSame(name, "Date")
        case 10: HTTPHeaders.isSame(name, "Connection")
        case 14: HTTPHeaders.isSame(name, "Content-Length")
        case 17: HTTPHeaders.isSame(name, "Transfer-Encoding")
        default: false
        }
    }
}

extension HTTPResponse.BodyFraming {
    /// Writes the field that says it, behind another field.
    fileprivate func write(bodyBytes: Int, to bytes: inout ByteBuffer) {
        switch self {
        case .whole:
            bytes.writeStaticString("\r\nContent-Length: ")
            bytes.writeString(String(bodyBytes))
        case .length(let length):
            bytes.writeStaticString("\r\nContent-Length: ")
            bytes.writeString(String(length))
        case .chunked:
            bytes.writeStaticString("\r\nTransfer-Encoding: chunked")
        case .untilClose:
            break
        }
    }
}
