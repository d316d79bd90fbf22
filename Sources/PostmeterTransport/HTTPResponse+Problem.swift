internal import NIOCore

extension HTTPResponse {
    /// A refusal as a JSON problem.
    ///
    /// Source: RFC 9457. Without a `type` of its own a problem is `about:blank`, and its title is then the
    /// phrase of its status.
    package static func problem(
        status: Int,
        type: String = "about:blank",
        title: String? = nil,
        detail: String,
        headers: HTTPHeaders = [:]
    ) -> HTTPResponse {
        var json = "{\"type\":"
        JSONText.append(type, to: &json)
        json += ",\"title\":"
        JSONText.append(title ?? HTTPStatus.phrase(of: status), to: &json)
        json += ",\"status\":\(status),\"detail\":"
        JSONText.append(detail, to: &json)
        json += "}"
        var response = HTTPResponse(status: status, headers: headers, body: ByteBuffer(string: json))
        response.headers.replace("Content-Type", with: "application/problem+json")
        response.headers.replace("X-Content-Type-Options", with: "nosniff")
        return response
    }
}
