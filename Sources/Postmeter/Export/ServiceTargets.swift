package import PostmeterExport

/// Where each signal of a service goes, as far as it goes anywhere.
package struct ServiceTargets: Sendable {
    /// The name that the console has among the receivers.
    package static let consoleName = "console"
    /// What a line on the console holds at the most, as a request.
    private static let consoleBodyLimit = 256 << 10

    /// The receivers that anything is pushed to, in their order.
    package let pushed: [ExportTarget]
    /// The standard output, when something goes there.
    package let console: ExportTarget?

    /// Reads a configuration.
    ///
    /// - Throws: When an endpoint, a header, a file or a name cannot be used, with the name of the setting.
    package init(_ configuration: PostmeterConfiguration) throws(PostmeterError) {
        guard !configuration.isDisabled else {
            (pushed, console) = ([], nil)
            return
        }
        var pushed: [ExportTarget] = []
        var names: Set<String> = []
        for (index, otlp) in configuration.targets.enumerated() {
            let setting = index == 0 ? "otlp" : "targets[\(index)]"
            if let problem = PostmeterConfiguration.OTLP.problem(ofName: otlp.name) {
                throw PostmeterError("\(setting).name: '\(otlp.name)' \(problem)")
            }
            guard names.insert(otlp.name).inserted else {
                throw PostmeterError("\(setting).name: '\(otlp.name)' stands twice; rename one")
            }
            let target = try ExportTarget(otlp, setting, configuration)
            if otlp.pushesAnything { pushed.append(target) }
        }
        self.pushed = pushed
        console = configuration.console.isEmpty ? nil : try Self.console(configuration)
    }

    /// All that telemetry goes to.
    package var all: [ExportTarget] {
        pushed + (console.map { [$0] } ?? [])
    }

    /// The standard output as a receiver: its endpoint is never connected to.
    private static func console(
        _ configuration: PostmeterConfiguration
    ) throws(PostmeterError) -> ExportTarget {
        var otlp = PostmeterConfiguration.OTLP(name: consoleName, endpoint: "http://console")
        otlp.bodyLimit = consoleBodyLimit
        otlp.spool = nil
        let shows = configuration.console
        otlp.metrics.isPushed = shows.contains(.metrics)
        otlp.traces.isPushed = shows.contains(.traces)
        otlp.logs.isPushed = shows.contains(.logs)
        var target = try ExportTarget(otlp, consoleName, configuration)
        target.transport = ConsoleTransport()
        return target
    }
}
