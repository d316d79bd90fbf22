internal import ArgumentParser
internal import PostmeterCollector

/// Looks into the journal of webhooks; the collector may be running.
struct JournalCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "journal",
        abstract: "Look into the journal of webhooks; the collector may be running.",
        subcommands: [ListCommand.self, ShowCommand.self, VerifyCommand.self]
    )

    /// Lists records, the oldest first.
    struct ListCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "ls", abstract: "List records, the oldest first."
        )

        @OptionGroup var options: DataOptions

        @Option(name: .long, help: "The number of the first record; the oldest there is when left out.")
        var from: UInt64 = 0

        @Option(name: .long, help: "How many records at the most.")
        var limit = 100

        func validate() throws {
            if limit < 1 { throw ValidationError("--limit: must be at least 1") }
        }

        func run() throws {
            var left = limit
            try JournalInspector(data: options.folder()).read(from: from) { entry in
                print(entry.line)
                left -= 1
                return left > 0
            }
        }
    }

    /// Shows one record.
    struct ShowCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Show one record, its headers and its body."
        )

        @OptionGroup var options: DataOptions

        @Argument(help: "The number of the record.")
        var number: UInt64

        @Flag(name: .long, help: "Show addresses, which are masked otherwise.")
        var addresses = false

        @Flag(name: .long, help: "Write the body alone, byte for byte.")
        var body = false

        func run() throws {
            let entry = try JournalInspector(data: options.folder()).entry(number)
            guard body else {
                print(entry.text(showsAddresses: addresses))
                return
            }
            guard let bytes = entry.body else { throw CommandFailure("record \(number) has no body") }
            try StandardOutput.write(bytes[...])
        }
    }

    /// Reads the whole journal.
    struct VerifyCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify",
            abstract: "Read the whole journal; exit code 1 when something in it cannot be read."
        )

        @OptionGroup var options: DataOptions

        func run() throws {
            let summary = try JournalInspector(data: options.folder()).verify()
            print(summary.text)
            if !summary.isWhole { throw CommandFailure("not everything in the journal can be read") }
        }
    }
}
