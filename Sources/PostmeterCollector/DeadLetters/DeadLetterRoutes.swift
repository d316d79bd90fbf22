internal import PostmeterMail
internal import PostmeterTransport

/// The routes of the admin listener under `/api/v1/deadletters`: list, show, replay and remove.
struct DeadLetterRoutes: Sendable {
    let desk: DeadLetterDesk
    /// What of the addresses in letters is shown.
    let mask: AddressMask
    /// Nanoseconds since the Unix epoch.
    let now: @Sendable () -> UInt64

    private static let root = "/api/v1/deadletters"
    /// Room for a thousand numbers.
    private static let bodyLimit = 64 << 10

    /// Adds the routes.
    func register(in router: inout HTTPRouter) {
        router.on(.get, Self.root) { request, responder in
            answer(responder) { () async throws(DeadLetterRefusal) in try await list(request) }
        }
        router.on(.delete, Self.root) { request, responder in
            answer(responder) { () async throws(DeadLetterRefusal) in try await remove(request) }
        }
        router.on(.post, Self.root + "/replay", bodyLimit: Self.bodyLimit) { request, responder in
            answer(responder) { () async throws(DeadLetterRefusal) in try await replay(request) }
        }
        router.on(.get, Self.root + "/{sequence}") { request, responder in
            answer(responder) { () async throws(DeadLetterRefusal) in
                let letter = try await desk.letter(Self.number(request))
                return .json(DeadLetterView(letter, mask: mask).json)
            }
        }
        router.on(.delete, Self.root + "/{sequence}") { request, responder in
            answer(responder) { () async throws(DeadLetterRefusal) in
                try await order(.remove, .numbers([Self.number(request)]))
            }
        }
    }

    private struct List: Encodable {
        var deadLetters: [DeadLetterView]
        var nextCursor: String?
        var folded: UInt64

        private enum CodingKeys: String, CodingKey {
            case folded
            case deadLetters = "dead_letters"
            case nextCursor = "next_cursor"
        }
    }

    private func list(_ request: HTTPRequest) async throws(DeadLetterRefusal) -> HTTPResponse {
        let query = try Self.checked { () throws(ConfigurationError) in
            try DeadLetterQuery(request.query, besides: ["limit", "cursor"], now: now())
        }
        let page = try await desk.page(
            query.criteria, below: query.cursor, limit: query.limit ?? DeadLetterQuery.page)
        return .json(
            DeadLetterView.json(
                List(
                    deadLetters: page.letters.map { DeadLetterView($0, mask: mask) },
                    nextCursor: page.cursor.map { String($0) }, folded: page.folded)))
    }

    private func replay(_ request: HTTPRequest) async throws(DeadLetterRefusal) -> HTTPResponse {
        // A page in a browser cannot send this type to another site without asking first.
        let type = request.headers["Content-Type"]?.prefix { $0 != ";" && $0 != " " } ?? ""
        guard type.lowercased() == "application/json" else {
            throw .wrong(
                status: 415, ConfigurationError(path: "Content-Type", problem: "must be application/json"))
        }
        let body = request.withBodyBytes { Array($0) }
        let selection = try Self.checked { () throws(ConfigurationError) in
            try DeadLetterRequest.selection(body, now: now())
        }
        return try await order(.replay, selection)
    }

    private func remove(_ request: HTTPRequest) async throws(DeadLetterRefusal) -> HTTPResponse {
        let selection = try Self.checked { () throws(ConfigurationError) in
            let query = try DeadLetterQuery(
                request.query, besides: ["sequences", "all", "limit"], now: now())
            return try DeadLetterSelection(
                numbers: query.numbers, query.criteria, isAll: query.isAll, limit: query.limit)
        }
        return try await order(.remove, selection)
    }

    private func order(
        _ action: DeadLetterOrder.Action, _ selection: DeadLetterSelection
    ) async throws(DeadLetterRefusal) -> HTTPResponse {
        let receipt = try await desk.order(action, selection)
        return .json(DeadLetterView.json(DeadLetterReceipt(receipt)), status: 202)
    }

    private static func number(_ request: HTTPRequest) throws(DeadLetterRefusal) -> UInt64 {
        try checked { () throws(ConfigurationError) in
            try DeadLetterCriteria.number(request.parameters["sequence"] ?? "", "sequence")
        }
    }

    /// Turns an error that names a field into a refusal.
    private static func checked<T>(
        _ body: () throws(ConfigurationError) -> T
    ) throws(DeadLetterRefusal) -> T {
        do throws(ConfigurationError) {
            return try body()
        } catch {
            throw .wrong(status: 400, error)
        }
    }

    /// Answers off the event loop, which must not wait for the disk.
    private func answer(
        _ responder: HTTPResponder,
        _ body: @escaping @Sendable () async throws(DeadLetterRefusal) -> HTTPResponse
    ) {
        Task {
            do throws(DeadLetterRefusal) {
                responder.respond(try await body())
            } catch {
                responder.respond(error.response)
            }
        }
    }
}
