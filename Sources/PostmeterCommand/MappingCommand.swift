internal import ArgumentParser
internal import PostmeterCollector

/// Prints a mapping that is shipped, to be kept and changed.
struct MappingCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mapping",
        abstract: "Print a mapping for an endpoint of the platform generic.",
        discussion: """
            Keep the output in a file and name it in the endpoint (mapping: ./afterdraft.yaml), or put its two keys \
            into the endpoint itself. Without a name it lists what there is.
            """
    )

    @Argument(help: "The name of the mapping.")
    var name: String?

    func run() throws {
        guard let name else {
            for mapping in ShippedMapping.allCases { print(mapping.rawValue) }
            return
        }
        guard let mapping = ShippedMapping(rawValue: name) else {
            let known = ShippedMapping.allCases.map { $0.rawValue }.joined(separator: ", ")
            throw CommandFailure("there is no mapping '\(name)'; known: \(known)")
        }
        print(mapping.text, terminator: "")
    }
}
