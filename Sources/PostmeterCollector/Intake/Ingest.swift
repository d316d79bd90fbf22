internal import NIOCore
internal import PostmeterFleet
internal import PostmeterJournal
internal import PostmeterMail
internal import PostmeterModel
internal import PostmeterTracing
internal import PostmeterTransport
internal import PostmeterWebhooks

/// Takes webhooks: finds the endpoint, verifies the signature over the raw bytes, hands the envelope to the
/// journal, and answers 200 once its group is on disk.
///
/// Runs on the event loops. Every answer is counted in `email.webhook.requests`; what is not 200 says in a
/// JSON problem what is wrong.
final class Ingest: Sendable {
    /// The largest body that is taken where nothing else is said, in bytes.
    static let bodyLimit = 1 << 20
    /// The path that platforms post to.
    static let template = "/hooks/{endpoint}"

    private let endpoints: [String: Intake]
    private let hooks: MailHooks
    private let journal: Journal
    private let replies: GroupReplies
    private let tracer: Tracer
    private let now: @Sendable () -> UnixTime

    /// An endpoint with the handles that its answers are counted with.
    private struct Intake: Sendable {
        let endpoint: WebhookEndpoint
        let figures: WebhookInstruments
    }

    init(
        endpoints: [WebhookEndpoint], journal: Journal, replies: GroupReplies, hooks: MailHooks,
        tracer: Tracer, now: @escaping @Sendable () -> UnixTime
    ) {
        var known: [String: Intake] = [:]
        for endpoint in endpoints {
            let figures = hooks.webhook(
                endpoint: endpoint.route.endpoint, account: endpoint.route.account.account,
                provider: MailProvider(rawValue: endpoint.route.provider))
            known[endpoint.route.endpoint] = Intake(endpoint: endpoint, figures: figures)
        }
        self.endpoints = known
        self.hooks = hooks
        self.journal = journal
        self.replies = replies
        self.tracer = tracer
        self.now = now
    }

    /// Adds the route that platforms post to.
    func register(in router: inout HTTPRouter) {
        router.on(
            .post, Self.template, bodyLimit: { self.bodyLimit(of: $0["endpoint"]) },
            reject: { request, rejection in self.refuse(request, rejection) },
            handler: { request, responder in self.take(request, responder) })
    }

    /// The largest body that an endpoint takes, in bytes: what its platform sends, as far as the journal takes it.
    private func bodyLimit(of endpoint: String?) -> Int {
        guard endpoint.flatMap({ endpoints[$0] }) != nil else { return Self.bodyLimit }
        return min(Self.bodyLimit, max(0, journal.payloadLimit - Envelope.headBytesLimit))
    }

    private func take(_ request: HTTPRequest, _ responder: HTTPResponder) {
        let parent = TraceContext.parse(
            traceparent: request.headers["traceparent"], tracestate: request.headers["tracestate"])
        var span = tracer.startSpan("POST \(Self.template)", kind: .server, parent: parent)
        span.set("http.request.method", "POST")
        span.set("http.route", Self.template)
        span.set("url.scheme", "http")
        guard let name = request.parameters["endpoint"], let intake = endpoints[name] else {
            hooks.countUnknownEndpoint()
            return answer(responder, span, .unknownEndpoint(request.parameters["endpoint"] ?? ""))
        }
        span.set(MailAttribute.endpoint, name)
        span.set(MailAttribute.provider, intake.endpoint.route.provider)
        let type = type(of: intake.endpoint.verifier)
        let headers = Self.pick(type.readHeaders, from: request.headers)
        let verdict = request.withBodyBytes {
            intake.endpoint.verifier.verify(headers, body: $0, now: now())
        }
        if case .invalid(let failure) = verdict {
            intake.figures.count(.unauthorized)
            return answer(responder, span, .unauthorized(failure))
        }
        let envelope = Envelope(
            route: intake.endpoint.routeText,
            headers: type.keptHeaders.compactMap { name in headers[name].map { (name, $0) } },
            span: span.context.isSampled ? span.context : nil)
        append(envelope.encodedHead(), request, to: responder, intake, span: SpanHandle(span))
    }

    private func append(
        _ head: [UInt8], _ request: HTTPRequest, to responder: HTTPResponder, _ intake: Intake,
        span: SpanHandle
    ) {
        let figures = intake.figures
        let finish: Journal.Completion = { [replies] result in
            switch result {
            case .success:
                figures.count(.accepted)
                Self.finish(span, status: 200)
                replies.add(.accepted, to: responder)
            case .failure(let error):
                figures.count(.overloaded)
                Self.finish(span, status: 503)
                replies.add(.unavailable(error), to: responder)
            }
        }
        head.withUnsafeBytes { head in
            request.withBodyBytesAndOwner { body, owner in
                journal.append(
                    kind: JournalKind.envelope.rawValue, head: head, body: body, keptBy: owner(),
                    onDurable: finish)
            }
        }
    }

    /// Counts and words a refusal that the listener decided on.
    private func refuse(_ request: HTTPRequest, _ rejection: HTTPRejection) -> HTTPResponse {
        let figures = request.parameters["endpoint"].flatMap { endpoints[$0]?.figures }
        func count(_ outcome: WebhookOutcome) {
            if let figures { figures.count(outcome) } else { hooks.countUnknownEndpoint() }
        }
        switch rejection {
        case .methodNotAllowed(let allowed):
            count(.methodNotAllowed)
            return .methodNotAllowed(allowed: allowed.map(\.rawValue).joined(separator: ", "))
        case .bodyTooLarge(let limit):
            count(.tooLarge)
            return .bodyTooLarge(limit: limit)
        case .overloaded, .unanswered:
            count(.overloaded)
            return .unavailable(nil)
        default:
            return .problem(status: rejection.status, detail: "The request was refused: \(rejection).")
        }
    }

    private func answer(_ responder: HTTPResponder, _ span: consuming Span, _ response: HTTPResponse) {
        span.set("http.response.status_code", response.status)
        span.end()
        responder.respond(response)
    }

    private static func finish(_ span: SpanHandle, status: Int) {
        span.update { span in
            span.set("http.response.status_code", status)
            if status >= 500 { span.setStatus(.error("")) }
        }
        span.end()
    }

    private static func pick(_ names: [String], from headers: HTTPHeaders) -> WebhookHeaders {
        var picked = WebhookHeaders()
        for name in names {
            if let value = headers[name] { picked.add(name, value) }
        }
        return picked
    }
}
