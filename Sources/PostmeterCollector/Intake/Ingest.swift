internal import CPrimitives
internal import NIOCore
internal import PostmeterFleet
internal import PostmeterJournal
internal import PostmeterMail
internal import PostmeterModel
internal import PostmeterTracing
internal import PostmeterTransport
internal import PostmeterWebhooks
internal import Synchronization

/// Takes webhooks: finds the endpoint, verifies the signature over the raw bytes, hands the envelope to the
/// journal, and answers 200 once its group is on disk.
///
/// Runs on the event loops. Every answer is counted in `email.webhook.requests`; what is not 200 says in a
/// JSON problem what is wrong.
final class Ingest: Sendable {
    /// The path that platforms post to.
    static let template = "/hooks/{endpoint}"

    private let endpoints: [String: Intake]
    private let hooks: MailHooks
    private let journal: Journal
    private let replies: GroupReplies
    private let tracer: Tracer
    private let fetcher: WebhookFetcher
    private let clock: ClockWatch
    /// Before this reading of the monotonic clock nothing is taken, since the journal took nothing.
    private let refusedUntil = Atomic<UInt64>(0)
    private let now: @Sendable () -> UnixTime

    /// How long requests are refused at their heads after the journal has refused one.
    ///
    /// Short enough to be back at once, and long enough for little to be verified in vain meanwhile.
    private static let pause: UInt64 = 50_000_000

    /// An endpoint with the handles that its answers are counted with.
    private final class Intake: Sendable {
        let endpoint: WebhookEndpoint
        let figures: WebhookInstruments

        init(endpoint: WebhookEndpoint, figures: WebhookInstruments) {
            self.endpoint = endpoint
            self.figures = figures
        }
    }

    /// A request on its way through, with the headers that its platform reads.
    private struct Attempt {
        let request: HTTPRequest
        let responder: HTTPResponder
        let intake: Intake
        let headers: WebhookHeaders
    }

    init(
        endpoints: [WebhookEndpoint], journal: Journal, replies: GroupReplies, hooks: MailHooks,
        tracer: Tracer, fetcher: WebhookFetcher, clock: ClockWatch,
        now: @escaping @Sendable () -> UnixTime
    ) {
        var known: [String: Intake] = [:]
        for endpoint in endpoints {
            let figures = hooks.webhook(
                endpoint: endpoint.route.endpoint, account: endpoint.route.account.account,
                provider: endpoint.provider)
            known[endpoint.route.endpoint] = Intake(endpoint: endpoint, figures: figures)
        }
        self.endpoints = known
        self.hooks = hooks
        self.journal = journal
        self.replies = replies
        self.tracer = tracer
        self.fetcher = fetcher
        self.clock = clock
        self.now = now
    }

    /// Adds the route that platforms post to.
    func register(in router: inout HTTPRouter) {
        router.on(
            .post, Self.template, bodyLimit: { self.bodyLimit(of: $0["endpoint"]) },
            isOpen: { self.isOpen },
            reject: { request, rejection in self.refuse(request, rejection) },
            handler: { request, responder in self.take(request, responder) })
    }

    /// Whether the journal is worth a try.
    private var isOpen: Bool {
        let until = refusedUntil.load(ordering: .relaxed)
        return until == 0 || pm_clock_monotonic() >= until
    }

    /// The largest body that an endpoint takes, in bytes: what its platform sends, as far as the journal takes it.
    private func bodyLimit(of endpoint: String?) -> Int {
        guard let known = endpoint.flatMap({ endpoints[$0] }) else { return WebhookLimit.eventBody }
        return min(known.endpoint.bodyLimit, max(0, journal.payloadLimit - Envelope.headBytesLimit))
    }

    private func take(_ request: HTTPRequest, _ responder: HTTPResponder) {
        let parent = TraceContext.parse(
            traceparent: request.headers["traceparent"], tracestate: request.headers["tracestate"])
        var span = tracer.startSpan("POST \(Self.template)", kind: .server, parent: parent)
        span.set("http.request.method", "POST")
        span.set("http.route", Self.template)
        span.set("url.scheme", request.isSecured ? "https" : "http")
        guard let name = request.parameters["endpoint"], let intake = endpoints[name] else {
            hooks.countUnknownEndpoint()
            return answer(
                responder, SpanHandle(span), .unknownEndpoint(request.parameters["endpoint"] ?? ""))
        }
        span.set(MailAttribute.endpoint, name)
        span.set(MailAttribute.provider, intake.endpoint.provider.rawValue)
        let attempt = Attempt(
            request: request, responder: responder, intake: intake,
            headers: Self.pick(intake.endpoint.readHeaders, from: request.headers))
        settle(attempt, judge(attempt), SpanHandle(span))
    }

