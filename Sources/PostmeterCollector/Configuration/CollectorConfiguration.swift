package import PostmeterFleet
package import PostmeterModel

/// What `postmeter.yaml` says.
package struct CollectorConfiguration: Sendable, Hashable {
    /// The folder of the journal, the database and the keys; made when it is not there.
    package var data: String
    /// Where the three listeners stand.
    package var listen: Listen
    /// Where metrics and traces are pushed to; nil pushes nothing.
    package var otlp: OTLP?
    /// What webhooks are taken for.
    package var endpoints: [Endpoint]
    /// Who owns the mail.
    package var fleet: FleetTree
    /// The secret that trace ids are derived with; nil makes one once and keeps it in the data folder.
    package var traceKey: String?
    /// Bounds of the journal on disk.
    package var journal: Journal
    /// Attributes laid over the collector's own, from `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES`.
    package var resource = Resource([])
    /// Whether this is the configuration that is used without a file.
    package var isDemonstration = false

    /// The addresses of the listeners.
    package struct Listen: Sendable, Hashable {
        /// Webhooks of the platforms.
        package var ingest = ListenAddress(host: "127.0.0.1", port: 4380)
        /// Health, for this machine only.
        package var admin = ListenAddress(host: "127.0.0.1", port: 4381)
        /// Prometheus.
        package var scrape = ListenAddress(host: "127.0.0.1", port: 9464)
    }

    /// The target of pushes, in the form that OpenTelemetry's variables have.
    package struct OTLP: Sendable, Hashable {
        /// The base URL, to which `/v1/metrics` and `/v1/traces` are appended.
        package var endpoint: String
        /// How often metrics are pushed.
        package var interval = TimeSpan(seconds: 10)
        /// How often finished spans are pushed when they do not fill a batch before.
        package var spanInterval = TimeSpan(seconds: 1)
        /// The deadline of one export over all its tries.
        package var timeout = TimeSpan(seconds: 10)
        /// Headers added to each request.
        package var headers: [String: String] = [:]
        /// Whether bodies are compressed with gzip.
        package var compresses = true

        package init(endpoint: String) {
            self.endpoint = endpoint
        }
    }

    /// One address that a platform posts webhooks to: `/hooks/{id}`.
    package struct Endpoint: Sendable, Hashable {
        package var id: String
        /// The name of the platform.
        package var provider: String
        /// Whose mail comes in here.
        package var account: AccountPath
        /// The signing secrets that are live, the newest last.
        package var secrets: [String]

        package init(id: String, provider: String, account: AccountPath, secrets: [String]) {
            self.id = id
            self.provider = provider
            self.account = account
            self.secrets = secrets
        }
    }

    /// Bounds of the journal.
    package struct Journal: Sendable, Hashable {
        /// The largest size on disk before webhooks are refused with 503.
        package var byteLimit: UInt64 = 4 << 30
        /// How much of what is folded is kept for a replay.
        package var retainBytes: UInt64 = 1 << 30
        /// The size of one segment file.
        package var segmentBytes: UInt64 = 64 << 20
    }

    package init(
        data: String = "./postmeter-data", listen: Listen = Listen(), otlp: OTLP? = nil,
        endpoints: [Endpoint] = [], fleet: FleetTree = FleetTree(), traceKey: String? = nil,
        journal: Journal = Journal()
    ) {
        self.data = data
        self.listen = listen
        self.otlp = otlp
        self.endpoints = endpoints
        self.fleet = fleet
        self.traceKey = traceKey
        self.journal = journal
    }
}
