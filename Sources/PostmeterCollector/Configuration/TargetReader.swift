internal import Postmeter
internal import PostmeterExport
internal import PostmeterMetrics

/// Checks what is under `otlp` and makes receivers of it.
struct TargetReader {
    /// The shortest interval or timeout that makes sense, which also catches a forgotten unit.
    private static let leastTime = TimeSpan(nanoseconds: 100_000_000)
    private static let leastSpool: UInt64 = 16 << 20

    private var names: Set<String> = []

    /// The receivers, in their order; throws what is wrong by its place and the fix.
    static func read(
        _ file: ConfigurationFile.Targets
    ) throws(ConfigurationError) -> [PostmeterConfiguration.OTLP] {
        var reader = TargetReader()
        switch file {
        case .one(let target): return [try reader.read(target, at: "otlp", isAlone: true)]
        case .list(let list):
            var targets: [PostmeterConfiguration.OTLP] = []
            for (index, target) in list.enumerated() {
                targets.append(try reader.read(target, at: "otlp[\(index)]", isAlone: list.count == 1))
            }
            return targets
        }
    }

    private mutating func read(
        _ file: ConfigurationFile.Target, at path: String, isAlone: Bool
    ) throws(ConfigurationError) -> PostmeterConfiguration.OTLP {
        var target = PostmeterConfiguration.OTLP(
            name: try name(file.name, at: path, isAlone: isAlone), endpoint: file.common.endpoint,
            isCompressed: true)
        if let endpoint = file.common.endpoint {
            try check(.base(endpoint), at: "\(path).endpoint")
        } else if [file.metrics, file.traces, file.logs].allSatisfy({ $0 == nil }) {
            throw ConfigurationError(
                path: "\(path).endpoint", problem: "is missing; leave out otlp to push nothing")
        }
        let common = try signal(file.common, at: path)
        target.headers = common.headers ?? [:]
        target.isCompressed = common.isCompressed ?? true
        target.timeout = common.timeout ?? target.timeout
        target.tls = common.tls ?? target.tls
        target.isEnabled = common.isPushed
        target.metrics = try own(file.metrics, at: "\(path).metrics", of: target, path)
        target.traces = try own(file.traces, at: "\(path).traces", of: target, path)
        target.logs = try own(file.logs, at: "\(path).logs", of: target, path)
        target.metrics.interval = try time(file.interval, at: "\(path).interval")
        target.traces.interval = try time(file.spanInterval, at: "\(path).span_interval")
        target.logs.interval = try time(file.logInterval, at: "\(path).log_interval")
        target.metrics.deadline = try time(file.metricTimeout, at: "\(path).metric_timeout")
        target.traces.deadline = try time(file.spanTimeout, at: "\(path).span_timeout")
        target.logs.deadline = try time(file.logTimeout, at: "\(path).log_timeout")
        target.temporality = try choice(
            file.temporality, at: "\(path).temporality",
            ["cumulative": .cumulative, "delta": .delta, "lowmemory": .lowMemory])
        if let size = file.maxRequestBytes {
            guard let bytes = Int(exactly: size.bytes), PostmeterConfiguration.OTLP.bodyLimits.contains(bytes)
            else {
                throw ConfigurationError(
                    path: "\(path).max_request_bytes", problem: "must be from 64KiB to 64MiB")
            }
            target.bodyLimit = bytes
        }
        target.spool = try spool(file.spool, at: "\(path).spool")
        return target
    }

    private mutating func name(
        _ name: String?, at path: String, isAlone: Bool
    ) throws(ConfigurationError) -> String {
        guard let name = name ?? (isAlone ? PostmeterConfiguration.OTLP(endpoint: nil).name : nil) else {
            throw ConfigurationError(
                path: "\(path).name", problem: "is missing; of several targets each needs one")
        }
        if let problem = PostmeterConfiguration.OTLP.problem(ofName: name) {
            throw ConfigurationError(path: "\(path).name", problem: "'\(name)' \(problem)")
        }
        guard names.insert(name).inserted else {
            throw ConfigurationError(path: "\(path).name", problem: "'\(name)' stands twice; rename one")
        }
        return name
    }

