internal import ArgumentParser
internal import Glibc
internal import PostmeterCollector

/// Prints a unit for systemd.
struct SystemdUnitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "systemd-unit",
        abstract: "Print a unit for systemd that runs this program with few rights.",
        discussion:
            "postmeter systemd-unit --config /etc/postmeter/postmeter.yaml > /etc/systemd/system/postmeter.service"
    )

    @Option(name: .long, help: "The configuration file of the service.")
    var config: String?

    @Option(name: .long, help: "The user that it runs as; systemd makes one for each run when left out.")
    var user: String?

    @Option(name: .long, help: "The program; this one when left out.")
    var program: String?

    @Option(name: .long, help: "Seconds that the end may take, as shutdown_timeout in the file.")
    var shutdownTimeout: UInt64 = 25

    func validate() throws {
        for (name, path) in [("--config", config), ("--program", program)] {
            guard let path, !path.hasPrefix("/") else { continue }
            throw ValidationError(
                "\(name): must be a path from the root, since a service stands nowhere in particular")
        }
        for (name, text) in [("--config", config), ("--program", program), ("--user", user)] {
            guard let text, text.contains(where: \.isNewline) || text.isEmpty else { continue }
            throw ValidationError("\(name): must be one line of text")
        }
        guard (1...600).contains(shutdownTimeout) else {
            throw ValidationError("--shutdown-timeout: must be 1 to 600")
        }
    }

    func run() throws {
        print(
            SystemdUnit(
                program: try program ?? Self.ownPath(), configuration: config, user: user,
                shutdownSeconds: shutdownTimeout
            ).text)
    }

    private static func ownPath() throws -> String {
        guard let path = realpath("/proc/self/exe", nil) else {
            throw CommandFailure("the path of this program is not known; give --program")
        }
        defer { free(path) }
        return String(cString: path)
    }
}
