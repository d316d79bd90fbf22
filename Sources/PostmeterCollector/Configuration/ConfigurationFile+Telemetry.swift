internal import PostmeterFleet

extension ConfigurationFile {
    /// How scrapes are answered.
    struct Scrape: Decodable {
        var nameTranslation: String?
        var created: Bool?
        var scopeLabels: Bool?
        var gzip: Bool?

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case nameTranslation = "name_translation"
            case created
            case scopeLabels = "scope_labels"
            case gzip
        }

        init(from decoder: any Decoder) throws {
            try decoder.refuseKeys(besides: CodingKeys.self)
            let container = try decoder.container(keyedBy: CodingKeys.self)
            nameTranslation = try container.decodeIfPresent(String.self, forKey: .nameTranslation)
            created = try container.decodeIfPresent(Bool.self, forKey: .created)
            scopeLabels = try container.decodeIfPresent(Bool.self, forKey: .scopeLabels)
            gzip = try container.decodeIfPresent(Bool.self, forKey: .gzip)
        }
    }

    /// What becomes log records, and how they wait.
    struct Logs: Decodable {
        var events: String?
        var level: String?
        var console: Bool?
        var queue: Int?
        var batch: Int?

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case events, level, console, queue, batch
        }

        init(from decoder: any Decoder) throws {
            try decoder.refuseKeys(besides: CodingKeys.self)
            let container = try decoder.container(keyedBy: CodingKeys.self)
            events = try container.decodeIfPresent(String.self, forKey: .events)
            level = try container.decodeIfPresent(String.self, forKey: .level)
            console = try container.decodeIfPresent(Bool.self, forKey: .console)
            queue = try container.decodeIfPresent(Int.self, forKey: .queue)
            batch = try container.decodeIfPresent(Int.self, forKey: .batch)
        }
    }

    /// How finished spans wait.
    struct Spans: Decodable {
        var queue: Int?
        var batch: Int?

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case queue, batch
        }

        init(from decoder: any Decoder) throws {
            try decoder.refuseKeys(besides: CodingKeys.self)
            let container = try decoder.container(keyedBy: CodingKeys.self)
            queue = try container.decodeIfPresent(Int.self, forKey: .queue)
            batch = try container.decodeIfPresent(Int.self, forKey: .batch)
        }
    }

    /// How metrics are aggregated.
    struct Metrics: Decodable {
        var exemplars: String?
        var histograms: String?

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case exemplars, histograms
        }

        init(from decoder: any Decoder) throws {
            try decoder.refuseKeys(besides: CodingKeys.self)
            let container = try decoder.container(keyedBy: CodingKeys.self)
            exemplars = try container.decodeIfPresent(String.self, forKey: .exemplars)
            histograms = try container.decodeIfPresent(String.self, forKey: .histograms)
        }
    }

    /// What is written to standard output: all, nothing, or a list of signals.
    enum Console: Decodable {
        case flag(Bool)
        case list([String])

        init(from decoder: any Decoder) throws {
            if let text = try? decoder.singleValueContainer().decode(String.self) {
                self = .flag(try decoder.flag(text, or: "a list of metrics, traces, logs"))
            } else {
                self = .list(try decoder.singleValueContainer().decode([String].self))
            }
        }
    }

    /// A listener: its address, or a mapping.
    struct Listener: Decodable {
        var address: ListenAddress?
        var webConfigFile: String?

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case address
            case webConfigFile = "web_config_file"
        }

        init(from decoder: any Decoder) throws {
            if (try? decoder.singleValueContainer().decode(String.self)) != nil {
                address = try ListenAddress(from: decoder)
                return
            }
            try decoder.refuseKeys(besides: CodingKeys.self)
            let container = try decoder.container(keyedBy: CodingKeys.self)
            address = try container.decodeIfPresent(ListenAddress.self, forKey: .address)
            webConfigFile = try container.decodeIfPresent(String.self, forKey: .webConfigFile)
        }
    }
}

extension Decoder {
    /// Reads a switch from what YAML takes for one; `other` says what else may stand there.
    func flag(_ text: String, or other: String) throws -> Bool {
        switch text.lowercased() {
        case "true", "on", "yes": return true
        case "false", "off", "no": return false
        default:
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: codingPath,
                    debugDescription: "'\(text)' is neither true nor false, nor \(other)"))
        }
    }
}
