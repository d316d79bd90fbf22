internal import FoundationEssentials
internal import GRDB
internal import Glibc
internal import Postmeter
internal import PostmeterMail

/// Reads the dead letters of a collector from outside of it; the collector may be running, and nothing is changed.
package struct DeadLetterInspector: Sendable {
    private let queue: DatabaseQueue
    private let mask: AddressMask

    /// Looks into the database of a data folder.
    ///
    /// - Parameters:
    ///   - configuration: Names the folder, the privacy setting and, if it has one, the trace key.
    ///   - showsAddresses: Whether addresses are shown whatever the configuration says.
    /// - Throws: When the database is not there, cannot be read, or was written by an earlier version.
    package init(
        _ configuration: CollectorConfiguration, showsAddresses: Bool = false
    ) throws(ConfigurationError) {
        let path = try DataFolder.readableDatabase(of: configuration.data)
        let key = try DataFolder.existingTraceKey(configuration)
        mask = AddressMask(
            privacy: showsAddresses ? .clear : configuration.telemetry.privacy,
            traceKey: key.map { Array($0.utf8) })
        var settings = Configuration()
        settings.readonly = true
        settings.busyMode = .timeout(5)
        do {
            queue = try DatabaseQueue(path: path, configuration: settings)
            let isReady = try queue.read { db in
                try db.tableExists("dead_letters")
                    && db.columns(in: "dead_letters").contains { $0.name == "tries" }
            }
            guard isReady else {
                throw ConfigurationError(
                    path: "data",
                    problem: "'\(path)' was written by an earlier version; start this one's collector once")
            }
        } catch let error as ConfigurationError {
            throw error
        } catch {
            throw ConfigurationError(path: "data", problem: "'\(path)' cannot be read: \(error)")
        }
    }

    /// The letters that match, the newest first, a line each: of text, or of JSON.
    package func list(
        _ criteria: DeadLetterCriteria, limit: Int, json: Bool = false
    ) throws(ConfigurationError) -> [String] {
        try criteria.validate()
        let letters = try read { try DeadLetterTable.newest(criteria, below: nil, limit: limit, in: $0) }
        return letters.map { letter in
            let view = DeadLetterView(letter, mask: mask)
            return json ? view.json : view.line
        }
    }

    /// A letter with its headers and its body, as text or as one line of JSON.
    package func show(_ sequence: UInt64, json: Bool = false) throws(ConfigurationError) -> String {
        let view = DeadLetterView(try letter(sequence), mask: mask)
        return json ? view.json : view.text
    }

    /// The body of a letter as it came, its addresses masked.
    package func body(_ sequence: UInt64) throws(ConfigurationError) -> [UInt8] {
        let content = DeadLetterContent(try letter(sequence))
        return mask.masking(content.body, account: content.account)
    }

    /// Hands out letters that match as lines of JSON with their bodies, the oldest first; returns how many.
    package func export(
        _ criteria: DeadLetterCriteria, _ each: (String) throws(ConfigurationError) -> Void
    ) throws(ConfigurationError) -> Int {
        try criteria.validate()
        var rest = criteria
        var count = 0
        while true {
            let wanted = rest
            let letters = try read { try DeadLetterTable.oldest(wanted, limit: 100, in: $0) }
            for summary in letters {
                // One that went meanwhile is left out.
                let found = try read { try DeadLetterTable.letter(summary.sequence, in: $0) }
                guard let found else { continue }
                try each(DeadLetterView(found, mask: mask).json)
                count += 1
            }
            guard let last = letters.last?.sequence else { return count }
            rest.from = last + 1
        }
    }

    private func letter(_ sequence: UInt64) throws(ConfigurationError) -> DeadLetter {
        guard let letter = try read({ try DeadLetterTable.letter(sequence, in: $0) }) else {
            throw ConfigurationError(
                path: "dead letter \(sequence)",
                problem: "is not there: it was understood, removed or given up, or never was")
        }
        return letter
    }

    private func read<T>(_ body: (Database) throws -> T) throws(ConfigurationError) -> T {
        do {
            return try queue.read(body)
        } catch {
            throw ConfigurationError(path: "data", problem: "the database cannot be read: \(error)")
        }
    }
}
