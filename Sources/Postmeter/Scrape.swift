/// The answer to a scrape, for a service that serves it on a port of its own.
public struct Scrape: Sendable, Hashable {
    /// The value of the `Content-Type` header.
    public let contentType: String
    /// The body, in UTF-8.
    public let body: [UInt8]

    /// The body as text.
    public var text: String {
        String(decoding: body, as: UTF8.self)
    }
}
