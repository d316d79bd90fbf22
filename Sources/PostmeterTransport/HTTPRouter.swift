/// Which handler serves which path and method.
///
/// A template is a path such as `/hooks/{endpoint}`: a segment in braces stands for any one segment that is
/// not empty. Literal paths go before templates, templates in the order they were added.
package struct HTTPRouter: Sendable {
    /// Serves a request.
    ///
    /// Runs on the event loop, must not block, and may answer later from any thread.
    package typealias Handler = @Sendable (HTTPRequest, HTTPResponder) -> Void

    /// Shapes the response to a request that the listener refuses, and may count it.
    ///
    /// Runs on the event loop.
    package typealias Reject = @Sendable (HTTPRequest, HTTPRejection) -> HTTPResponse

    /// Says how many bytes the body of a request may have, by what its path names.
    ///
    /// Runs on the event loop, before anything of the body is read.
    package typealias BodyLimit = @Sendable (HTTPParameters) -> Int

    /// Says whether requests can be served at this moment; those that come while not are answered 503.
    ///
    /// Runs on the event loop, when the head of a request is complete.
    package typealias IsOpen = @Sendable () -> Bool

    struct Route: Sendable {
        let method: HTTPMethod
        let bodyLimit: BodyLimit
        let isOpen: IsOpen
        let reject: Reject?
        let handler: Handler
    }

    /// All routes of one template.
    struct Resource: Sendable {
        let template: PathTemplate
        var routes: [Route] = []

        /// The route that serves this method; HEAD is served by GET's.
        func route(for method: HTTPMethod) -> Route? {
            routes.first { $0.method == method }
                ?? (method == .head ? routes.first { $0.method == .get } : nil)
        }

        var allowed: [HTTPMethod] {
            var methods = routes.map(\.method)
            if methods.contains(.get), !methods.contains(.head) {
                methods.append(.head)
            }
            return methods
        }

        /// What shapes the refusal of a method that has no route.
        var reject: Reject? {
            routes.lazy.compactMap(\.reject).first
        }
    }

    private var literals: [String: Int] = [:]
    private var templates: [Int] = []
    private(set) var resources: [Resource] = []

    package init() {}

    /// Adds a route; a second one for the same template and method takes the place of the first.
    ///
    /// - Parameters:
    ///   - method: The method it serves; GET serves HEAD too.
    ///   - template: The path, see the type.
    ///   - bodyLimit: The bytes a body may have; a longer one is answered 413.
    ///   - reject: Shapes refusals of requests to this template; without it they are plain problems.
    ///   - handler: Serves the request.
    package mutating func on(
        _ method: HTTPMethod,
        _ template: String,
        bodyLimit: Int = 0,
        reject: Reject? = nil,
        handler: @escaping Handler
    ) {
        on(method, template, bodyLimit: { _ in bodyLimit }, reject: reject, handler: handler)
    }

    /// Adds a route whose requests may have bodies of different lengths.
    ///
    /// - Parameters:
    ///   - bodyLimit: The bytes that the body of one request may have; a longer one is answered 413.
    ///   - isOpen: Whether requests can be served at this moment.
    package mutating func on(
        _ method: HTTPMethod,
        _ template: String,
        bodyLimit: @escaping BodyLimit,
        isOpen: @escaping IsOpen = { true },
        reject: Reject? = nil,
        handler: @escaping Handler
    ) {
        let index = indexOfResource(template)
        resources[index].routes.removeAll { $0.method == method }
        resources[index].routes.append(
            Route(method: method, bodyLimit: bodyLimit, isOpen: isOpen, reject: reject, handler: handler)
        )
    }

    private mutating func indexOfResource(_ template: String) -> Int {
        if let index = resources.firstIndex(where: { $0.template.text == template }) {
            return index
        }
        let index = resources.count
        let parsed = PathTemplate(template)
        resources.append(Resource(template: parsed))
        if parsed.isLiteral {
            literals[template] = index
        } else {
            templates.append(index)
        }
        return index
    }

    /// What a path leads to.
    enum Match {
        case none
        /// The path fits a template, but a value in it is not percent-encoded UTF-8.
        case undecodable
        case found(Resource, HTTPParameters)
    }

    func match(_ path: String) -> Match {
        if let index = literals[path] {
            return .found(resources[index], HTTPParameters())
        }
        for index in templates {
            switch resources[index].template.match(path) {
            case .no: continue
            case .undecodable: return .undecodable
            case .yes(let parameters): return .found(resources[index], parameters)
            }
        }
        return .none
    }
}