    /// What a signal has of its own, in a target that may have an endpoint for all.
    private func own(
        _ file: ConfigurationFile.Exchange?, at path: String, of target: PostmeterConfiguration.OTLP,
        _ parent: String
    ) throws(ConfigurationError) -> PostmeterConfiguration.OTLP.Signal {
        guard let file else { return .init() }
        var signal = try signal(file, at: path)
        signal.endpoint = file.endpoint
        if let endpoint = file.endpoint {
            try check(.exact(endpoint), at: "\(path).endpoint")
        } else if target.endpoint == nil, signal.isPushed {
            throw ConfigurationError(
                path: "\(path).endpoint", problem: "is missing, and so is \(parent).endpoint; add one")
        }
        return signal
    }

    /// What is said of all signals and may be said of one, but for the endpoint.
    private func signal(
        _ file: ConfigurationFile.Exchange, at path: String
    ) throws(ConfigurationError) -> PostmeterConfiguration.OTLP.Signal {
        var signal = PostmeterConfiguration.OTLP.Signal(headers: file.headers)
        for (name, value) in (file.headers ?? [:]).sorted(by: { $0.key < $1.key }) {
            guard PostmeterConfiguration.isFieldName(name) else {
                throw ConfigurationError(
                    path: "\(path).headers",
                    problem: "'\(name)' is not a name of a header; use letters, digits and -")
            }
            guard PostmeterConfiguration.isFieldValue(value) else {
                throw ConfigurationError(
                    path: "\(path).headers.\(name)", problem: "has a control character; remove it")
            }
        }
        signal.isCompressed = try choice(
            file.compression, at: "\(path).compression", ["gzip": true, "none": false])
        signal.timeout = try time(file.timeout, at: "\(path).timeout")
        signal.tls = try tls(file.tls, at: "\(path).tls")
        signal.isPushed = file.enabled ?? true
        return signal
    }

    private func tls(
        _ file: ConfigurationFile.Files?, at path: String
    ) throws(ConfigurationError) -> PostmeterConfiguration.TLS? {
        guard let file else { return nil }
        for (key, value) in [
            ("ca_file", file.authority), ("cert_file", file.certificate), ("key_file", file.key),
        ] where value?.isEmpty == true {
            throw ConfigurationError(
                path: "\(path).\(key)", problem: "is empty; name a file of PEM or leave it out")
        }
        guard file.key == nil || file.certificate != nil else {
            throw ConfigurationError(
                path: "\(path).cert_file",
                problem: "is missing beside key_file; name the client's certificate")
        }
        return .init(
            authorityFile: file.authority, certificateFile: file.certificate, keyFile: file.key)
    }

    private func spool(
        _ file: ConfigurationFile.Spool?, at path: String
    ) throws(ConfigurationError) -> PostmeterConfiguration.SpoolLimits? {
        var limits = PostmeterConfiguration.SpoolLimits()
        guard let file else { return limits }
        guard file.isOn else { return nil }
        if let size = file.byteLimit {
            guard size.bytes >= Self.leastSpool, let bytes = Int(exactly: size.bytes) else {
                throw ConfigurationError(path: "\(path).byte_limit", problem: "must be at least 16MiB")
            }
            limits.byteLimit = bytes
        }
        if let age = file.ageLimit {
            guard age.nanoseconds >= TimeSpan(seconds: 60).nanoseconds else {
                throw ConfigurationError(path: "\(path).age_limit", problem: "must be at least 1m")
            }
            limits.ageLimit = age.duration
        }
        return limits
    }

    private func time(_ span: TimeSpan?, at path: String) throws(ConfigurationError) -> Duration? {
        guard let span else { return nil }
        guard span.nanoseconds >= Self.leastTime.nanoseconds else {
            throw ConfigurationError(path: path, problem: "must be at least 100ms")
        }
        return span.duration
    }

    private func check(
        _ endpoint: OTLPTarget.Endpoint, at path: String
    ) throws(ConfigurationError) {
        do throws(OTLPTargetError) {
            _ = try OTLPTarget(endpoint)
        } catch {
            throw ConfigurationError(
                path: path,
                problem: "'\(error.url)' is not a URL such as "
                    + "http://127.0.0.1:4318: \(error.problem)")
        }
    }
}
