package import Postmeter
package import PostmeterFleet
package import PostmeterMail
internal import PostmeterModel
package import PostmeterWebhooks

/// What `postmeter.yaml` says, and the environment's variables where it is silent.
package struct CollectorConfiguration: Sendable {
    /// The folder of the journal, the database, the spool and the keys; made when it is not there.
    package var data: String
    /// Where the three listeners stand.
    package var listen: Listen
    /// How the collector's own telemetry is made and where it goes, in the words of the library.
    package var telemetry = CollectorConfiguration.defaultTelemetry
    /// Which mail events become log records.
    package var events = EventLogging.failures
    /// What webhooks are taken for.
    package var endpoints: [Endpoint]
    /// Who owns the mail.
    package var fleet: FleetTree
    /// The secret that trace ids are derived with; nil makes one once and keeps it in the data folder.
    package var traceKey: String?
    /// Bounds of the journal on disk.
    package var journal: Journal
    /// Bounds of what could not be decoded and is kept for a replay.
    package var deadLetters = DeadLetters()
    /// What the fold waits for, and for how long.
    package var watch = FoldSettings.Watch()
    /// How long the process may take to end once it is asked to.
    ///
    /// Below the 90 s of systemd and the 30 s of Kubernetes, after which they kill.
    package var shutdownTimeout = TimeSpan(seconds: 25)
    /// What is off and was ignored, or may not work; said when the collector starts.
    package var warnings: [String] = []
    /// Whether this is the configuration that is used without a file.
    package var isDemonstration = false

    /// The addresses of the listeners.
    package struct Listen: Sendable, Hashable {
        /// Webhooks of the platforms.
        package var ingest = ListenAddress(host: "127.0.0.1", port: 4380)
        /// Health.
        package var admin = ListenAddress(host: "127.0.0.1", port: 4381)
        /// Prometheus.
        package var scrape = ListenAddress(host: "127.0.0.1", port: 9464)
        /// The files that say how each is guarded; nil serves plain HTTP to everybody.
        package var webConfigFiles = WebConfigFiles()
    }

    /// Files in the form of Prometheus' `web.config.file`, one a listener.
    package struct WebConfigFiles: Sendable, Hashable {
        package var ingest: String?
        package var admin: String?
        package var scrape: String?
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
        /// What else there is to say of it, as its platform allows.
        package var options = WebhookOptions()

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
        /// How long what is folded is kept, in whole segments; nil keeps it while there is room.
        package var retainAge: TimeSpan?
        /// The size of one segment file.
        package var segmentBytes: UInt64 = 64 << 20
    }

    /// Bounds of the dead letters; past one of them the oldest go.
    package struct DeadLetters: Sendable, Hashable {
        /// Bytes of all of them.
        package var maxBytes: UInt64 = 256 << 20
        /// How long one is kept after it was accepted.
        package var maxAge = TimeSpan(seconds: 30 * 86_400)
        /// How many.
        package var maxCount = 10_000

        /// The same in the words of the fold.
        var limits: DeadLetterShelf.Limits {
            DeadLetterShelf.Limits(
                count: maxCount, bytes: Int(clamping: maxBytes), age: maxAge.nanoseconds)
        }
    }

    package init(
        data: String = "./postmeter-data", listen: Listen = Listen(), endpoints: [Endpoint] = [],
        fleet: FleetTree = FleetTree(), traceKey: String? = nil, journal: Journal = Journal()
    ) {
        self.data = data
        self.listen = listen
        self.endpoints = endpoints
        self.fleet = fleet
        self.traceKey = traceKey
        self.journal = journal
    }
}
