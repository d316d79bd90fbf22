import FoundationEssentials
package import PostmeterModel

/// What a process can say of itself and its machine without being told.
///
/// Source: OpenTelemetry semantic conventions, "Resource: service", "telemetry", "host", "os", "process",
/// "container".
package struct ResourceDetection {
    var files = SystemFiles.system
    var facts = ProcessFacts.current()

    /// What is detected of this process and its machine.
    package static var current: [Attribute] { ResourceDetection().attributes }

    /// The resource of a service: what was configured, over what is detected.
    func resource(for configuration: PostmeterConfiguration) -> Resource {
        let identity = [
            Attribute("service.name", .string("unknown_service:\(programName)")),
            Attribute("service.instance.id", .string(UUID().uuidString.lowercased())),
            Attribute("telemetry.sdk.name", "postmeter"),
            Attribute("telemetry.sdk.language", "swift"),
            Attribute("telemetry.sdk.version", .string(Postmeter.version)),
        ]
        let surroundings = configuration.detectsResource ? attributes : []
        let merged = Resource(identity + surroundings).merging(configuration.resource)
        let named = configuration.serviceName.map { Resource([Attribute("service.name", .string($0))]) }
        return named.map(merged.merging) ?? merged
    }

    /// Everything that is detected of container, host, system and process; what is not known is left out.
    var attributes: [Attribute] {
        let container = ContainerID.find(in: files)
        let release = Self.release(files.text("/etc/os-release") ?? files.text("/usr/lib/os-release") ?? "")
        let texts: [(key: String, value: String?)] = [
            ("container.id", container),
            ("host.name", facts.host),
            // In a container this is the id of the image, which all its containers share.
            ("host.id", container == nil ? machineID : nil),
            ("host.arch", Self.architecture(facts.machine)),
            ("os.type", facts.system.lowercased()),
            ("os.name", release["NAME"] ?? facts.system),
            ("os.version", release["VERSION_ID"] ?? facts.release),
            ("os.description", release["PRETTY_NAME"] ?? "\(facts.system) \(facts.release)"),
            ("process.executable.name", programName),
            ("process.executable.path", facts.executable),
            ("process.command", facts.command),
            ("process.owner", owner),
            ("process.runtime.name", "swift"),
            ("process.runtime.version", Self.swiftVersion),
        ]
        let known = texts.compactMap { key, value in
            value.flatMap { $0.isEmpty ? nil : Attribute(key, .string($0)) }
        }
        return known + [Attribute("process.pid", .int(Int64(facts.id)))]
    }

    private var programName: String {
        let path = facts.executable.isEmpty ? facts.command : facts.executable
        return path.split(separator: "/").last.map(String.init) ?? "swift"
    }

    private var machineID: String? {
        let text = files.text("/etc/machine-id") ?? files.text("/var/lib/dbus/machine-id")
        // A machine that is being set up has the word `uninitialized` there.
        return text?.split(whereSeparator: \.isWhitespace).first.flatMap {
            $0.utf8.count == 32 ? String($0) : nil
        }
    }

    /// The user's name by the file alone: asking the system's directory could wait for a network.
    private var owner: String? {
        for line in (files.text("/etc/passwd") ?? "").split(separator: "\n") {
            let fields = line.split(separator: ":", omittingEmptySubsequences: false)
            if fields.count > 2, fields[2] == String(facts.user) { return String(fields[0]) }
        }
        return nil
    }

    /// The compiler's version, which is the one that the runtime is at least of.
    private static var swiftVersion: String {
        #if compiler(>=6.5)
        "6.5"
        #elseif compiler(>=6.4)
        "6.4"
        #elseif compiler(>=6.3)
        "6.3"
        #else
        "6.2"
        #endif
    }

    /// Source: OpenTelemetry semantic conventions, "Resource: host", well-known values of `host.arch`.
    private static func architecture(_ machine: String) -> String {
        switch machine {
        case "x86_64", "amd64": "amd64"
        case "aarch64", "arm64": "arm64"
        case "i386", "i486", "i586", "i686": "x86"
        case "ppc64le": "ppc64"
        case let arm where arm.hasPrefix("armv"): "arm32"
        default: machine
        }
    }

    /// The lines `NAME=value` of a shell's form, with or without quotes.
    ///
    /// Source: os-release(5).
    private static func release(_ text: String) -> [String: String] {
        var values: [String: String] = [:]
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            let sides = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard sides.count == 2 else { continue }
            var value = sides[1]
            if let quote = value.first, quote == "\"" || quote == "'", value.count > 1, value.last == quote {
                value = value.dropFirst().dropLast()
            }
            values[String(sides[0])] = String(value)
        }
        return values
    }
}
