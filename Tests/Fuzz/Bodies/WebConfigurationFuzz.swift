import PostmeterTransport

@testable import PostmeterCollector

/// A web configuration file: any bytes are read or refused in words that name what is wrong.
enum WebConfigurationFuzz {
    static let target = FuzzTarget("web-configuration", run)

    @Sendable private static func run(_ input: [UInt8]) throws {
        let file: WebConfigurationFile
        do throws(ConfigurationError) {
            file = try WebConfigurationFile(parsing: input)
        } catch {
            try require(!error.problem.isEmpty, "a file is refused without a word")
            return
        }
        for user in file.users.keys {
            try require(!user.utf8.contains(0x3a), "the user \(user.debugDescription) could never sign in")
        }
        if let limit = file.rateLimit {
            try require(limit.interval > 0 && limit.burst > 0, "\(limit) lets nothing through")
        }
        for field in file.headers {
            try require(
                !field.value.utf8.contains { $0 < 0x20 || $0 == 0x7f }, "\(field) would break an answer apart"
            )
        }
        if let tls = file.tls {
            try require(
                tls.certificate != nil && tls.key != nil, "TLS without a certificate or a key is turned on")
        }
        // Blank lines and a remark at the end mean nothing.
        let again = try? WebConfigurationFile(parsing: input + Array("\n\n".utf8))
        try require(
            again == file || input.contains(0x7c) || input.contains(0x3e), "blank lines change the file")
    }
}
