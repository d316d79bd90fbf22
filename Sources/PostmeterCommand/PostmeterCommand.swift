internal import ArgumentParser

/// The command line: `postmeter serve`, `check`, `simulate`, `spool`, `journal`, `deadletters`, `replay`, `mapping`,
/// `backup`, `restore` and `systemd-unit`.
@main
struct PostmeterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "postmeter",
        abstract: "The meter of a fleet of AI email agents.",
        version: PostmeterVersion.text,
        subcommands: [
            ServeCommand.self, CheckCommand.self, SimulateCommand.self, SpoolCommand.self,
            JournalCommand.self, DeadLettersCommand.self, ReplayCommand.self, MappingCommand.self,
            BackupCommand.self, RestoreCommand.self, SystemdUnitCommand.self,
        ]
    )
}
