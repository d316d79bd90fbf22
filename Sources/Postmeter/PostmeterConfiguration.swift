import Logging
public import PostmeterMail
public import PostmeterModel
public import PostmeterTracing

/// How a service records and where its telemetry goes.
///
/// Every setting can be made in code; ``fromEnvironment(_:)`` fills them from OpenTelemetry's variables.
public struct PostmeterConfiguration: Sendable {
    /// A receiver of OTLP over HTTP.
    public struct OTLP: Sendable, Hashable {
        /// The base URL, for example `http://127.0.0.1:4318`; `/v1/metrics` and `/v1/traces` are appended.
        public var endpoint: String
        /// Header fields of every request, to authorize it for example.
        public var headers: [String: String]
        /// Whether bodies are compressed with gzip.
        public var isCompressed: Bool
        /// How long one try may take.
        public var timeout: Duration

        /// Names a receiver.
        public init(
            endpoint: String, headers: [String: String] = [:], isCompressed: Bool = false,
            timeout: Duration = .seconds(10)
        ) {
            self.endpoint = endpoint
            self.headers = headers
            self.isCompressed = isCompressed
            self.timeout = timeout
        }
    }

    /// Where `GET /metrics` is served.
    public struct ScrapeAddress: Sendable, Hashable {
        /// A host name or IP address.
        public var host: String
        /// The port; 0 lets the system choose one.
        public var port: Int

        /// Names an address.
        public init(host: String = "127.0.0.1", port: Int = 9_464) {
            self.host = host
            self.port = port
        }
    }

    /// `service.name`; nil takes that of `resource`, or else `unknown_service:` and the program's name.
    public var serviceName: String?
    /// Further attributes of the service; they go before what is detected.
    public var resource: Resource
    /// Where metrics and spans are pushed; nil pushes nowhere.
    public var otlp: OTLP?
    /// The time from one push of metrics to the next.
    public var metricInterval: Duration
    /// The most time that an ended span waits until it is pushed.
    public var spanInterval: Duration
    /// Where scrapes are answered while ``Postmeter/run()`` runs; nil opens no port.
    public var scrape: ScrapeAddress?
    /// Which traces are recorded.
    public var sampler: Sampler
    /// The most spans that can be live or waiting at a time.
    public var spanCapacity: Int
    /// The secret that trace ids of messages are derived with.
    ///
    /// It is the same text in every service and collector of a fleet: 32 random bytes as hexadecimal digits, for
    /// example. Nil draws one, and then traces of this process do not join those of others.
    public var traceKey: String?
    /// What spans say of recipients.
    public var privacy: AddressPrivacy
    /// How many agents have figures of their own.
    public var agentLimit: Int
    /// Whether nothing is recorded as a span and nothing leaves the process.
    public var isDisabled: Bool
    /// Who is told when something is off; by default the swift-log logger `postmeter`.
    public var diagnostics: Diagnostics

    /// A configuration that pushes nowhere and opens no port.
    public init(serviceName: String? = nil) {
        self.serviceName = serviceName
        resource = Resource([])
        otlp = nil
        metricInterval = .seconds(60)
        spanInterval = .seconds(5)
        scrape = nil
        sampler = .parentBased(root: .alwaysOn)
        spanCapacity = 8_192
        traceKey = nil
        privacy = .hmac
        agentLimit = MailHooks.defaultAgentLimit
        isDisabled = false
        let logger = Logger(label: "postmeter")
        diagnostics = Diagnostics { logger.warning("\($0)") }
    }
}
