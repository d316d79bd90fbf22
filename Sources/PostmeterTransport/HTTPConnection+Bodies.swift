internal import NIOCore

extension HTTPConnection {
    /// Bytes of a refused request's body that are read so that the connection can be kept.
    static let discardLimit = 65_536

    /// Takes room for a body whose head says that it is long; why there is none, otherwise.
    func reserveLongBody() -> HTTPRejection? {
        guard let length = incoming.framing.contentLength, length > shared.limits.shortBodyBytes else {
            return nil
        }
        guard shared.load.reserve(longBodyBytes: length) else {
            refusedBytes = length
            return Self.noRoomForLongBody
        }
        incoming.longBodyBytes = length
        return nil
    }

    private static let noRoomForLongBody = HTTPRejection.overloaded(
        "Too many bytes of long bodies are on their way; try again.")

    func receive(_ bytes: inout ByteBuffer) {
        let count = bytes.readableBytes
        incoming.bodyBytes += count
        guard incoming.bodyBytes <= incoming.bodyLimit else {
            abandonBody()
            refuse(.bodyTooLarge(limit: incoming.bodyLimit))
            return
        }
        guard shared.load.reserve(bodyBytes: count) else {
            abandonBody()
            refuse(.overloaded("Too many bytes of requests wait to be served; try again."))
            return
        }
        incoming.append(&bytes)
        if incoming.bodyBytes > shared.limits.shortBodyBytes {
            longBodyWent()
        }
    }

    /// More of a long body has come, for which the peer gets more time, and which takes up room unless its head
    /// has told.
    private func longBodyWent() {
        let more = incoming.bodyBytes - incoming.longBodyBytes
        if more > 0 {
            guard shared.load.reserve(longBodyBytes: more) else {
                refusedBytes = incoming.bodyLimit - incoming.bodyBytes
                abandonBody()
                refuse(Self.noRoomForLongBody)
                return
            }
            incoming.longBodyBytes += more
        }
        deadline = waitingSince &+ shared.timeouts.longBody(after: incoming.bodyBytes)
    }

    func discard(_ count: Int, of rejection: HTTPRejection) {
        incoming.bodyBytes += count
        if incoming.bodyBytes > Self.discardLimit {
            giveUpInput()
            refuse(rejection)
        }
    }

    /// Gives up a body that is not at its end, and with it the connection.
    func abandonBody() {
        releaseBody()
        giveUpInput()
    }

    /// Lets go of what has come of a body, and of the room that it takes up.
    func releaseBody() {
        shared.load.release(bodyBytes: incoming.body.readableBytes, longBodyBytes: incoming.longBodyBytes)
        incoming.body = ByteBuffer()
        incoming.longBodyBytes = 0
    }

    func giveUpInput() {
        keepsAlive = false
        leavesBytesUnread = true
    }

    /// What a peer hears whose body took too long.
    var bodyTimeoutText: String {
        let within = "The request's body did not arrive within \(shared.limits.bodyTimeout)"
        guard incoming.bodyBytes > shared.limits.shortBodyBytes else {
            return within + "."
        }
        return within + " and a second more for each \(shared.limits.longBodyBytesPerSecond) bytes of it."
    }
}
