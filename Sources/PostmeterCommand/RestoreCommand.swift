internal import ArgumentParser
internal import PostmeterCollector

/// Makes a data folder of a backup.
struct RestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Make a data folder of a backup; no collector may use it, and nothing may be in it."
    )

    @OptionGroup var options: DataOptions

    @Option(name: .long, help: "The folder of the backup.")
    var from: String

    @Flag(
        name: .long,
        help: """
            Keep service.instance.id: for a move, where the old collector had ended before the backup was made. Otherwise \
            the figures get a new one, since those shown after the backup would go back.
            """)
    var keepInstance = false

    func run() throws {
        print(try Restore(from: from).restore(to: options.folder(), keepsInstance: keepInstance).text)
    }
}
