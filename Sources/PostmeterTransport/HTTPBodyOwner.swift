/// Keeps the bytes of a request's body where they are as long as it lives.
///
/// Made by `HTTPRequest.withBodyBytesAndOwner`. Safe on any thread.
package final class HTTPBodyOwner: @unchecked Sendable {
    // Safe because it is never looked into. While it is held here, NIO copies before it writes to the bytes.
    private let storage: AnyObject

    init(_ storage: AnyObject) {
        self.storage = storage
    }
}
