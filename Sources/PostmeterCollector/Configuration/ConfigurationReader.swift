internal import PostmeterFleet
internal import Yams

/// Reads `postmeter.yaml`: substitution, unknown keys, types, and then what the values must be.
package struct ConfigurationReader {
    /// The process's environment variables.
    private let environment: [String: String]
    /// Reads a file as text; throws what the system says.
    private let readFile: (String) throws -> String

    package init(environment: [String: String], readFile: @escaping (String) throws -> String) {
        self.environment = environment
        self.readFile = readFile
    }

    /// Reads and checks the file at `path`; a relative `fleet` or `data` in it is taken from where the
    /// process stands.
    package func read(path: String) throws(ConfigurationError) -> CollectorConfiguration {
        let file = try decode(ConfigurationFile.self, path: path)
        var configuration = CollectorConfiguration()
        configuration.apply(environment: environment)
        if let data = file.data { configuration.data = data }
        guard !configuration.data.isEmpty else {
            throw ConfigurationError(path: "data", problem: "is empty; name a folder")
        }
        try apply(file.listen, to: &configuration)
        try RetentionReader.apply(file, to: &configuration)
        try TelemetryReader.apply(file, to: &configuration)
        if let watch = file.watch { configuration.watch = try watch.applied(to: configuration.watch) }
        if let time = file.shutdownTimeout {
            guard (1.0...600).contains(time.seconds) else {
                throw ConfigurationError(path: "shutdown_timeout", problem: "must be from 1s to 10m")
            }
            configuration.shutdownTimeout = time
        }
        if let key = file.traceKey { configuration.traceKey = try traceKey(key) }
        configuration.fleet = try fleet(file.fleet)
        for (index, endpoint) in (file.endpoints ?? []).enumerated() {
            let path = "endpoints[\(index)]"
            let checked = try check(endpoint, at: path, in: configuration)
            configuration.warnings += remarks(on: checked, at: path)
            configuration.endpoints.append(checked)
        }
        guard !configuration.endpoints.isEmpty else {
            throw ConfigurationError(
                path: "endpoints", problem: "has none; add one, so that there is something to take")
        }
        return configuration
    }

    /// Decodes a YAML file, with `${VAR}` in its texts replaced.
    func decode<T: Decodable>(_ type: T.Type, path: String) throws(ConfigurationError) -> T {
        let text: String
        do {
            text = try readFile(path)
        } catch {
            throw ConfigurationError(path: path, problem: "cannot be read: \(error)")
        }
        return try decode(type, text: text, path: path)
    }

    /// Decodes YAML that came from `path`, with `${VAR}` in its texts replaced.
    func decode<T: Decodable>(
        _ type: T.Type, text: String, path: String
    ) throws(ConfigurationError) -> T {
        do {
            guard let node = try Yams.compose(yaml: text) else {
                throw ConfigurationError(path: path, problem: "is empty")
            }
            return try YAMLDecoder().decode(
                type, from: try Substitution(environment: environment).apply(to: node, at: ""))
        } catch let error as DecodingError {
            throw ConfigurationError(error)
        } catch let error as ConfigurationError {
            throw error
        } catch let error as YamlError {
            throw ConfigurationError(error, in: path)
        } catch {
            throw ConfigurationError(path: path, problem: "is not YAML: \(error)")
        }
    }

    private func apply(
        _ listen: ConfigurationFile.Listen?, to configuration: inout CollectorConfiguration
    ) throws(ConfigurationError) {
        func apply(
            _ file: ConfigurationFile.Listener?, _ name: String, to address: inout ListenAddress,
            _ webConfigFile: inout String?
        ) throws(ConfigurationError) {
            if let set = file?.address { address = set }
            guard let path = file?.webConfigFile else { return }
            guard !path.isEmpty else {
                throw ConfigurationError(
                    path: "listen.\(name).web_config_file", problem: "is empty; name a file or leave it out")
            }
            webConfigFile = path
        }
        try apply(
            listen?.ingest, "ingest", to: &configuration.listen.ingest,
            &configuration.listen.webConfigFiles.ingest)
        try apply(
            listen?.admin, "admin", to: &configuration.listen.admin,
            &configuration.listen.webConfigFiles.admin)
        try apply(
            listen?.scrape, "scrape", to: &configuration.listen.scrape,
            &configuration.listen.webConfigFiles.scrape)
        guard configuration.listen.admin.isLoopback || configuration.listen.webConfigFiles.admin != nil else {
            throw ConfigurationError(
                path: "listen.admin",
                problem:
                    "'\(configuration.listen.admin)' can be reached from outside, and nothing guards it: "
                    + "use 127.0.0.1 or [::1], or a web_config_file that asks for a password")
        }
    }

    private func traceKey(_ text: String) throws(ConfigurationError) -> String {
        guard text.utf8.count >= CollectorConfiguration.leastTraceKey else {
            throw ConfigurationError(
                path: "trace_key", problem: "is shorter than 16 bytes; make one with: openssl rand -hex 32")
        }
        return text
    }

    private func fleet(_ source: ConfigurationFile.FleetSource?) throws(ConfigurationError) -> FleetTree {
        let tree: FleetTree
        switch source {
        case .file(let path): return try fleet(inFile: path)
        case .tree(let inline): tree = inline
        case nil: tree = FleetTree()
        }
        do throws(FleetError) {
            try tree.validate()
        } catch {
            throw ConfigurationError(path: "fleet.\(error.path)", problem: error.problem)
        }
        return tree
    }

    /// The fleet of a file of its own, which errors name before the place in it.
    private func fleet(inFile path: String) throws(ConfigurationError) -> FleetTree {
        let problem: String
        do {
            let tree = try decode(FleetTree.self, path: path)
            try tree.validate()
            return tree
        } catch let error as ConfigurationError {
            problem = error.path == path ? error.description : "\(path): \(error.description)"
        } catch let error as FleetError {
            problem = "\(path): \(error.path): \(error.problem)"
        } catch {
            problem = "\(path): \(error)"
        }
        throw ConfigurationError(path: "fleet", problem: problem)
    }

    private func check(
        _ endpoint: ConfigurationFile.Endpoint, at path: String, in configuration: CollectorConfiguration
    ) throws(ConfigurationError) -> CollectorConfiguration.Endpoint {
        guard FleetRules.isID(endpoint.id) else {
            throw ConfigurationError(
                path: "\(path).id", problem: "'\(endpoint.id)' is not a valid id: \(FleetRules.idRule)")
        }
        guard !configuration.endpoints.contains(where: { $0.id == endpoint.id }) else {
            throw ConfigurationError(path: "\(path).id", problem: "'\(endpoint.id)' stands twice")
        }
        guard let account = AccountPath(endpoint.account) else {
            throw ConfigurationError(
                path: "\(path).account", problem: "'\(endpoint.account)' is not organization/account")
        }
        guard configuration.fleet.hasAccount(account) else {
            throw ConfigurationError(
                path: "\(path).account", problem: "'\(account)' is not in the fleet; add it there")
        }
        if endpoint.secret != nil, endpoint.secrets != nil {
            throw ConfigurationError(
                path: "\(path).secrets", problem: "stands beside secret; keep one of them")
        }
        let secrets = endpoint.secrets ?? endpoint.secret.map { [$0] } ?? []
        var checked = CollectorConfiguration.Endpoint(
            id: endpoint.id, provider: endpoint.provider, account: account, secrets: secrets)
        checked.options = try resolved(endpoint, at: path)
        do {
            _ = try WebhookEndpoint(checked)
        } catch {
            throw ConfigurationError(path: "\(path).\(error.path)", problem: error.problem)
        }
        return checked
    }
}
