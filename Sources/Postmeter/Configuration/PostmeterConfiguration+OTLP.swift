extension PostmeterConfiguration {
    /// A receiver of OTLP over HTTP.
    public struct OTLP: Sendable, Hashable {
        /// What is different for one signal; what is nil is as for all of them.
        public struct Signal: Sendable, Hashable {
            /// A URL of its own, used as it is.
            public var endpoint: String?
            /// Header fields of its requests, in place of those for all.
            public var headers: [String: String]?
            /// Whether its bodies are compressed with gzip.
            public var isCompressed: Bool?
            /// How long one try may take.
            public var timeout: Duration?
            /// Whether it is pushed at all.
            public var isPushed: Bool

            /// Describes what is different.
            public init(
                endpoint: String? = nil, headers: [String: String]? = nil, isCompressed: Bool? = nil,
                timeout: Duration? = nil, isPushed: Bool = true
            ) {
                self.endpoint = endpoint
                self.headers = headers
                self.isCompressed = isCompressed
                self.timeout = timeout
                self.isPushed = isPushed
            }
        }

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
        /// What is different for metrics.
        public var metrics = Signal()
        /// What is different for spans.
        public var traces = Signal()
        /// What is different for log records.
        public var logs = Signal()

        /// Names a receiver.
        public init(
            endpoint: String?, headers: [String: String] = [:], isCompressed: Bool = false,
            timeout: Duration = .seconds(10)
        ) {
            self.endpoint = endpoint
            self.headers = headers
            self.isCompressed = isCompressed
            self.timeout = timeout
        }

        /// Whether a signal has somewhere to go.
        func pushes(_ signal: Signal) -> Bool {
            signal.isPushed && (signal.endpoint ?? endpoint) != nil
        }
    }
}
