internal import PostmeterFleet
internal import PostmeterWebhooks

/// The shape of `postmeter.yaml`, before it is checked.
struct ConfigurationFile: Decodable {
    var data: String?
    var listen: Listen?
    var otlp: Targets?
    var scrape: Scrape?
    var metrics: Metrics?
    var spans: Spans?
    var logs: Logs?
    var console: Console?
    var endpoints: [Endpoint]?
    var fleet: FleetSource?
    var traceKey: String?
    var journal: Journal?
    var watch: Watch?
    var deadLetters: DeadLetters?
    var privacy: String?
    var shutdownTimeout: TimeSpan?

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case data, listen, otlp, scrape, metrics, spans, logs, console, endpoints, fleet, journal, watch,
            privacy
        case deadLetters = "dead_letters"
        case traceKey = "trace_key"
        case shutdownTimeout = "shutdown_timeout"
    }

    init(from decoder: any Decoder) throws {
        try decoder.refuseKeys(besides: CodingKeys.self)
        let container = try decoder.container(keyedBy: CodingKeys.self)
        data = try container.decodeIfPresent(String.self, forKey: .data)
        listen = try container.decodeIfPresent(Listen.self, forKey: .listen)
        otlp = try container.decodeIfPresent(Targets.self, forKey: .otlp)
        scrape = try container.decodeIfPresent(Scrape.self, forKey: .scrape)
        metrics = try container.decodeIfPresent(Metrics.self, forKey: .metrics)
        spans = try container.decodeIfPresent(Spans.self, forKey: .spans)
        logs = try container.decodeIfPresent(Logs.self, forKey: .logs)
        console = try container.decodeIfPresent(Console.self, forKey: .console)
        endpoints = try container.decodeIfPresent([Endpoint].self, forKey: .endpoints)
        fleet = try container.decodeIfPresent(FleetSource.self, forKey: .fleet)
        traceKey = try container.decodeIfPresent(String.self, forKey: .traceKey)
        journal = try container.decodeIfPresent(Journal.self, forKey: .journal)
        deadLetters = try container.decodeIfPresent(DeadLetters.self, forKey: .deadLetters)
        privacy = try container.decodeIfPresent(String.self, forKey: .privacy)
        watch = try container.decodeIfPresent(Watch.self, forKey: .watch)
        shutdownTimeout = try container.decodeIfPresent(TimeSpan.self, forKey: .shutdownTimeout)
    }

    struct Listen: Decodable {
        var ingest: Listener?
        var admin: Listener?
        var scrape: Listener?

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case ingest, admin, scrape
        }

        init(from decoder: any Decoder) throws {
            try decoder.refuseKeys(besides: CodingKeys.self)
            let container = try decoder.container(keyedBy: CodingKeys.self)
            ingest = try container.decodeIfPresent(Listener.self, forKey: .ingest)
            admin = try container.decodeIfPresent(Listener.self, forKey: .admin)
            scrape = try container.decodeIfPresent(Listener.self, forKey: .scrape)
        }
    }

    struct Endpoint: Decodable {
        var id: String
        var provider: String
        var account: String
        var secret: String?
        var secrets: [String]?
        var options = WebhookOptions()

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case id, provider, account, secret, secrets, name, topics, signature, mapping
            case agentField = "agent_field"
            case trustedHosts = "trusted_hosts"
        }

        init(from decoder: any Decoder) throws {
            try decoder.refuseKeys(besides: CodingKeys.self)
            let container = try decoder.container(keyedBy: CodingKeys.self)
            id = try container.decode(String.self, forKey: .id)
            provider = try container.decode(String.self, forKey: .provider)
            account = try container.decode(String.self, forKey: .account)
            secret = try container.decodeIfPresent(String.self, forKey: .secret)
            secrets = try container.decodeIfPresent([String].self, forKey: .secrets)
            options = try WebhookOptions(from: decoder)
        }
    }

    /// The fleet: a path to a file of its own, or the tree itself.
    enum FleetSource: Decodable {
        case file(String)
        case tree(FleetTree)

        init(from decoder: any Decoder) throws {
            if let path = try? decoder.singleValueContainer().decode(String.self) {
                self = .file(path)
            } else {
                self = .tree(try FleetTree(from: decoder))
            }
        }
    }
}
