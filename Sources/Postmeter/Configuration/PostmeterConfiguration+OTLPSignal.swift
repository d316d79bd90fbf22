extension PostmeterConfiguration.OTLP {
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
        /// Whom to trust and what to show, in place of what is for all.
        public var tls: PostmeterConfiguration.TLS?
        /// The time from one push to the next; of spans and log records the most that one waits.
        public var interval: Duration?
        /// The time for all tries of one request together.
        public var deadline: Duration?
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
}
