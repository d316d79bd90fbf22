internal import NIOCore
internal import NIOHTTP1

extension HTTPConnection {
    func process(_ item: Item) {
        switch (item, phase) {
        case (.part(.head(let head)), .idle), (.part(.head(let head)), .head):
            begin(head)
        case (.part(.body(var bytes)), .body):
            receive(&bytes)
        case (.part(.body(let bytes)), .discarding(let rejection)):
            discard(bytes.readableBytes, of: rejection)
        case (.part(.end), .body):
            dispatch()
        case (.part(.end), .discarding(let rejection)):
            refuse(rejection)
        case (.failure(let rejection), _):
            fail(rejection)
        case (.part, _):
            break
        }
    }

    /// The first bytes of a head are here: from now on it is short of time.
    func headBegan() {
        guard phase == .idle else {
            return
        }
        phase = .head
        deadline = MonotonicClock.now() &+ shared.timeouts.head
    }

    private func begin(_ head: HTTPRequestHead) {
        let now = MonotonicClock.now()
        incoming = IncomingRequest(head, received: now)
        keepsAlive = incoming.framing.isKeepAlive && !incoming.framing.isUpgrade
        leavesBytesUnread = false
        if let security = shared.security {
            authorize(by: security, now: now)
        } else {
            enter(now: now)
        }
    }

    /// Looks at who asks before what for.
    private func authorize(by security: ListenerGuard, now: UInt64) {
        guard let channelContext else {
            return
        }
        let settings = security.present
        incoming.answerFields = settings.security.headers
        exchangeNumber += 1
        let eventLoop = channelContext.eventLoop
        let admission = security.admit(incoming.headers, from: remoteAddress, under: settings) {
            [number = exchangeNumber, connection = NIOLoopBound(self, eventLoop: eventLoop)] admission in
            eventLoop.execute {
                connection.value.authorized(number, admission)
            }
        }
        phase = .authorizing
        deadline = now &+ shared.timeouts.answer
        settle(admission, now: now)
    }

    /// Takes what came of the credentials of exchange `number`.
    private func authorized(_ number: UInt64, _ admission: ListenerGuard.Admission) {
        if phase == .authorizing, number == exchangeNumber {
            settle(admission, now: MonotonicClock.now())
            drain()
        }
    }

    private func settle(_ admission: ListenerGuard.Admission, now: UInt64) {
        switch admission {
        case .admitted: enter(now: now)
        case .refused(let rejection): refuseEarly(rejection, now: now)
        case .pending: break
        }
    }

    /// Finds what is asked for, and takes the body.
    private func enter(now: UInt64) {
        if let rejection = route() ?? reserveLongBody() {
            refuseEarly(rejection, now: now)
            return
        }
        begin(.body, for: shared.timeouts.body, now: now)
        if incoming.framing.hasBody {
            gate.budget.boundBody(to: incoming.bodyLimit)
            if incoming.framing.expectsContinue {
                write("HTTP/1.1 100 Continue\r\n\r\n")
            }
        }
    }

    private static let overload = "Too many requests wait to be served; try again."

    /// Finds the route of the request; says why it cannot be served.
    private func route() -> HTTPRejection? {
        let framing = incoming.framing
        if framing.hosts > 1 || (framing.needsHost && framing.hosts == 0) {
            return .malformed("A request must have exactly one Host field; this one has \(framing.hosts).")
        }
        switch shared.router.match(incoming.target.path) {
        case .none:
            return .notFound
        case .undecodable:
            return .malformed("The path \(incoming.target.path.prefix(128)) is not percent-encoded UTF-8.")
        case .found(let resource, let parameters):
            incoming.template = resource.template.text
            incoming.parameters = parameters
            guard let route = resource.route(for: incoming.method) else {
                incoming.reject = resource.reject
                return .methodNotAllowed(allowed: resource.allowed)
            }
            incoming.route = route
            incoming.bodyLimit = route.bodyLimit(parameters)
            incoming.reject = route.reject
            // Before anything is done for it.
            guard !shared.load.isFull, route.isOpen() else { return .overloaded(Self.overload) }
        }
        if framing.expectsOther {
            return .unsupportedExpectation
        }
        if let length = framing.contentLength, length > incoming.bodyLimit {
            return .bodyTooLarge(limit: incoming.bodyLimit)
        }
        return nil
    }

