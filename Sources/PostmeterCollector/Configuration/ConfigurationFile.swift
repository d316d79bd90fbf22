internal import PostmeterFleet

/// The shape of `postmeter.yaml`, before it is checked.
struct ConfigurationFile: Decodable {
    var data: String?
    var listen: Listen?
    var otlp: OTLP?
    var endpoints: [Endpoint]?
    var fleet: FleetSource?
    var traceKey: String?
    var journal: Journal?

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case data, listen, otlp, endpoints, fleet, journal
        case traceKey = "trace_key"
    }

    init(from decoder: any Decoder) throws {
        try decoder.refuseKeys(besides: CodingKeys.self)
        let container = try decoder.container(keyedBy: CodingKeys.self)
        data = try container.decodeIfPresent(String.self, forKey: .data)
        listen = try container.decodeIfPresent(Listen.self, forKey: .listen)
        otlp = try container.decodeIfPresent(OTLP.self, forKey: .otlp)
        endpoints = try container.decodeIfPresent([Endpoint].self, forKey: .endpoints)
        fleet = try container.decodeIfPresent(FleetSource.self, forKey: .fleet)
        traceKey = try container.decodeIfPresent(String.self, forKey: .traceKey)
        journal = try container.decodeIfPresent(Journal.self, forKey: .journal)
    }

    struct Listen: Decodable {
        var ingest: ListenAddress?
        var admin: ListenAddress?
        var scrape: ListenAddress?

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case ingest, admin, scrape
        }

        init(from decoder: any Decoder) throws {
            try decoder.refuseKeys(besides: CodingKeys.self)
            let container = try decoder.container(keyedBy: CodingKeys.self)
            ingest = try container.decodeIfPresent(ListenAddress.self, forKey: .ingest)
            admin = try container.decodeIfPresent(ListenAddress.self, forKey: .admin)
            scrape = try container.decodeIfPresent(ListenAddress.self, forKey: .scrape)
        }
    }

    struct OTLP: Decodable {
        var endpoint: String?
        var interval: TimeSpan?
        var spanInterval: TimeSpan?
        var timeout: TimeSpan?
        var headers: [String: String]?
        var compression: String?

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case endpoint, interval, timeout, headers, compression
            case spanInterval = "span_interval"
        }

        init(from decoder: any Decoder) throws {
            try decoder.refuseKeys(besides: CodingKeys.self)
            let container = try decoder.container(keyedBy: CodingKeys.self)
            endpoint = try container.decodeIfPresent(String.self, forKey: .endpoint)
            interval = try container.decodeIfPresent(TimeSpan.self, forKey: .interval)
            spanInterval = try container.decodeIfPresent(TimeSpan.self, forKey: .spanInterval)
            timeout = try container.decodeIfPresent(TimeSpan.self, forKey: .timeout)
            headers = try container.decodeIfPresent([String: String].self, forKey: .headers)
            compression = try container.decodeIfPresent(String.self, forKey: .compression)
        }
    }

    struct Endpoint: Decodable {
        var id: String
        var provider: String
        var account: String
        var secret: String?
        var secrets: [String]?

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case id, provider, account, secret, secrets
        }

        init(from decoder: any Decoder) throws {
            try decoder.refuseKeys(besides: CodingKeys.self)
            let container = try decoder.container(keyedBy: CodingKeys.self)
            id = try container.decode(String.self, forKey: .id)
            provider = try container.decode(String.self, forKey: .provider)
            account = try container.decode(String.self, forKey: .account)
            secret = try container.decodeIfPresent(String.self, forKey: .secret)
            secrets = try container.decodeIfPresent([String].self, forKey: .secrets)
        }
    }

    struct Journal: Decodable {
        var byteLimit: UInt64?
        var retainBytes: UInt64?
        var segmentBytes: UInt64?

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case byteLimit = "byte_limit"
            case retainBytes = "retain_bytes"
            case segmentBytes = "segment_bytes"
        }

        init(from decoder: any Decoder) throws {
            try decoder.refuseKeys(besides: CodingKeys.self)
            let container = try decoder.container(keyedBy: CodingKeys.self)
            byteLimit = try container.decodeIfPresent(UInt64.self, forKey: .byteLimit)
            retainBytes = try container.decodeIfPresent(UInt64.self, forKey: .retainBytes)
            segmentBytes = try container.decodeIfPresent(UInt64.self, forKey: .segmentBytes)
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
