internal import NIOCore
internal import NIOHTTP1

/// A request while it arrives.
struct IncomingRequest {
    let method: HTTPMethod
    let target: HTTPTarget
    let headers: HTTPHeaders
    let received: UInt64

    /// What its head says of its body and of the connection.
    let framing: Framing

    var template = ""
    var parameters = HTTPParameters()
    var route: HTTPRouter.Route?

    /// The bytes that its body may have.
    var bodyLimit = 0
    var reject: HTTPRouter.Reject?
    var body = ByteBuffer()

    /// Fields that its answer carries.
    var answerFields: [ListenerSecurity.HeaderField] = []

    /// Bytes of the body that have arrived, kept or not.
    var bodyBytes = 0

    /// Bytes of the room for long bodies that it holds: those of the whole body when its length is known, or
    /// those that have arrived.
    var longBodyBytes = 0

    init(_ head: HTTPRequestHead, received: UInt64) {
        method = HTTPMethod(head.method)
        target = HTTPTarget(head.uri)
        headers = HTTPHeaders(head.headers)
        framing = Framing(head)
        self.received = received
    }

    /// Stands where there is no request.
    static let none = IncomingRequest(unreadAt: 0)

    /// The request whose head could not be read.
    init(unreadAt received: UInt64) {
        method = .other
        target = HTTPTarget("")
        headers = [:]
        framing = Framing()
        self.received = received
    }

    /// Keeps a part of the body; the first one is not copied.
    ///
    /// A long body of known length gets its memory at once, which becomes real as it is written to; one of
    /// unknown length grows by doubling, for which the system moves the pages of long buffers.
    mutating func append(_ part: inout ByteBuffer) {
        guard body.readableBytes > 0 else {
            body = part
            return
        }
        if longBodyBytes > 0, let length = framing.contentLength {
            body.reserveCapacity(body.readerIndex + length)
        }
        body.writeBuffer(&part)
    }

    /// The request as handlers see it.
    func request(
        body: ByteBuffer, remoteAddress: String, isSecured: Bool, eventLoop: any EventLoop
    ) -> HTTPRequest {
        HTTPRequest(
            method: method,
            path: target.path,
            query: target.query,
            template: template,
            parameters: parameters,
            headers: headers,
            body: body,
            remoteAddress: remoteAddress,
            isSecured: isSecured,
            eventLoop: eventLoop,
            received: received
        )
    }
}

extension IncomingRequest {
    /// What a head says of how its message is framed.
    struct Framing {
        var isKeepAlive = false
        /// HTTP/1.0 keeps a connection only when both sides say so.
        var mustConfirmKeepAlive = false
        var hasBody = false
        var contentLength: Int?
        var expectsContinue = false
        var expectsOther = false
        var hosts = 0
        var needsHost = false
        /// The peer asks for another protocol, behind which the decoder reads nothing more.
        var isUpgrade = false

        /// How a peer that takes a body learns where one of unknown length ends.
        var streamPeer: HTTPExchange.Peer { mustConfirmKeepAlive ? .readsUntilClose : .takesChunks }

        init() {}

        init(_ head: HTTPRequestHead) {
            isKeepAlive = head.isKeepAlive
            needsHost = head.version != .http1_0
            mustConfirmKeepAlive = !needsHost
            isUpgrade = head.method == .CONNECT
            for field in head.headers {
                // The length is compared first, so most fields cost nothing.
                switch field.name.utf8.count {
                case 4 where HTTPHeaders.isSame(field.name, "Host"):
                    hosts += 1
                case 6 where HTTPHeaders.isSame(field.name, "Expect"):
                    if HTTPHeaders.isSame(field.value, "100-continue") {
                        expectsContinue = needsHost
                    } else {
                        expectsOther = true
                    }
                case 7 where HTTPHeaders.isSame(field.name, "Upgrade"):
                    isUpgrade = true
                case 14 where HTTPHeaders.isSame(field.name, "Content-Length"):
                    // The decoder has refused what is not a number; one past Int is past every limit.
                    let length = Int(field.value.filter { $0 != " " && $0 != "\t" }) ?? .max
                    contentLength = length
                    hasBody = length > 0
                case 17 where HTTPHeaders.isSame(field.name, "Transfer-Encoding"):
                    hasBody = true
                    // RFC 9112, section 6.1: whoever passed it on may see another end of the message than we do.
                    isKeepAlive = isKeepAlive && needsHost
                default:
                    break
                }
            }
        }
    }
}
