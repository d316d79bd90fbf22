public import PostmeterMetrics

extension PostmeterConfiguration {
    /// A receiver of OTLP over HTTP, with queues, retries and a fate of its own.
    public struct OTLP: Sendable, Hashable {
        /// What it is called in the figures of the exports and on disk: 1 to 63 of `a-z`, `0-9`, `_` and `-`.
        ///
        /// No two receivers have the same.
        public var name: String
        /// The base URL, for example `http://127.0.0.1:4318`; nil pushes those signals only that have their own.
        ///
        /// `/v1/metrics`, `/v1/traces` and `/v1/logs` are appended.
        public var endpoint: String?
        /// Header fields of every request, to authorize it for example.
        public var headers: [String: String]
        /// Whether bodies are compressed with gzip.
        public var isCompressed: Bool
        /// How long one try may take.
        public var timeout: Duration
        /// Whom to trust and what to show over HTTPS.
        public var tls = TLS()
        /// Whether it is pushed to at all.
        public var isEnabled = true
        /// Whether pushes carry sums since the beginning or differences; nil is as for all receivers.
        public var temporality: TemporalityPreference?
        /// The most bytes of a request before compression, 65536 to 67108864; what is more is split.
        public var bodyLimit = 4 << 20
        /// How much is kept on disk while the receiver is away; nil keeps nothing there.
        ///
        /// It takes a ``PostmeterConfiguration/spoolDirectory`` as well.
        public var spool: SpoolLimits? = SpoolLimits()
        /// What is different for metrics.
        public var metrics = Signal()
        /// What is different for spans.
        public var traces = Signal()
        /// What is different for log records.
        public var logs = Signal()

        /// Names a receiver.
        public init(
            name: String = "default", endpoint: String?, headers: [String: String] = [:],
            isCompressed: Bool = false, timeout: Duration = .seconds(10)
        ) {
            self.name = name
            self.endpoint = endpoint
            self.headers = headers
            self.isCompressed = isCompressed
            self.timeout = timeout
        }

        /// What ``bodyLimit`` can be.
        package static let bodyLimits = 64 << 10...64 << 20

        /// What is wrong with a text as a ``name``, as the rest of a sentence; nil when nothing is.
        package static func problem(ofName text: String) -> String? {
            let isName =
                (1...63).contains(text.utf8.count)
                && text.utf8.allSatisfy { byte in
                    switch byte {
                    case 0x30...0x39, 0x61...0x7a, UInt8(ascii: "_"), UInt8(ascii: "-"): true
                    default: false
                    }
                }
            guard isName else { return "is not 1 to 63 of a-z, 0-9, _ and -; rename it" }
            return text == ServiceTargets.consoleName ? "is the console's own name; rename it" : nil
        }

        /// Whether a signal has somewhere to go.
        package func pushes(_ signal: Signal) -> Bool {
            isEnabled && signal.isPushed && (signal.endpoint ?? endpoint) != nil
        }

        /// Whether any signal has somewhere to go.
        package var pushesAnything: Bool {
            pushes(metrics) || pushes(traces) || pushes(logs)
        }
    }
}
