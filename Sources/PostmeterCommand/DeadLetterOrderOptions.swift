internal import ArgumentParser
internal import FoundationEssentials
internal import PostmeterCollector

/// An order about dead letters to a collector that runs.
struct DeadLetterOrderOptions: ParsableArguments {
    @Argument(help: "The numbers of letters; else say which by options, or --all.")
    var numbers: [UInt64] = []

    @OptionGroup var filter: DeadLetterFilter

    @Flag(name: .long, help: "All dead letters.")
    var all = false

    @Option(name: .long, help: "The configuration file, postmeter.yaml, which names the admin listener.")
    var config: String?

    @Option(name: .long, help: "The admin listener, such as http://127.0.0.1:4381, in place of the file's.")
    var admin: String?

    @Option(name: .long, help: "The user, where the admin listener asks for one.")
    var user: String?

    @Option(name: .long, help: "A file that holds the user's password.")
    var passwordFile: String?

    @Option(name: .long, help: "A file of PEM: whom to trust over HTTPS in place of the system's.")
    var caFile: String?

    @Option(name: .long, help: "Seconds to wait until the collector has done it.")
    var patience = 60

    /// The letters that are meant.
    func target() throws -> DeadLetterClient.Target {
        if patience < 1 { throw ValidationError("--patience: must be at least 1") }
        if (user == nil) != (passwordFile == nil) {
            throw ValidationError("--user and --password-file: give both or none")
        }
        let criteria = try filter.criteria()
        guard numbers.isEmpty else {
            guard criteria.isEmpty, !all else {
                throw ValidationError("numbers stand beside options that choose letters; keep one of them")
            }
            return .numbers(numbers)
        }
        guard !criteria.isEmpty || all else {
            throw ValidationError(
                "say which letters: by numbers, by options such as --reason or --from and --to, or --all")
        }
        guard criteria.isEmpty || !all else {
            throw ValidationError("--all: stands beside options that choose letters; keep one of them")
        }
        return .matching(criteria)
    }

    /// Gives the order and waits until it is carried out.
    func run(_ action: DeadLetterClient.Action) async throws -> DeadLetterClient.Outcome {
        let target = try target()
        let client = DeadLetterClient(try access())
        defer { client.close() }
        let outcome = try await client.order(action, target, patience: patience * 10)
        guard outcome.isDone else {
            throw CommandFailure(
                "\(outcome.ordered) letters are in the collector's journal, which it has not come to the end of; "
                    + "nothing is lost: look again with postmeter deadletters ls")
        }
        return outcome
    }

    private func access() throws -> DeadLetterClient.Access {
        do throws(ConfigurationError) {
            let url =
                if let admin { admin } else {
                    try DeadLetterClient.Access.url(of: ConfigurationLoader.load(path: config).listen)
                }
            return DeadLetterClient.Access(
                url: url, credentials: try credentials(), authorityFile: caFile)
        } catch {
            throw CommandFailure(error.text(in: config))
        }
    }

    private func credentials() throws(ConfigurationError) -> (user: String, password: String)? {
        guard let user, let passwordFile else { return nil }
        do {
            let text = try String(contentsOfFile: passwordFile, encoding: .utf8)
            return (user, String(text.prefix { !$0.isNewline }))
        } catch {
            throw ConfigurationError(path: "--password-file", problem: "'\(passwordFile)' cannot be read")
        }
    }
}