    private func judge(_ attempt: Attempt) -> Verification {
        attempt.request.withBodyBytes {
            attempt.intake.endpoint.verifier.verify(attempt.headers, body: $0, now: now())
        }
    }

    /// Does what a verdict asks for; `mayFetch` is false once a certificate was fetched for it.
    private func settle(
        _ attempt: Attempt, _ verdict: Verification, _ span: SpanHandle, mayFetch: Bool = true
    ) {
        switch verdict {
        case .valid:
            accept(attempt, span)
        case .invalid(let failure) where failure.isOfTime && clock.jump != 0:
            postpone(attempt, span, "the clock of this machine jumped, so no signature's age can be told")
        case .invalid(let failure):
            attempt.intake.figures.count(.unauthorized)
            attempt.intake.figures.countRejection(reason: failure.word)
            let status = attempt.intake.endpoint.verifier.status(refusing: failure, attempt.headers)
            answer(attempt.responder, span, .unauthorized(failure, status: status))
        case .confirmation(let url):
            fetcher.confirm(url) { failure in
                attempt.request.eventLoop.execute { [self] in
                    guard let failure else { return accept(attempt, span) }
                    postpone(attempt, span, "the confirmation failed: \(failure.problem)")
                }
            }
        case .needsCertificate where !mayFetch:
            postpone(attempt, span, "the certificate of the signature cannot be used")
        case .needsCertificate(let url):
            fetcher.fetchCertificate(url) { failure in
                attempt.request.eventLoop.execute { [self] in
                    if let failure {
                        return postpone(
                            attempt, span,
                            "the certificate of the signature was not fetched: \(failure.problem)")
                    }
                    settle(attempt, judge(attempt), span, mayFetch: false)
                }
            }
        }
    }

    private func postpone(_ attempt: Attempt, _ span: SpanHandle, _ problem: String) {
        attempt.intake.figures.count(.postponed)
        answer(attempt.responder, span, .postponed(problem))
    }

    private func accept(_ attempt: Attempt, _ span: SpanHandle) {
        let endpoint = attempt.intake.endpoint
        if endpoint.verifier.isTimed { clock.confirm() }
        let headers = attempt.headers
        let envelope = Envelope(
            route: endpoint.routeText,
            headers: endpoint.keptHeaders.compactMap { name in headers[name].map { (name, $0) } },
            span: span.context.isSampled ? span.context : nil)
        append(
            envelope.encodedHead(), attempt.request, to: attempt.responder, attempt.intake, span: span)
    }

    private func append(
        _ head: [UInt8], _ request: HTTPRequest, to responder: HTTPResponder, _ intake: Intake,
        span: SpanHandle
    ) {
        let figures = intake.figures
        // There may be no room for a long body and enough for others.
        let isShort = request.body.readableBytes < Journal.heldBodyBytes
        let finish: Journal.Completion = { [self] result in
            switch result {
            case .success:
                figures.count(.accepted)
                Self.finish(span, status: 200)
                replies.add(.accepted, to: responder)
            case .failure(let error):
                if isShort, error == .full || error == .failing {
                    refusedUntil.store(pm_clock_monotonic() &+ Self.pause, ordering: .relaxed)
                }
                figures.count(.overloaded)
                Self.finish(span, status: 503)
                replies.add(.unavailable(error), to: responder)
            }
        }
        let isFirst = head.withUnsafeBytes { head in
            request.withBodyBytesAndOwner { body, owner in
                journal.append(
                    kind: JournalKind.envelope.rawValue, head: head, body: body, keptBy: owner(),
                    onDurable: finish)
            }
        }
        // After the other requests that the loop has read by now: one sync does for all of them.
        if isFirst { request.eventLoop.execute { [journal] in journal.push() } }
    }

    /// Counts and words a refusal that the listener decided on.
    private func refuse(_ request: HTTPRequest, _ rejection: HTTPRejection) -> HTTPResponse {
        let figures = request.parameters["endpoint"].flatMap { endpoints[$0]?.figures }
        func count(_ outcome: WebhookOutcome) {
            guard let figures else { return hooks.countUnknownEndpoint() }
            figures.count(outcome)
            if outcome != .overloaded { figures.countRejection(reason: outcome.rawValue) }
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
        case .late:
            // It waits for its group to be on disk, and counts when that ends one way or the other.
            return .late
        default:
            if (400..<500).contains(rejection.status) {
                figures?.countRejection(reason: rejection.status == 408 ? "timeout" : "malformed")
            }
            return .problem(status: rejection.status, detail: "The request was refused: \(rejection).")
        }
    }

    private func answer(_ responder: HTTPResponder, _ span: SpanHandle, _ response: HTTPResponse) {
        Self.finish(span, status: response.status)
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
