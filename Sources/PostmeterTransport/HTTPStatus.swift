internal import NIOHTTP1

/// Facts about status codes.
enum HTTPStatus {
    /// The reason phrase of a status code, "Unknown" for one that is not registered.
    static func phrase(of status: Int) -> String {
        guard (100...599).contains(status) else {
            return "Unknown"
        }
        let phrase = HTTPResponseStatus(statusCode: status).reasonPhrase
        return phrase.isEmpty ? "Unknown" : phrase
    }

    /// Whether a response of this status has no body and no `Content-Length`.
    ///
    /// Source: RFC 9110, section 6.4.1.
    static func isBodiless(_ status: Int) -> Bool {
        status == 204 || status == 304 || (100...199).contains(status)
    }
}
