internal import ArgumentParser
internal import Glibc
internal import PostmeterCollector

/// Which dead letters a command is about.
struct DeadLetterFilter: ParsableArguments {
    @Option(name: .long, help: "Only of this endpoint.")
    var endpoint: String?

    @Option(name: .long, help: "Only of this platform.")
    var provider: String?

    @Option(name: .long, help: "Only for this reason, such as malformed_json.")
    var reason: String?

    @Option(name: .long, help: "Only with this number or a higher one.")
    var from: String?

    @Option(name: .long, help: "Only with this number or a lower one.")
    var to: String?

    @Option(name: .long, help: "Only accepted then or later: 2026-11-29T10:00:00Z, or so long ago: 2h, 7d.")
    var since: String?

    @Option(name: .long, help: "Only accepted earlier.")
    var until: String?

    /// The criteria that were given.
    func criteria() throws -> DeadLetterCriteria {
        var criteria = DeadLetterCriteria()
        let now = UInt64(max(0, time(nil))) * 1_000_000_000
        let given = [
            ("endpoint", endpoint), ("provider", provider), ("reason", reason), ("from", from), ("to", to),
            ("since", since), ("until", until),
        ]
        do throws(ConfigurationError) {
            for (name, text) in given {
                if let text { try criteria.set(name, text, now: now) }
            }
            try criteria.validate()
        } catch {
            throw ValidationError("--\(error)")
        }
        return criteria
    }
}
