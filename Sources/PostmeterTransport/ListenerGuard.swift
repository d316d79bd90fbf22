internal import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import Synchronization

/// Keeps a listener's security at hand, and up to date.
///
/// Safe on any thread.
final class ListenerGuard: Sendable {
    /// One state of it; a connection keeps the one that it began with for TLS, a request for the rest.
    final class Settings: Sendable {
        let security: ListenerSecurity
        let context: NIOSSLContext?
        let names: AllowedNames?

        /// Makes the state ready for use; a context whose TLS has not changed is kept, and its sessions with it.
        init(_ security: ListenerSecurity, before: Settings? = nil) throws(ListenerSecurityError) {
            self.security = security
            context =
                if let before, before.security.tls == security.tls {
                    before.context
                } else {
                    try security.tls?.makeContext()
                }
            names = security.tls?.clientNames.map(AllowedNames.init)
        }
    }

    /// What comes of a request's credentials.
    enum Admission {
        case admitted
        case refused(HTTPRejection)
        /// The answer comes later.
        case pending
    }

    private let source: ListenerSecuritySource
    private let address: String
    private let warn: @Sendable (String) -> Void
    private let settings: Mutex<Settings>
    private let gate = Mutex(RateGate())
    private let checker = PasswordChecker()
    private let isRefreshing = Mutex(())

    init(
        _ source: ListenerSecuritySource,
        address: String,
        warn: @escaping @Sendable (String) -> Void
    ) throws(ListenerSecurityError) {
        self.source = source
        self.address = address
        self.warn = warn
        settings = Mutex(try Settings(source.present))
    }

    /// What holds now.
    var present: Settings { settings.withLock(\.self) }

    /// Asks for changes every interval until the task is cancelled, on threads that may block.
    ///
    /// Not when connections come, since the first one after a change, however old, would be served what held before.
    func watch(on eventLoop: any EventLoop) -> RepeatedTask {
        // A task without an interval would leave the loop no time for anything else.
        let interval = TimeAmount.nanoseconds(Int64(clamping: max(source.interval, 1_000_000)))
        return eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in
            NIOThreadPool.singleton.submit { pool in
                if case .active = pool {
                    self.refresh()
                }
            }
        }
    }

    /// Asks for changes now; not for event loops.
    func refresh() {
        isRefreshing.withLockIfAvailable { _ in
            let before = settings.withLock(\.self)
            do {
                guard let changed = try source.changes() else {
                    return
                }
                guard (changed.tls == nil) == (before.security.tls == nil) else {
                    throw ListenerSecurityError(.other, "TLS cannot be turned on or off before a restart.")
                }
                guard changed.asksWhoIsThere || !before.security.asksWhoIsThere else {
                    throw ListenerSecurityError(
                        .other,
                        "A listener that asks who is there cannot be opened to everyone before a restart."
                    )
                }
                let after = try Settings(changed, before: before)
                settings.withLock { $0 = after }
            } catch {
                warn("\(address) keeps its certificates and users as they were: \(error)")
            }
        }
    }

    /// Whether a request may be looked at, by rate and credentials; `answer` is called when that takes time.
    func admit(
        _ headers: HTTPHeaders,
        from address: String,
        under settings: Settings,
        answer: @escaping @Sendable (Admission) -> Void
    ) -> Admission {
        if let limit = settings.security.rateLimit {
            let now = source.now()
            guard gate.withLock({ $0.take(limit, now: now) }) else {
                return .refused(.tooManyRequests)
            }
        }
        let users = settings.security.users
        guard !users.isEmpty else {
            return .admitted
        }
        guard let field = headers["Authorization"], let credentials = BasicCredentials(field) else {
            return .refused(.unauthorized)
        }
        let known = checker.check(credentials, from: address, users: users) { isRight in
            answer(Self.admission(isRight))
        }
        return known.map(Self.admission) ?? .pending
    }

    private static func admission(_ isRight: Bool?) -> Admission {
        switch isRight {
        case true: .admitted
        case false: .refused(.unauthorized)
        case nil: .refused(.overloaded("Too many passwords are being checked; try again."))
        }
    }
}

extension ListenerGuard.Settings {
    /// What a new connection starts with, in order; nothing for plain HTTP.
    func makeHandlers() -> [any ChannelHandler] {
        guard let context, let tls = security.tls else {
            return []
        }
        let handler =
            switch tls.clientAuthentication {
            case .requestClientCert, .requireAnyClientCert:
                NIOSSLServerHandler(
                    context: context,
                    customVerificationCallback: { _, promise in
                        promise.succeed(.certificateVerified)
                    })
            case .noClientCert, .verifyClientCertIfGiven, .requireAndVerifyClientCert:
                NIOSSLServerHandler(context: context)
            }
        guard let names else {
            return [PlainTextDoor(), handler]
        }
        return [PlainTextDoor(), handler, ClientNameGate(names: names, tls: handler)]
    }
}
