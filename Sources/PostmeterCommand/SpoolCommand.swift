internal import ArgumentParser
internal import PostmeterCollector

/// Looks into, sends or throws away what waits on disk for receivers that were away.
struct SpoolCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "spool",
        abstract: "Look into, send or throw away what waits on disk for receivers that were away.",
        subcommands: [StatusCommand.self, DrainCommand.self, DropCommand.self]
    )

    /// Which spools of which collector are meant.
    struct Options: ParsableArguments {
        @OptionGroup var collector: DataOptions

        @Option(name: .long, help: "Only the target of this name.")
        var target: String?

        @Option(name: .long, help: "Only this signal: metrics, traces or logs.")
        var signal: String?

        func validate() throws {
            _ = try selection()
        }

        func selection() throws -> SpoolMaintenance.Selection {
            guard let selection = SpoolMaintenance.Selection(target: target, signal: signal) else {
                throw ValidationError("--signal: '\(signal ?? "")' is none of metrics, traces, logs")
            }
            return selection
        }

        func maintenance() throws -> SpoolMaintenance {
            SpoolMaintenance(data: try collector.folder())
        }
    }

    /// Shows what waits; the collector may be running.
    struct StatusCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "status", abstract: "Show what waits; the collector may be running."
        )

        @OptionGroup var options: Options

        @Flag(name: .long, help: "Print JSON.")
        var json = false

        func run() throws {
            let report = try options.maintenance().status(options.selection())
            print(json ? report.json : report.table)
        }
    }

    /// Sends what waits to where the configuration says, while the collector is stopped.
    struct DrainCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "drain",
            abstract: "Send what waits, the oldest first; the collector must be stopped.",
            discussion: """
                It ends when nothing is left, or with exit code 1 when no receiver took anything for as long \
                as --patience says, or when something is left of a target that the configuration does not \
                name or gives no spool. Ended at any time, it loses nothing, and repeats at most one request.
                """
        )

        @OptionGroup var options: Options

        @Option(name: .long, help: "Seconds without any progress after which it gives up.")
        var patience = 60

        func validate() throws {
            if options.collector.config == nil {
                throw ValidationError("--config: say where the targets are named")
            }
            if patience < 1 { throw ValidationError("--patience: must be at least 1") }
        }

        func run() async throws {
            let (configuration, selection) = (try options.collector.load(), try options.selection())
            let isEmpty = try await SpoolMaintenance(data: configuration.data).drain(
                configuration, selection, version: PostmeterVersion.text, patience: .seconds(patience)
            ) { print($0) }
            if !isEmpty { throw CommandFailure("not everything was sent; what is left waits on disk") }
        }
    }

    /// Throws away what waits, while the collector is stopped.
    struct DropCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "drop", abstract: "Throw away what waits; the collector must be stopped."
        )

        @OptionGroup var options: Options

        @Flag(name: .long, help: "What waits for all targets; else --target names one.")
        var all = false

        func validate() throws {
            if options.target == nil, !all {
                throw ValidationError("--target: name the target whose spool goes, or say --all")
            }
        }

        func run() throws {
            let items = try options.maintenance().drop(options.selection())
            print("Dropped \(items) points, spans and log records.")
        }
    }
}
