internal import ArgumentParser
internal import Glibc
internal import PostmeterCollector

/// Folds the journal again and prints the figures; the collector may be running.
struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Fold the journal again and print the durable figures; the collector may be running.",
        discussion: """
            The same records give the same figures, to the byte, whenever and wherever they are folded. With \
            --into the state is kept in a new data folder, from which a collector can go on.
            """
    )

    @OptionGroup var options: DataOptions

    @Option(name: .long, help: "The number of the first record; the oldest there is when left out.")
    var from: UInt64 = 0

    @Option(name: .long, help: "The number of the last record; the newest there is when left out.")
    var to: UInt64?

    @Option(name: .long, help: "A data folder to be made of what was folded.")
    var into: String?

    @Flag(name: .long, help: "Print the number of records alone, not the figures.")
    var quiet = false

    func validate() throws {
        if let to, to < from { throw ValidationError("--to: must be at least --from") }
    }

    func run() throws {
        let replay = Replay(try options.load()) { text in
            let line = Array("warning: \(text)\n".utf8)
            _ = write(STDERR_FILENO, line, line.count)
        }
        let result: Replay.Result
        do {
            result = try replay.run(from: from, to: to, into: into)
        } catch let error as ConfigurationError {
            throw CommandFailure("\(error)")
        }
        if !quiet { print(result.figures.joined(separator: "\n")) }
        let numbers = result.range.map { "\($0.lowerBound) to \($0.upperBound)" } ?? "none"
        print("# records \(result.records) (\(numbers)), damaged \(result.damaged)")
    }
}
