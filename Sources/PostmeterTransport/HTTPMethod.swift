internal import NIOHTTP1

/// A request method, from a closed set, so that it may become the value of an attribute.
package enum HTTPMethod: String, Sendable, Hashable, CaseIterable {
    case get = "GET"
    case head = "HEAD"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"
    case options = "OPTIONS"
    /// Any other method; the text is what OpenTelemetry's conventions give it.
    case other = "_OTHER"
}

extension HTTPMethod {
    init(_ method: NIOHTTP1.HTTPMethod) {
        self =
            switch method {
            case .GET: .get
            case .HEAD: .head
            case .POST: .post
            case .PUT: .put
            case .PATCH: .patch
            case .DELETE: .delete
            case .OPTIONS: .options
            default: .other
            }
    }
}
