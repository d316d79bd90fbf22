internal import PostmeterFleet

extension ConfigurationFile {
    /// What is under `otlp`: one target, or a list of them.
    enum Targets: Decodable {
        case one(Target)
        case list([Target])

        init(from decoder: any Decoder) throws {
            if (try? decoder.unkeyedContainer()) != nil {
                self = .list(try decoder.singleValueContainer().decode([Target].self))
            } else {
                self = .one(try Target(from: decoder))
            }
        }
    }

    /// A receiver of OTLP.
    struct Target: Decodable {
        var name: String?
        /// What holds for all signals.
        var common: Exchange
        var metrics: Exchange?
        var traces: Exchange?
        var logs: Exchange?
        var interval: TimeSpan?
        var spanInterval: TimeSpan?
        var logInterval: TimeSpan?
        var metricTimeout: TimeSpan?
        var spanTimeout: TimeSpan?
        var logTimeout: TimeSpan?
        var temporality: String?
        var maxRequestBytes: ByteSize?
        var spool: Spool?

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case name, endpoint, headers, compression, timeout, tls, enabled, metrics, traces, logs, interval
            case spanInterval = "span_interval"
            case logInterval = "log_interval"
            case metricTimeout = "metric_timeout"
            case spanTimeout = "span_timeout"
            case logTimeout = "log_timeout"
            case temporality
            case maxRequestBytes = "max_request_bytes"
            case spool
        }

        init(from decoder: any Decoder) throws {
            try decoder.refuseKeys(besides: CodingKeys.self)
            common = try Exchange(partOf: decoder)
            let container = try decoder.container(keyedBy: CodingKeys.self)
            name = try container.decodeIfPresent(String.self, forKey: .name)
            metrics = try container.decodeIfPresent(Exchange.self, forKey: .metrics)
            traces = try container.decodeIfPresent(Exchange.self, forKey: .traces)
            logs = try container.decodeIfPresent(Exchange.self, forKey: .logs)
            interval = try container.decodeIfPresent(TimeSpan.self, forKey: .interval)
            spanInterval = try container.decodeIfPresent(TimeSpan.self, forKey: .spanInterval)
            logInterval = try container.decodeIfPresent(TimeSpan.self, forKey: .logInterval)
            metricTimeout = try container.decodeIfPresent(TimeSpan.self, forKey: .metricTimeout)
            spanTimeout = try container.decodeIfPresent(TimeSpan.self, forKey: .spanTimeout)
            logTimeout = try container.decodeIfPresent(TimeSpan.self, forKey: .logTimeout)
            temporality = try container.decodeIfPresent(String.self, forKey: .temporality)
            maxRequestBytes = try container.decodeIfPresent(ByteSize.self, forKey: .maxRequestBytes)
            spool = try container.decodeIfPresent(Spool.self, forKey: .spool)
        }
    }

    /// How a receiver is spoken to, of all signals or of one.
    struct Exchange: Decodable {
        var endpoint: String?
        var headers: [String: String]?
        var compression: String?
        var timeout: TimeSpan?
        var tls: Files?
        var enabled: Bool?

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case endpoint, headers, compression, timeout, tls, enabled
        }

        init(from decoder: any Decoder) throws {
            try decoder.refuseKeys(besides: CodingKeys.self)
            try self.init(partOf: decoder)
        }

        /// Reads these keys of a mapping that has others as well.
        init(partOf decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            endpoint = try container.decodeIfPresent(String.self, forKey: .endpoint)
            headers = try container.decodeIfPresent([String: String].self, forKey: .headers)
            compression = try container.decodeIfPresent(String.self, forKey: .compression)
            timeout = try container.decodeIfPresent(TimeSpan.self, forKey: .timeout)
            tls = try container.decodeIfPresent(Files.self, forKey: .tls)
            enabled = try container.decodeIfPresent(Bool.self, forKey: .enabled)
        }
    }

    /// Files of PEM for HTTPS.
    struct Files: Decodable {
        var authority: String?
        var certificate: String?
        var key: String?

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case authority = "ca_file"
            case certificate = "cert_file"
            case key = "key_file"
        }

        init(from decoder: any Decoder) throws {
            try decoder.refuseKeys(besides: CodingKeys.self)
            let container = try decoder.container(keyedBy: CodingKeys.self)
            authority = try container.decodeIfPresent(String.self, forKey: .authority)
            certificate = try container.decodeIfPresent(String.self, forKey: .certificate)
            key = try container.decodeIfPresent(String.self, forKey: .key)
        }
    }

    /// What is kept on disk for a receiver that is away: `off`, or within limits.
    struct Spool: Decodable {
        var isOn = true
        var byteLimit: ByteSize?
        var ageLimit: TimeSpan?

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case byteLimit = "byte_limit"
            case ageLimit = "age_limit"
        }

        init(from decoder: any Decoder) throws {
            if let text = try? decoder.singleValueContainer().decode(String.self) {
                isOn = try decoder.flag(text, or: "off, or a mapping of byte_limit and age_limit")
                return
            }
            try decoder.refuseKeys(besides: CodingKeys.self)
            let container = try decoder.container(keyedBy: CodingKeys.self)
            byteLimit = try container.decodeIfPresent(ByteSize.self, forKey: .byteLimit)
            ageLimit = try container.decodeIfPresent(TimeSpan.self, forKey: .ageLimit)
        }
    }
}
