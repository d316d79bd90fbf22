package import NIOCore

/// A response with its whole body.
///
/// The listener adds `Content-Length`, `Date` and `Connection`; fields of these names are not taken from
/// `headers`. A field that could break the message apart is left out and reported.
package struct HTTPResponse: Sendable {
    /// The status code, 200 to 599.
    package var status: Int

    package var headers: HTTPHeaders

    package var body: ByteBuffer

    /// Whether the connection ends after this response; a client may ask for it too.
    package var closesConnection = false

    package init(status: Int, headers: HTTPHeaders = [:], body: ByteBuffer = ByteBuffer()) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    package init(status: Int, headers: HTTPHeaders = [:], bytes: some Sequence<UInt8>) {
        self.init(status: status, headers: headers, body: ByteBuffer(bytes: bytes))
    }

    /// A response of plain text, or of another kind of text that `contentType` names.
    package static func text(
        _ text: String,
        status: Int = 200,
        contentType: String = "text/plain; charset=utf-8"
    ) -> HTTPResponse {
        HTTPResponse(status: status, headers: ["Content-Type": contentType], body: ByteBuffer(string: text))
    }

    /// A response whose body is this JSON text.
    package static func json(_ json: String, status: Int = 200) -> HTTPResponse {
        text(json, status: status, contentType: "application/json")
    }
}
