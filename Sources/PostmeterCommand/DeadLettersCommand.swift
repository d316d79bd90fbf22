internal import ArgumentParser
internal import PostmeterCollector

/// Looks into webhooks that could not be decoded, and has them decoded again after a fix.
struct DeadLettersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deadletters",
        abstract: "Look into webhooks that could not be decoded, and have them decoded again.",
        discussion: """
            ls, show and export read the data folder, whether a collector runs or not. replay and rm are orders to \
            the collector that runs.
            """,
        subcommands: [
            ListCommand.self, ShowCommand.self, ExportCommand.self, ReplayCommand.self, RemoveCommand.self,
        ]
    )

    /// Lists letters, the newest first.
    struct ListCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "ls", abstract: "List dead letters, the newest first."
        )

        @OptionGroup var options: DataOptions
        @OptionGroup var filter: DeadLetterFilter

        @Option(name: .long, help: "How many letters at the most.")
        var limit = 100

        @Flag(name: .long, help: "Print JSON, one object a line.")
        var json = false

        func validate() throws {
            if limit < 1 { throw ValidationError("--limit: must be at least 1") }
            _ = try filter.criteria()
        }

        func run() throws {
            let inspector = try DeadLetterInspector(options.load())
            for line in try inspector.list(filter.criteria(), limit: limit, json: json) { print(line) }
        }
    }

    /// Shows one letter.
    struct ShowCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Show one dead letter, its headers and its body.",
            discussion: """
                Addresses are masked as the key privacy of the configuration says; --clear shows them to whoever may \
                read the data folder.
                """
        )

        @OptionGroup var options: DataOptions

        @Argument(help: "The number of the letter.")
        var number: UInt64

        @Flag(name: .long, help: "Show addresses, whatever the configuration says.")
        var clear = false

        @Flag(name: .long, help: "Print JSON.")
        var json = false

        @Flag(name: .long, help: "Write the body alone; byte for byte with --clear.")
        var body = false

        func validate() throws {
            if json, body { throw ValidationError("--body: stands beside --json; keep one of them") }
        }

        func run() throws {
            let inspector = try DeadLetterInspector(options.load(), showsAddresses: clear)
            guard body else {
                print(try inspector.show(number, json: json))
                return
            }
            try StandardOutput.write(inspector.body(number)[...])
        }
    }

    /// Writes letters as lines of JSON.
    struct ExportCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "export",
            abstract: "Write dead letters with their bodies as lines of JSON, the oldest first."
        )

        @OptionGroup var options: DataOptions
        @OptionGroup var filter: DeadLetterFilter

        @Flag(name: .long, help: "Show addresses, whatever the configuration says.")
        var clear = false

        func validate() throws {
            _ = try filter.criteria()
        }

        func run() throws {
            let inspector = try DeadLetterInspector(options.load(), showsAddresses: clear)
            _ = try inspector.export(filter.criteria()) { line in print(line) }
        }
    }

    /// Has letters decoded again.
    struct ReplayCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "replay", abstract: "Have dead letters decoded again, after a fix.",
            discussion: """
                What is understood now is counted as of the time it was accepted at, and is a dead letter no more; \
                what was counted before is not counted again. Exit code 1 when a letter is dead still.
                """
        )

        @OptionGroup var order: DeadLetterOrderOptions

        func validate() throws {
            _ = try order.target()
        }

        func run() async throws {
            let outcome = try await order.run(.replay)
            print("Replayed \(outcome.ordered) dead letters: dead still \(outcome.left.count).")
            for line in outcome.left { print(line) }
            if !outcome.left.isEmpty { throw CommandFailure("not all of them are understood") }
        }
    }

    /// Gives letters up.
    struct RemoveCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rm", abstract: "Remove dead letters; they cannot be replayed any more."
        )

        @OptionGroup var order: DeadLetterOrderOptions

        func validate() throws {
            _ = try order.target()
        }

        func run() async throws {
            let outcome = try await order.run(.remove)
            print("Removed \(outcome.ordered) dead letters.")
        }
    }
}
