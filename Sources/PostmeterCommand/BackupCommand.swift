internal import ArgumentParser
internal import PostmeterCollector

/// Copies what a collector keeps; it may be running.
struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy what the collector keeps; it may be running.",
        discussion: """
            The copy is one state: the database as of one moment, and the journal of everything acknowledged before the \
            backup began. What waits in spools for receivers is not in it. Keys and addresses are: keep it as safe as \
            the data folder. The configuration file is not part of it.
            """
    )

    @OptionGroup var options: DataOptions

    @Option(name: .long, help: "The folder to make; it must not be there, or be empty.")
    var to: String

    func run() throws {
        let manifest = try Backup(data: options.folder()).write(to: to, version: PostmeterVersion.text)
        print("\(to): \(manifest.text)")
    }
}
