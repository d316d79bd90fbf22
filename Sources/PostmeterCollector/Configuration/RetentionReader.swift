internal import Postmeter
internal import PostmeterMail

/// Reads and checks how much is kept on disk, and what may be shown of it.
enum RetentionReader {
    static func apply(
        _ file: ConfigurationFile, to configuration: inout CollectorConfiguration
    ) throws(ConfigurationError) {
        if let journal = file.journal { try apply(journal, to: &configuration.journal) }
        if let letters = file.deadLetters { try apply(letters, to: &configuration.deadLetters) }
        if let word = file.privacy {
            guard let privacy = AddressPrivacy(rawValue: word) else {
                let known = AddressPrivacy.allCases.map { $0.rawValue }.joined(separator: ", ")
                throw ConfigurationError(path: "privacy", problem: "'\(word)' is none of \(known)")
            }
            configuration.telemetry.privacy = privacy
        }
    }

    private static func apply(
        _ file: ConfigurationFile.Journal, to journal: inout CollectorConfiguration.Journal
    ) throws(ConfigurationError) {
        if let size = file.segmentBytes { journal.segmentBytes = size.bytes }
        if let size = file.byteLimit { journal.byteLimit = size.bytes }
        if let size = file.retainBytes { journal.retainBytes = size.bytes }
        if let age = file.retainAge { journal.retainAge = age }
        guard (4 << 20...1 << 30).contains(journal.segmentBytes) else {
            throw ConfigurationError(
                path: "journal.segment_bytes", problem: "must be from 4194304 (4 MiB) to 1073741824 (1 GiB)")
        }
        guard journal.byteLimit >= 4 * journal.segmentBytes else {
            throw ConfigurationError(
                path: "journal.byte_limit", problem: "must be at least four times segment_bytes")
        }
        guard journal.retainBytes <= journal.byteLimit / 2 else {
            throw ConfigurationError(
                path: "journal.retain_bytes", problem: "must be at most half of byte_limit")
        }
        if let age = journal.retainAge, age < TimeSpan(seconds: 60) {
            throw ConfigurationError(path: "journal.retain_age", problem: "must be at least 1m")
        }
    }

    private static func apply(
        _ file: ConfigurationFile.DeadLetters, to letters: inout CollectorConfiguration.DeadLetters
    ) throws(ConfigurationError) {
        if let size = file.maxBytes { letters.maxBytes = size.bytes }
        if let age = file.maxAge { letters.maxAge = age }
        if let count = file.maxCount { letters.maxCount = count }
        // The largest letter must find room, or it would be lost as soon as it is written.
        guard (64 << 20...1 << 40).contains(letters.maxBytes) else {
            throw ConfigurationError(path: "dead_letters.max_bytes", problem: "must be from 64MiB to 1024GiB")
        }
        guard letters.maxAge >= TimeSpan(seconds: 3_600) else {
            throw ConfigurationError(path: "dead_letters.max_age", problem: "must be at least 1h")
        }
        guard (1...100_000).contains(letters.maxCount) else {
            throw ConfigurationError(path: "dead_letters.max_count", problem: "must be from 1 to 100000")
        }
    }
}
