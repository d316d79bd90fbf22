internal import Glibc

/// Sends requests on a thread of its own, over connections that are kept, and tries again what may be.
///
/// Redirects are not followed. Safe on any thread; `shutdown()` ends it, at the latest when it is let go of.
package final class HTTPClient: Sendable {
    /// Settings of a client.
    package struct Configuration: Sendable {
        package var userAgent: String

        /// How long a connection may take to be made.
        package var connectTimeout: Duration = .seconds(5)

        /// Requests on the wire at a time, and connections that are kept.
        package var concurrency = 16

        /// Requests that are waiting, on the wire or between two tries; one more is refused.
        package var pendingLimit = 1_024

        /// Bytes of their bodies, as they go out.
        package var pendingBytesLimit = 256 << 20

        /// Bytes of a response's body; a longer one ends the request with an error.
        ///
        /// OTLP asks for 4 MiB.
        package var responseBytesLimit = 4 << 20

        /// The URL of a proxy, empty for none; nil for the one that `http_proxy`, `https_proxy` and `no_proxy` of
        /// the environment name.
        package var proxy: String?

        package init(userAgent: String = "postmeter") {
            self.userAgent = userAgent
        }
    }

    /// Where a client takes time and chance from.
    package struct Clock: Sendable {
        /// Nanoseconds of a clock that never jumps.
        package var now: @Sendable () -> UInt64

        /// Seconds since 1970.
        package var wallSeconds: @Sendable () -> Int64

        /// A number from 0 up to 1.
        package var random: @Sendable () -> Double

        package init(
            now: @escaping @Sendable () -> UInt64,
            wallSeconds: @escaping @Sendable () -> Int64,
            random: @escaping @Sendable () -> Double
        ) {
            self.now = now
            self.wallSeconds = wallSeconds
            self.random = random
        }

        /// The system's clocks and random numbers.
        package static let system = Clock(
            now: MonotonicClock.now,
            wallSeconds: { Int64(time(nil)) },
            random: { .random(in: 0..<1) }
        )
    }

    private let inbox: ClientInbox?
    private let thread: JoinableThread?
    private let clock: Clock

    /// Starts a client.
    ///
    /// When the system denies it a thread, its requests fail with that reason.
    package init(_ configuration: Configuration = Configuration(), clock: Clock = .system) {
        self.clock = clock
        guard let multi = CurlMulti(concurrency: max(1, configuration.concurrency)) else {
            inbox = nil
            thread = nil
            return
        }
        let inbox = ClientInbox(
            multi: multi,
            pendingLimit: configuration.pendingLimit,
            pendingBytesLimit: configuration.pendingBytesLimit
        )
        thread = JoinableThread(name: "postmeter-http") {
            CurlDriver(multi: multi, inbox: inbox, configuration: configuration, clock: clock).run()
        }
        self.inbox = thread == nil ? nil : inbox
    }

    deinit {
        shutdown()
    }

    /// Requests that were taken and are not over.
    package var pending: Int { inbox?.pending ?? 0 }

    /// Sends a request.
    ///
    /// A body that is to be compressed is so on the calling thread.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - retry: When it is sent again.
    ///   - completion: Called once: on the client's thread, where it must not block, or before this returns
    ///     when the request is refused.
    package func send(
        _ request: HTTPClientRequest,
        retry: RetryPolicy = .none,
        completion: @escaping @Sendable (HTTPClientResult) -> Void
    ) {
        let job = ClientJob(request, policy: retry, started: clock.now(), completion: completion)
        let refusal =
            inbox.map { $0.put(job) } ?? HTTPClientError(.other, "the system gave no thread to send from")
        if let refusal {
            completion(HTTPClientResult(outcome: .failure(refusal), attempts: 0, nanoseconds: 0))
        }
    }

    /// Sends a request and waits for its end.
    package func send(_ request: HTTPClientRequest, retry: RetryPolicy = .none) async -> HTTPClientResult {
        await withCheckedContinuation { continuation in
            send(request, retry: retry) { continuation.resume(returning: $0) }
        }
    }

    /// Ends all requests with `cancelled`, and returns when the thread has ended.
    ///
    /// Later ones are refused.
    package func shutdown() {
        inbox?.close()
        thread?.join()
    }
}
