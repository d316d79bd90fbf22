public import Logging
public import PostmeterMail
public import PostmeterMetrics
public import PostmeterModel
public import PostmeterTracing

/// How a service records and where its telemetry goes.
///
/// Every setting can be made in code; ``fromEnvironment(_:)`` fills them from OpenTelemetry's variables.
public struct PostmeterConfiguration: Sendable {
    // What emits.

    /// `service.name`; nil takes that of `resource`, or else `unknown_service:` and the program's name.
    public var serviceName: String?
    /// Further attributes of the service; they go before what is detected.
    public var resource: Resource
    /// Whether the resource says what is detected of process, system, host and container.
    public var detectsResource: Bool
    /// Whether there are figures of the process: its processor time, memory, threads and open files.
    public var recordsProcess: Bool

    // Where it goes.

    /// Where metrics, spans and log records are pushed; none pushes nowhere.
    public var targets: [OTLP]
    /// A folder for what a receiver does not take, until it is back; nil keeps it in memory alone.
    ///
    /// It belongs to one process. Each receiver has a folder in it, within its own ``OTLP/spool`` limits.
    public var spoolDirectory: String?
    /// The time for the last pushes when the service ends; what did not go by then is spooled, or lost and counted.
    public var shutdownTimeout: Duration
    /// What is written to standard output too, a line of JSON for each push: to look at, not to keep.
    public var console: Signals
    /// Where scrapes are answered while ``Postmeter/run()`` runs; nil opens no port.
    public var scrape: ScrapeAddress?
    /// How scrapes are answered.
    public var exposition: Exposition

    // Metrics.

    /// The time from one push of metrics to the next.
    public var metricInterval: Duration
    /// The time for all tries of one push of metrics together; nil is the receiver's timeout.
    public var metricTimeout: Duration?
    /// Whether pushes carry sums since the beginning or differences.
    public var temporality: TemporalityPreference
    /// What is changed about instruments, by name; the first view that matches one holds.
    public var views: [MetricView]
    /// The limits of exponential histograms, which all histograms are that no view describes; nil makes
    /// histograms with the bounds that they are given.
    public var exponentialHistograms: ExponentialLimits?
    /// Which measurements are kept as examples that name their span; `alwaysOff` makes recording cheapest.
    public var exemplars: ExemplarFilter
    /// Upper bounds of the buckets of swift-metrics' timers, in seconds.
    public var timerBounds: [Double]
    /// Upper bounds of the buckets of swift-metrics' recorders.
    public var recorderBounds: [Double]

    // Spans.

    /// Which traces are recorded.
    public var sampler: Sampler
    /// How much a span holds.
    public var spanLimits: SpanLimits
    /// How ended spans go out; the capacity holds live ones too.
    public var spans: Batches
    /// What crosses process boundaries with swift-distributed-tracing.
    public var propagators: [Propagator]
    /// Whether spans and log records keep the texts of errors, which may name a person or an address.
    public var recordsErrorMessages: Bool

    // Log records.

    /// How much a log record holds; of the limits those of attributes count.
    public var logLimits: SpanLimits
    /// How log records go out.
    public var logs: Batches
    /// The level of loggers of swift-log that set none themselves.
    public var logLevel: Logger.Level

    /// What adds to the metadata of all loggers that ``Postmeter/bootstrap(_:systems:)`` sets up.
    public var metadataProvider: Logger.MetadataProvider?
    /// Whether those loggers write to standard error too.
    public var logsToStandardError: Bool

    // Mail.

    /// The secret that trace ids of messages are derived with.
    ///
    /// It is the same text in every service and collector of a fleet: 32 random bytes as hexadecimal digits, for
    /// example. Nil draws one, and then traces of this process do not join those of others.
    public var traceKey: String?
    /// What spans say of recipients.
    public var privacy: AddressPrivacy
    /// Which mail events become log records, when log records go anywhere.
    public var events: EventLogging
    /// How many agents have figures of their own.
    public var agentLimit: Int

    /// Whether nothing is recorded as a span or log record and nothing leaves the process.
    public var isDisabled: Bool
    /// Who is told when something is off; by default the swift-log logger `postmeter`.
    public var diagnostics: Diagnostics

    /// A configuration that pushes nowhere and opens no port.
    public init(serviceName: String? = nil) {
        self.serviceName = serviceName
        resource = Resource([])
        detectsResource = true
        recordsProcess = true
        targets = []
        spoolDirectory = nil
        shutdownTimeout = .seconds(10)
        console = []
        scrape = nil
        exposition = Exposition()
        metricInterval = .seconds(60)
        metricTimeout = nil
        temporality = .cumulative
        views = []
        exponentialHistograms = nil
        exemplars = .traceBased
        timerBounds = SwiftMetricsFactory.defaultTimerBounds
        recorderBounds = SwiftMetricsFactory.defaultRecorderBounds
        sampler = .parentBased(root: .alwaysOn)
        spanLimits = .standard
        spans = Batches(interval: .seconds(5), capacity: 8_192)
        propagators = [.traceContext, .baggage]
        recordsErrorMessages = false
        logLimits = .standard
        logs = Batches(interval: .seconds(1), capacity: 4_096)
        logLevel = .info
        metadataProvider = nil
        logsToStandardError = true
        traceKey = nil
        privacy = .hmac
        events = .failures
        agentLimit = MailHooks.defaultAgentLimit
        isDisabled = false
        let logger = Logger(label: Self.diagnosticsLabel)
        diagnostics = Diagnostics { logger.warning("\($0)") }
    }

    /// The first of ``targets``, for a service that pushes to one place; nil when there is none.
    public var otlp: OTLP? {
        get { targets.first }
        set {
            if !targets.isEmpty { targets.removeFirst() }
            if let newValue { targets.insert(newValue, at: 0) }
        }
    }

    /// The label of the logger that hears what is off, which is never recorded, or that would be recorded too.
    static let diagnosticsLabel = "postmeter"
}