    private func dispatch() {
        guard let route = incoming.route, let channelContext else {
            return
        }
        let body = incoming.body
        guard shared.load.enter() else {
            releaseBody()
            refuse(.overloaded(Self.overload))
            return
        }
        phase = .answering
        deadline = MonotonicClock.now() &+ shared.timeouts.answer
        exchangeNumber += 1
        streamFailure = .closed
        let exchange = HTTPExchange(
            connection: self,
            eventLoop: channelContext.eventLoop,
            number: exchangeNumber,
            peer: incoming.method == .head ? .takesNoBody : incoming.framing.streamPeer,
            load: shared.load,
            bodyBytes: body.readableBytes,
            longBodyBytes: incoming.longBodyBytes
        )
        let request = incoming.request(
            body: body,
            remoteAddress: remoteAddress,
            isSecured: isSecured,
            eventLoop: channelContext.eventLoop
        )
        // The handler's copy is then the only one, and can go before the answer comes.
        incoming.body = ByteBuffer()
        incoming.longBodyBytes = 0
        route.handler(request, HTTPResponder(exchange: exchange))
    }

    // MARK: Refusing

    /// Refuses a request at its head: at once when nothing follows or too much does, else behind its body.
    ///
    /// A peer that has no business here is not waited for in any case.
    private func refuseEarly(_ rejection: HTTPRejection, now: UInt64) {
        let framing = incoming.framing
        guard framing.hasBody else {
            begin(.discarding(rejection), for: shared.timeouts.body, now: now)
            return
        }
        if rejection == .unauthorized || framing.expectsContinue
            || (framing.contentLength ?? 0) > Self.discardLimit
        {
            giveUpInput()
            refuse(rejection)
        } else {
            gate.budget.boundBody(to: Self.discardLimit)
            begin(.discarding(rejection), for: shared.timeouts.body, now: now)
        }
    }

    /// Answers that the request cannot be read on, and ends the connection.
    private func fail(_ rejection: HTTPRejection) {
        switch phase {
        case .body:
            abandonBody()
        case .discarding:
            giveUpInput()
        default:
            incoming = IncomingRequest(unreadAt: MonotonicClock.now())
            giveUpInput()
        }
        refuse(rejection)
    }

    func refuse(_ rejection: HTTPRejection) {
        guard let channelContext else {
            return
        }
        var response =
            incoming.reject.map { reject in
                reject(
                    incoming.request(
                        body: ByteBuffer(),
                        remoteAddress: remoteAddress,
                        isSecured: isSecured,
                        eventLoop: channelContext.eventLoop
                    ),
                    rejection
                )
            } ?? rejection.problem(for: incoming)
        rejection.complete(&response)
        respond(response)
    }

    /// Takes an answer of `HTTPExchange`; ignored unless it is for the request that is being answered.
    func complete(_ number: UInt64, with response: HTTPResponse) {
        if phase == .answering, number == exchangeNumber {
            respond(response)
        }
    }

    /// Takes the news that nobody will answer.
    func complete(_ number: UInt64, with rejection: HTTPRejection) {
        if phase == .answering, number == exchangeNumber {
            shared.warn("The handler of \(incoming.template) let go of a request without an answer.")
            refuse(rejection)
        }
    }

    /// The deadline has passed.
    func expire(now: UInt64) {
        deadline = .max
        switch phase {
        case .head:
            fail(.timeout("The request's head did not arrive within \(shared.limits.headTimeout)."))
        case .body, .discarding:
            fail(.timeout(bodyTimeoutText))
        case .authorizing:
            giveUpInput()
            refuse(
                .overloaded("The password was not checked within \(shared.limits.answerTimeout); try again."))
        case .answering:
            // Its place in flight is given back only when the handler lets go of it.
            streamFailure = .timedOut
            refuse(.late("No answer within \(shared.limits.answerTimeout); try again."))
        case .streaming:
            cutStream(because: .timedOut)
        case .writing, .finishing:
            reset()
        case .idle, .lingering, .closed:
            closeNow()
        }
    }
}
